/// The elementwise map `y = a x + b` with constant numbers `a` and `b`. Division is an operation of
/// its own, ``QuotientByConstant``, because `x / c` and `x · (1/c)` round differently.
///
/// - Tangent: `ẏ = a ẋ`
/// - Reverse: `x̄ += a ȳ`
/// - Tangent of reverse: `x̄˙ += a ȳ˙`
public enum ScaleAndShift: TapeOperation {
  /// `y = a x + b`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (a, b) = (rule.scalars[0], rule.scalars[1])
    let (x, y) = (rule.input(0).pointer, rule.output)
    for i in 0..<y.count { y.pointer[i] = a * x[i] + b }
  }

  /// `ẏ = a ẋ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (a, dy) = (rule.scalars[0], rule.outputTangent)
    guard let dx = rule.inputTangent(0)?.pointer else { return }
    for i in 0..<dy.count { dy.pointer[i] = a * dx[i] }
  }

  /// `x̄ += a ȳ`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let x = rule.adjoint(0) { add(rule.outputAdjoint.pointer, rule.scalars[0], to: x) }
  }

  /// `x̄˙ += a ȳ˙`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let x = rule.adjointTangent(0) {
      add(rule.outputAdjointTangent.pointer, rule.scalars[0], to: x)
    }
  }

  private static func add<S: TapeScalar>(
    _ ybar: UnsafeMutablePointer<S>, _ a: S, to x: Accumulator<S>
  ) {
    let target = x.cleared()
    for i in 0..<target.count { target.pointer[i] += a * ybar[i] }
  }
}

extension Variable {
  private func scaled(by a: Double, plus b: Double) -> Variable {
    tape.record(
      ScaleAndShift.self, self, rows: rows, columns: columns,
      attributes: Attributes(scalars: SIMD2(a, b)))
  }

  // adding -0 changes no number; adding 0 would turn -0 into 0

  /// The product with a constant number.
  public static func * (a: Double, x: Variable) -> Variable { x.scaled(by: a, plus: -0.0) }
  /// The product with a constant number.
  public static func * (x: Variable, a: Double) -> Variable { x.scaled(by: a, plus: -0.0) }
  /// The sum with a constant number.
  public static func + (x: Variable, b: Double) -> Variable { x.scaled(by: 1, plus: b) }
  /// The sum with a constant number.
  public static func + (b: Double, x: Variable) -> Variable { x.scaled(by: 1, plus: b) }
  /// The difference from a constant number.
  public static func - (x: Variable, b: Double) -> Variable { x.scaled(by: 1, plus: -b) }
  /// The difference of a constant number.
  public static func - (b: Double, x: Variable) -> Variable { x.scaled(by: -1, plus: b) }
  /// The negative.
  public static prefix func - (x: Variable) -> Variable { x.scaled(by: -1, plus: -0.0) }
}
