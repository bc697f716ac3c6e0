/// The power `y = x^p` with a constant exponent.
///
/// - Tangent: `ẏ = p x^(p-1) ẋ`
/// - Reverse: `x̄ += p x^(p-1) ȳ`
/// - Tangent of reverse: `x̄˙ += p x^(p-1) ȳ˙ + p (p-1) x^(p-2) ẋ ȳ`
///
/// A negative base with a non-integer exponent gives NaN. `0⁰` is 1, and the derivatives of
/// `x⁰` and `x¹` are those of 1 and of `x` at every `x`.
public enum Power: TapeOperation {
  /// `y = x^p`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (p, x, y) = (rule.scalars[0], rule.input(0).pointer, rule.output)
    for i in 0..<y.count { y.pointer[i] = power(x[i], p) }
  }

  /// `ẏ = p x^(p-1) ẋ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (p, x, dy) = (rule.scalars[0], rule.input(0).pointer, rule.outputTangent)
    guard let dx = rule.inputTangent(0)?.pointer else { return }
    for i in 0..<dy.count { dy.pointer[i] = moved(slope(x[i], p), by: dx[i]) }
  }

  /// `x̄ += p x^(p-1) ȳ`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let target = rule.adjoint(0)?.cleared() else { return }
    let (p, x, ybar) = (rule.scalars[0], rule.input(0).pointer, rule.outputAdjoint.pointer)
    for i in 0..<target.count { target.pointer[i] += slope(x[i], p) * ybar[i] }
  }

  /// `x̄˙ += p x^(p-1) ȳ˙ + p (p-1) x^(p-2) ẋ ȳ`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let target = rule.adjointTangent(0)?.cleared(), let dx = rule.inputTangent(0)?.pointer
    else { return }
    let (p, x, ybar) = (rule.scalars[0], rule.input(0).pointer, rule.outputAdjoint.pointer)
    let dybar = rule.outputAdjointTangent.pointer
    for i in 0..<target.count {
      target.pointer[i] +=
        moved(slope(x[i], p), by: dybar[i]) + bent(bent(curvature(x[i], p), dx[i]), ybar[i])
    }
  }

  /// `x^p`; NaN for `(-∞)^p` with a non-integer `p`, for which the C library returns 0 or ∞.
  private static func power<S: TapeScalar>(_ x: S, _ p: S) -> S {
    x == -.infinity && p != p.rounded() ? .nan : S.pow(x, p)
  }

  /// `p x^(p-1)`, zero for `p = 0`.
  private static func slope<S: TapeScalar>(_ x: S, _ p: S) -> S {
    p == 0 ? 0 : p * power(x, p - 1)
  }

  /// `p (p-1) x^(p-2)`, zero for `p = 0` and `p = 1`.
  private static func curvature<S: TapeScalar>(_ x: S, _ p: S) -> S {
    p == 0 ? 0 : p * slope(x, p - 1)
  }
}

/// The power with a constant exponent, element by element.
public func pow(_ x: Variable, _ exponent: Double) -> Variable {
  x.tape.record(
    Power.self, x, rows: x.rows, columns: x.columns,
    attributes: Attributes(scalars: SIMD2(exponent, 0)))
}
