import LinearAlgebra

/// The cosine `y = cos x`, for magnitudes up to 10⁵ and NaN beyond.
///
/// Derivatives: `f′ = -sin x`, `f″ = -y`.
public enum Cosine: ElementwiseFunction {
  /// The value.
  @inline(__always)
  public static func value(_ x: Double) -> Double { sineAndCosine(x).cosine }
  /// `f′`
  @inline(__always)
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double { -sineAndCosine(x).sine }
  /// `f″`
  @inline(__always)
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double { -y }
}

/// The cosine.
public func cos(_ x: Variable) -> Variable { x.map(Cosine.self) }
