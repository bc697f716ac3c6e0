import LinearAlgebra

/// The logistic function `y = 1 / (1 + e^-z)`.
///
/// Derivatives: `f′ = y (1 - y)`, `f″/f′ = 1 - 2y`. Fused with an affine map they follow from `y`
/// alone, with an absolute error of the order of 1e-16. On its own, ``sigmoid(_:)`` computes
/// `1 - y` from its argument, which keeps the precision of small derivatives.
public enum Sigmoid: Activation {
  /// The value.
  @inline(__always)
  public static func value<S: TapeScalar>(_ z: S) -> S { logistic(z) }
  /// `f′`
  @inline(__always)
  public static func derivative<S: TapeScalar>(atOutput y: S) -> S { y * (1 - y) }
  /// `f″ / f′`
  @inline(__always)
  public static func curvature<S: TapeScalar>(atOutput y: S) -> S { 1 - 2 * y }
  /// `f′`
  @inline(__always)
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { y * logistic(-x) }
  /// `f″`
  @inline(__always)
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    // 1 - 2y = -tanh(x/2)
    -(y * logistic(-x) * hyperbolicTangent(0.5 * x))
  }
}

/// The logistic function `y = 1 / (1 + e^-z)`.
public func sigmoid(_ x: Variable) -> Variable { x.map(Sigmoid.self) }
