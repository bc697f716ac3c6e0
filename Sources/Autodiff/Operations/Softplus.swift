import LinearAlgebra

/// The function `y = log(1 + e^z)`.
///
/// Derivatives: `f′ = 1 - e^-y`, `f″/f′ = e^-y`. Fused with an affine map they follow from `y`
/// alone. On its own, ``softplus(_:)`` computes them from its argument, because the rounding of a
/// large `y` would cost `f″` precision.
public enum Softplus: Activation {
  /// The value.
  @inline(__always)
  public static func value<S: TapeScalar>(_ z: S) -> S { LinearAlgebra.softplus(z) }
  /// `f′`
  @inline(__always)
  public static func derivative<S: TapeScalar>(atOutput y: S) -> S { -exponentialMinusOne(-y) }
  /// `f″ / f′`
  @inline(__always)
  public static func curvature<S: TapeScalar>(atOutput y: S) -> S { exponential(-y) }
  /// `f′`
  @inline(__always)
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { logistic(x) }
  /// `f″`
  @inline(__always)
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    logistic(x) * logistic(-x)
  }
}

/// The function `y = log(1 + e^z)`.
public func softplus(_ x: Variable) -> Variable { x.map(Softplus.self) }
