import LinearAlgebra

/// A linear map of one input: an operation defined by the map and its adjoint alone.
///
/// The tangent applies the map to the tangent, and the tangent of the reverse rule applies the
/// adjoint map to the tangent of the adjoint: a linear map has no second derivative.
public protocol LinearOperation: TapeOperation {
  /// Writes `A x` for the map `A`.
  static func apply(_ x: MatrixView, into y: MutableMatrixView, _ rule: RuleContext)
  /// Adds `Aᵀ ȳ`.
  static func addAdjoint(_ ybar: MatrixView, to x: Accumulator, _ rule: RuleContext)
}

extension LinearOperation {
  /// `y = A x`
  public static func forward(_ rule: RuleContext) { apply(rule.input(0), into: rule.output, rule) }

  /// `ẏ = A ẋ`
  public static func tangent(_ rule: RuleContext) {
    if let dx = rule.inputTangent(0) { apply(dx, into: rule.outputTangent, rule) }
  }

  /// `x̄ += Aᵀ ȳ`
  public static func reverse(_ rule: RuleContext) {
    if let x = rule.adjoint(0) { addAdjoint(rule.outputAdjoint.view, to: x, rule) }
  }

  /// `x̄˙ += Aᵀ ȳ˙`
  public static func reverseTangent(_ rule: RuleContext) {
    if let x = rule.adjointTangent(0) { addAdjoint(rule.outputAdjointTangent.view, to: x, rule) }
  }
}
