/// The larger of two numbers, element by element, with broadcasting.
///
/// Derivatives: 1 for the larger operand and 0 for the other; if both are equal, the first operand
/// counts as the larger one. The second derivatives are zero. NaN in either operand gives NaN and
/// counts as the larger one; of two NaN, the first one does.
public enum Maximum: BinaryFunction {
  /// `max(x, y)`
  @inlinable
  public static func value<S: TapeScalar>(_ x: S, _ y: S) -> S {
    x >= y || x.isNaN ? x : y
  }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives<S: TapeScalar>(_ x: S, _ y: S) -> (x: S, y: S) {
    x >= y || x.isNaN ? (1, 0) : (0, 1)
  }
  /// Zero.
  @inlinable
  public static func secondDerivatives<S: TapeScalar>(
    _ x: S, _ y: S
  ) -> (xx: S, xy: S, yy: S) {
    (0, 0, 0)
  }
}

/// The larger of two variables, element by element, with broadcasting.
public func max(_ x: Variable, _ y: Variable) -> Variable {
  x.combined(with: y, by: Maximum.self)
}
