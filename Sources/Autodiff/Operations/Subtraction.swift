/// The difference `z = x - y`, with broadcasting.
///
/// Derivatives: `f_x = 1`, `f_y = -1`; the second derivatives are zero.
public enum Subtraction: BinaryFunction {
  /// `x - y`
  @inlinable
  public static func value(_ x: Double, _ y: Double) -> Double { x - y }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (1, -1)
  }
  /// `(f_xx, f_xy, f_yy)`
  @inlinable
  public static func secondDerivatives(
    _ x: Double, _ y: Double
  ) -> (xx: Double, xy: Double, yy: Double) {
    (0, 0, 0)
  }
}

extension Variable {
  /// The difference, with broadcasting.
  public static func - (x: Variable, y: Variable) -> Variable {
    x.combined(with: y, by: Subtraction.self)
  }
}
