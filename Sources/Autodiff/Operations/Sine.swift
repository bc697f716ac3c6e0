import LinearAlgebra

/// The sine `y = sin x`, for magnitudes up to 10⁵ and NaN beyond.
///
/// Derivatives: `f′ = cos x`, `f″ = -y`.
public enum Sine: ElementwiseFunction {
  /// The value.
  @inline(__always)
  public static func value(_ x: Double) -> Double { sineAndCosine(x).sine }
  /// `f′`
  @inline(__always)
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double { sineAndCosine(x).cosine }
  /// `f″`
  @inline(__always)
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double { -y }
}

/// The sine.
public func sin(_ x: Variable) -> Variable { x.map(Sine.self) }
