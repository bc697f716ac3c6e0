import LinearAlgebra

/// The cosine `y = cos x`, for arguments of any size; NaN at infinity.
///
/// Derivatives: `f′ = -sin x`, `f″ = -y`. A matrix whose elements are all at most 10⁵ in
/// magnitude takes vector code.
public enum Cosine: ElementwiseFunction {
  /// The value.
  public static func value<S: TapeScalar>(_ x: S) -> S { sineAndCosine(x).cosine }
  /// `f′`
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    -sineAndCosine(x).sine
  }
  /// `f″`
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { -y }

  /// `y = cos x`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    hasOnlyBounded(rule) ? Bounded.forward(rule) : Unbounded.forward(rule)
  }
  /// `ẏ = -sin(x) ẋ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    hasOnlyBounded(rule) ? Bounded.tangent(rule) : Unbounded.tangent(rule)
  }
  /// `x̄ += -sin(x) ȳ`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    hasOnlyBounded(rule) ? Bounded.reverse(rule) : Unbounded.reverse(rule)
  }
  /// `x̄˙ += -sin(x) ȳ˙ - y ẋ ȳ`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    hasOnlyBounded(rule) ? Bounded.reverseTangent(rule) : Unbounded.reverseTangent(rule)
  }

  private static func hasOnlyBounded<S: TapeScalar>(_ rule: RuleContext<S>) -> Bool {
    isBounded(rule.input(0).pointer, count: rule.input(0).count, by: S(boundOfSineAndCosine))
  }

  /// The function without a branch, for arguments up to 10⁵.
  private enum Bounded: ElementwiseFunction {
    @inline(__always)
    static func value<S: TapeScalar>(_ x: S) -> S { boundedSineAndCosine(x).cosine }
    @inline(__always)
    static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
      -boundedSineAndCosine(x).sine
    }
    @inline(__always)
    static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { -y }
  }

  /// The function for any argument, with the loops of every elementwise function.
  private enum Unbounded: ElementwiseFunction {
    static func value<S: TapeScalar>(_ x: S) -> S { Cosine.value(x) }
    static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { Cosine.firstDerivative(x, y) }
    static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { -y }
  }
}

/// The cosine.
public func cos(_ x: Variable) -> Variable { x.map(Cosine.self) }
