import LinearAlgebra
import Requirements

/// The matrix product `C = A B`.
///
/// Shapes: `A: [m, k]`, `B: [k, n]`, `C: [m, n]`.
///
/// - Tangent: `Ċ = Ȧ B + A Ḃ`
/// - Reverse: `Ā += C̄ Bᵀ`, `B̄ += Aᵀ C̄`
/// - Tangent of reverse: `Ā˙ += C̄˙ Bᵀ + C̄ Ḃᵀ`, `B̄˙ += Aᵀ C̄˙ + Ȧᵀ C̄`
///
/// Reverse reads `A` and `B`; it does not read `C`.
///
/// - Complexity: forward `2mkn` flop, tangent and reverse `4mkn`, tangent of reverse `8mkn`.
/// - Source: Giles (2008), "Collected matrix derivative results for forward and reverse mode".
public enum MatrixProduct: TapeOperation {
  /// `C = A B`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    gemm(rule.input(0), rule.input(1), into: rule.output)
  }

  /// `Ċ = Ȧ B + A Ḃ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    var beta: S = 0
    if let da = rule.inputTangent(0) {
      gemm(da, rule.input(1), into: rule.outputTangent)
      beta = 1
    }
    if let db = rule.inputTangent(1) {
      gemm(rule.input(0), db, beta: beta, into: rule.outputTangent)
    }
  }

  /// `Ā += C̄ Bᵀ`, `B̄ += Aᵀ C̄`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    let cbar = rule.outputAdjoint
    if let a = rule.adjoint(0) {
      gemm(cbar, rule.transposed(rule.input(1), rows: cbar.rows), beta: a.beta, into: a.view)
    }
    if let b = rule.adjoint(1) { gemm(rule.input(0).transposed, cbar, beta: b.beta, into: b.view) }
  }

  /// `Ā˙ += C̄˙ Bᵀ + C̄ Ḃᵀ`, `B̄˙ += Aᵀ C̄˙ + Ȧᵀ C̄`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (cbar, dcbar) = (rule.outputAdjoint, rule.outputAdjointTangent)
    if let a = rule.adjointTangent(0) {
      gemm(dcbar, rule.transposed(rule.input(1), rows: cbar.rows), beta: a.beta, into: a.view)
      if let db = rule.inputTangent(1) {
        gemm(cbar, rule.transposed(db, rows: cbar.rows), addingTo: a.view)
      }
    }
    if let b = rule.adjointTangent(1) {
      gemm(rule.input(0).transposed, dcbar, beta: b.beta, into: b.view)
      if let da = rule.inputTangent(0) { gemm(da.transposed, cbar, addingTo: b.view) }
    }
  }
}

extension Variable {
  /// The matrix product with another variable.
  ///
  /// - Precondition: `columns == other.rows`.
  public func matrixProduct(_ other: Variable) -> Variable {
    require(
      columns == other.rows,
      "A matrix product needs equal inner sizes: [\(rows), \(columns)] and [\(other.rows), \(other.columns)]."
    )
    return tape.record(MatrixProduct.self, self, other, rows: rows, columns: other.columns)
  }
}
