/// The rectifier `y = max(z, 0)`.
///
/// Derivatives: `f′ = 0` where `z ≤ 0`, also at the kink, and 1 elsewhere; `f″ = 0`. NaN
/// propagates.
public enum ReLU: Activation {
  /// The value.
  @inlinable
  public static func value(_ z: Double) -> Double { z < 0 ? 0 : z }
  /// `f′`
  @inlinable
  public static func derivative(atOutput y: Double) -> Double { y <= 0 ? 0 : 1 }
  /// `f″ / f′`
  @inlinable
  public static func curvature(atOutput y: Double) -> Double { 0 }
  /// True.
  public static var isPiecewiseLinear: Bool { true }
}

/// The rectifier `y = max(z, 0)`.
public func relu(_ x: Variable) -> Variable { x.map(ReLU.self) }
