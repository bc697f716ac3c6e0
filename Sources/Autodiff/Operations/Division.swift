/// The elementwise quotient `z = x / y`, with broadcasting.
///
/// Derivatives: `f_x = 1/y`, `f_y = -x/y²`, `f_xy = -1/y²`, `f_yy = 2x/y³`. They are computed
/// without powers of `y`, which would overflow and underflow before the quotients do.
public enum Division: BinaryFunction {
  /// `x / y`
  @inlinable
  public static func value<S: TapeScalar>(_ x: S, _ y: S) -> S { x / y }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives<S: TapeScalar>(_ x: S, _ y: S) -> (x: S, y: S) {
    (1 / y, -(x / y / y))
  }
  /// `(f_xx, f_xy, f_yy)`
  @inlinable
  public static func secondDerivatives<S: TapeScalar>(
    _ x: S, _ y: S
  ) -> (xx: S, xy: S, yy: S) {
    (0, -(1 / y / y), 2 * (x / y / y / y))
  }
  /// `(-ẏ / y², (2 z ẏ - ẋ) / y²)`: the terms cancel before they are divided.
  @inlinable
  public static func secondDerivatives<S: TapeScalar>(
    _ x: S, _ y: S, along dx: S, _ dy: S
  ) -> (x: S, y: S) {
    let turn = bent(2 * (x / y), dy) - dx
    // zero tangents contribute zero, also where y is zero
    return (dy == 0 ? 0 : -(dy / y / y), turn == 0 ? 0 : turn / y / y)
  }
}

extension Variable {
  /// The elementwise quotient, with broadcasting.
  public static func / (x: Variable, y: Variable) -> Variable {
    x.combined(with: y, by: Division.self)
  }
}
