import LinearAlgebra

/// The logistic function `y = 1 / (1 + e^-z)`.
///
/// Derivatives: `f′ = y (1 - y)`, `f″/f′ = 1 - 2y`.
public enum Sigmoid: Activation {
  /// The value.
  @inline(__always)
  public static func value(_ z: Double) -> Double { logistic(z) }
  /// `f′`
  @inline(__always)
  public static func derivative(atOutput y: Double) -> Double { y * (1 - y) }
  /// `f″ / f′`
  @inline(__always)
  public static func curvature(atOutput y: Double) -> Double { 1 - 2 * y }
}

/// The logistic function `y = 1 / (1 + e^-z)`.
public func sigmoid(_ x: Variable) -> Variable { x.map(Sigmoid.self) }
