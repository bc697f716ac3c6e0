import LinearAlgebra

/// The sine `y = sin x`, for arguments of any size; NaN at infinity.
///
/// Derivatives: `f′ = cos x`, `f″ = -y`. A matrix whose elements are all at most 10⁵ in
/// magnitude takes vector code.
public enum Sine: ElementwiseFunction {
  /// The value.
  public static func value(_ x: Double) -> Double { sineAndCosine(x).sine }
  /// `f′`
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double {
    sineAndCosine(x).cosine
  }
  /// `f″`
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double { -y }

  /// `y = sin x`
  public static func forward(_ rule: RuleContext) {
    hasOnlyBounded(rule) ? Bounded.forward(rule) : Unbounded.forward(rule)
  }
  /// `ẏ = cos(x) ẋ`
  public static func tangent(_ rule: RuleContext) {
    hasOnlyBounded(rule) ? Bounded.tangent(rule) : Unbounded.tangent(rule)
  }
  /// `x̄ += cos(x) ȳ`
  public static func reverse(_ rule: RuleContext) {
    hasOnlyBounded(rule) ? Bounded.reverse(rule) : Unbounded.reverse(rule)
  }
  /// `x̄˙ += cos(x) ȳ˙ - y ẋ ȳ`
  public static func reverseTangent(_ rule: RuleContext) {
    hasOnlyBounded(rule) ? Bounded.reverseTangent(rule) : Unbounded.reverseTangent(rule)
  }

  private static func hasOnlyBounded(_ rule: RuleContext) -> Bool {
    isBounded(rule.input(0).pointer, count: rule.input(0).count, by: boundOfSineAndCosine)
  }

  /// The function without a branch, for arguments up to 10⁵.
  private enum Bounded: ElementwiseFunction {
    @inline(__always)
    static func value(_ x: Double) -> Double { boundedSineAndCosine(x).sine }
    @inline(__always)
    static func firstDerivative(_ x: Double, _ y: Double) -> Double {
      boundedSineAndCosine(x).cosine
    }
    @inline(__always)
    static func secondDerivative(_ x: Double, _ y: Double) -> Double { -y }
  }

  /// The function for any argument, with the loops of every elementwise function.
  private enum Unbounded: ElementwiseFunction {
    static func value(_ x: Double) -> Double { Sine.value(x) }
    static func firstDerivative(_ x: Double, _ y: Double) -> Double { Sine.firstDerivative(x, y) }
    static func secondDerivative(_ x: Double, _ y: Double) -> Double { -y }
  }
}

/// The sine.
public func sin(_ x: Variable) -> Variable { x.map(Sine.self) }
