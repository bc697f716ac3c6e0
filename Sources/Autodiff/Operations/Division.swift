/// The elementwise quotient `z = x / y`, with broadcasting.
///
/// Derivatives: `f_x = 1/y`, `f_y = -x/y²`, `f_xy = -1/y²`, `f_yy = 2x/y³`. They are computed
/// without powers of `y`, which would overflow and underflow before the quotients do.
public enum Division: BinaryFunction {
  /// `x / y`
  @inlinable
  public static func value(_ x: Double, _ y: Double) -> Double { x / y }
  /// `(f_x, f_y)`
  @inlinable
  public static func firstDerivatives(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (1 / y, -(x / y / y))
  }
  /// `(f_xx, f_xy, f_yy)`
  @inlinable
  public static func secondDerivatives(
    _ x: Double, _ y: Double
  ) -> (xx: Double, xy: Double, yy: Double) {
    (0, -(1 / y / y), 2 * (x / y / y / y))
  }
  /// `(-ẏ / y², (2 z ẏ - ẋ) / y²)`: the terms cancel before they are divided.
  @inlinable
  public static func secondDerivatives(
    _ x: Double, _ y: Double, along dx: Double, _ dy: Double
  ) -> (x: Double, y: Double) {
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
