/// The sum `z = x + y`, with broadcasting.
///
/// Derivatives: `f_x = 1`, `f_y = 1`; the second derivatives are zero.
public enum Addition: BinaryFunction {
  /// `x + y`
  @inlinable
  public static func value<S: TapeScalar>(_ x: S, _ y: S) -> S { x + y }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives<S: TapeScalar>(_ x: S, _ y: S) -> (x: S, y: S) {
    (1, 1)
  }
  /// `(f_xx, f_xy, f_yy)`
  @inlinable
  public static func secondDerivatives<S: TapeScalar>(
    _ x: S, _ y: S
  ) -> (xx: S, xy: S, yy: S) {
    (0, 0, 0)
  }
}

extension Variable {
  /// The sum, with broadcasting.
  public static func + (x: Variable, y: Variable) -> Variable {
    x.combined(with: y, by: Addition.self)
  }
}
