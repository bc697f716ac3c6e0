/// The rectifier `y = max(z, 0)`.
///
/// Derivatives: `f′ = 1` where `y > 0` and 0 elsewhere, also at the kink `z = 0`; `f″ = 0`. NaN goes through.
public enum ReLU: Activation {
  /// The value.
  @inlinable
  public static func value(_ z: Double) -> Double { z < 0 ? 0 : z }
  /// `f′`
  @inlinable
  public static func derivative(atOutput y: Double) -> Double { y > 0 ? 1 : 0 }
  /// `f″ / f′`
  @inlinable
  public static func curvature(atOutput y: Double) -> Double { 0 }
  /// True.
  public static var isPiecewiseLinear: Bool { true }
}

/// The rectifier `y = max(z, 0)`.
public func relu(_ x: Variable) -> Variable { x.map(ReLU.self) }
