/// The elementwise product `z = x y`, with broadcasting.
///
/// Derivatives: `f_x = y`, `f_y = x`, `f_xy = 1`.
public enum Multiplication: BinaryFunction {
  /// `x * y`
  @inlinable
  public static func value(_ x: Double, _ y: Double) -> Double { x * y }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (y, x)
  }
  /// `(f_xx, f_xy, f_yy)`
  @inlinable
  public static func secondDerivatives(
    _ x: Double, _ y: Double
  ) -> (xx: Double, xy: Double, yy: Double) {
    (0, 1, 0)
  }
}

extension Variable {
  /// The elementwise product, with broadcasting.
  public static func * (x: Variable, y: Variable) -> Variable {
    x.combined(with: y, by: Multiplication.self)
  }
}
