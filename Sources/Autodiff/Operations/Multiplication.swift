/// The elementwise product `z = x y`, with broadcasting.
///
/// Derivatives: `f_x = y`, `f_y = x`, `f_xy = 1`.
public enum Multiplication: BinaryFunction {
  /// `x * y`
  @inlinable
  public static func value<S: TapeScalar>(_ x: S, _ y: S) -> S { x * y }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives<S: TapeScalar>(_ x: S, _ y: S) -> (x: S, y: S) {
    (y, x)
  }
  /// `(f_xx, f_xy, f_yy)`
  @inlinable
  public static func secondDerivatives<S: TapeScalar>(
    _ x: S, _ y: S
  ) -> (xx: S, xy: S, yy: S) {
    (0, 1, 0)
  }
}

extension Variable {
  /// The elementwise product, with broadcasting.
  public static func * (x: Variable, y: Variable) -> Variable {
    x.combined(with: y, by: Multiplication.self)
  }
}
