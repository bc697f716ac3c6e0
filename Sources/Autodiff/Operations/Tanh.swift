import LinearAlgebra

/// The hyperbolic tangent `y = tanh z`.
///
/// Derivatives: `f′ = 1 - y²`, `f″/f′ = -2y`.
public enum Tanh: Activation {
  /// The value.
  @inline(__always)
  public static func value(_ z: Double) -> Double { hyperbolicTangent(z) }
  /// `f′`
  @inline(__always)
  public static func derivative(atOutput y: Double) -> Double { 1 - y * y }
  /// `f″ / f′`
  @inline(__always)
  public static func curvature(atOutput y: Double) -> Double { -2 * y }
}

/// The hyperbolic tangent `y = tanh z`.
public func tanh(_ x: Variable) -> Variable { x.map(Tanh.self) }
