import LinearAlgebra

/// A linear map of one input: an operation defined by the map and its adjoint alone.
///
/// The tangent applies the map to the tangent, and the tangent of the reverse rule applies the
/// adjoint map to the tangent of the adjoint: a linear map has no second derivative.
public protocol LinearOperation: TapeOperation {
  /// Writes `A x` for the map `A`.
  static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>)
  /// Adds `Aᵀ ȳ`.
  static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>)
}

extension LinearOperation {
  /// `y = A x`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    apply(rule.input(0), into: rule.output, rule)
  }

  /// `ẏ = A ẋ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let dx = rule.inputTangent(0) { apply(dx, into: rule.outputTangent, rule) }
  }

  /// `x̄ += Aᵀ ȳ`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let x = rule.adjoint(0) { addAdjoint(rule.outputAdjoint.view, to: x, rule) }
  }

  /// `x̄˙ += Aᵀ ȳ˙`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let x = rule.adjointTangent(0) { addAdjoint(rule.outputAdjointTangent.view, to: x, rule) }
  }
}
