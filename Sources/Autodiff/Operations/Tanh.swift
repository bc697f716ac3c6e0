import LinearAlgebra

/// The hyperbolic tangent `y = tanh z`.
///
/// Derivatives: `f′ = 1 - y²`, `f″/f′ = -2y`. Fused with an affine map they follow from `y` alone,
/// with an absolute error of the order of 1e-16. On its own, ``tanh(_:)`` computes `f′` from its
/// argument, which keeps the precision of small derivatives.
public enum Tanh: Activation {
  /// The value.
  @inline(__always)
  public static func value<S: TapeScalar>(_ z: S) -> S { hyperbolicTangent(z) }
  /// `f′`
  @inline(__always)
  public static func derivative<S: TapeScalar>(atOutput y: S) -> S { 1 - y * y }
  /// `f″ / f′`
  @inline(__always)
  public static func curvature<S: TapeScalar>(atOutput y: S) -> S { -2 * y }
  /// `f′ = 4 e^(-2|x|) / (1 + e^(-2|x|))²`
  @inline(__always)
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    let e = exponential(-2 * x.magnitude)
    return 4 * e / ((1 + e) * (1 + e))
  }
  /// `f″`
  @inline(__always)
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    -2 * y * firstDerivative(x, y)
  }
}

/// The hyperbolic tangent `y = tanh z`.
public func tanh(_ x: Variable) -> Variable { x.map(Tanh.self) }
