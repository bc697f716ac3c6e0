/// The larger of two numbers, element by element, with broadcasting.
///
/// Derivatives: 1 for the larger operand and 0 for the other; if both are equal, the first operand
/// counts as the larger one. The second derivatives are zero. NaN in either operand gives NaN and
/// counts as the larger one; of two NaN, the first one does.
public enum Maximum: BinaryFunction {
  /// `max(x, y)`
  @inlinable
  public static func value(_ x: Double, _ y: Double) -> Double {
    x >= y || x.isNaN ? x : y
  }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    x >= y || x.isNaN ? (1, 0) : (0, 1)
  }
  /// Zero.
  @inlinable
  public static func secondDerivatives(
    _ x: Double, _ y: Double
  ) -> (xx: Double, xy: Double, yy: Double) {
    (0, 0, 0)
  }
}

/// The larger of two variables, element by element, with broadcasting.
public func max(_ x: Variable, _ y: Variable) -> Variable {
  x.combined(with: y, by: Maximum.self)
}
