import LinearAlgebra

/// The logistic function `y = 1 / (1 + e^-z)`.
///
/// Derivatives: `f′ = y (1 - y)`, `f″/f′ = 1 - 2y`. Fused with an affine map they follow from `y`
/// alone, with an absolute error of the order of 1e-16. On its own, ``sigmoid(_:)`` computes
/// `1 - y` from its argument, which keeps the precision of small derivatives.
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
  /// `f′`
  @inline(__always)
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double { y * logistic(-x) }
  /// `f″`
  @inline(__always)
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double {
    // 1 - 2y = -tanh(x/2)
    -(y * logistic(-x) * hyperbolicTangent(0.5 * x))
  }
}

/// The logistic function `y = 1 / (1 + e^-z)`.
public func sigmoid(_ x: Variable) -> Variable { x.map(Sigmoid.self) }
