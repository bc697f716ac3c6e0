import LinearAlgebra
import Requirements

/// The Cholesky factor of a symmetric positive definite matrix, `A = L Lᵀ`.
///
/// Shapes: `A, L: [n, n]`. Only the lower triangle of `A` is read; the adjoint of `A` is symmetric.
/// With `Φ` the lower triangle with its diagonal halved, and `S = L⁻ᵀ P L⁻¹`, `P = Φ(Lᵀ L̄)`:
///
/// - Tangent: `L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)`, with `Ȧ` made symmetric
/// - Reverse: `Ā += (S + Sᵀ) / 2`
/// - Tangent of reverse: `Ṗ = Φ(L̇ᵀ L̄ + Lᵀ L̄˙)`, `Ṡ = L⁻ᵀ (Ṗ L⁻¹ - L̇ᵀ S) - S L̇ L⁻¹`,
///   `Ā˙ += (Ṡ + Ṡᵀ) / 2`
///
/// A matrix that is not positive definite gives NaN everywhere.
///
/// - Source: Murray (2016), "Differentiation of the Cholesky decomposition".
public enum Cholesky: TapeOperation {
  /// `A = L Lᵀ`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    rule.output.copy(rule.input(0))
    if factorCholesky(inPlace: rule.output) != 0 { rule.output.fill(.nan) }
  }

  /// `L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let da = rule.inputTangent(0) else { return }
    let (l, n) = (rule.output, rule.output.rows)
    let x = rule.scratch(rows: n, columns: n)
    for i in 0..<n { for j in 0..<n { x[i, j] = 0.5 * (da[i, j] + da[j, i]) } }
    solveTriangular(l.view, side: .left, inPlace: x)
    solveTriangular(l.view, side: .rightTransposed, inPlace: x)
    halveDiagonal(x)
    gemm(l, x, into: rule.outputTangent)
  }

  /// `Ā += (S + Sᵀ) / 2`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let abar = rule.adjoint(0) else { return }
    let n = rule.output.rows
    // S is stored in the workspace: the tangent of the reverse rule reads it
    let s = rule.workspace(rows: n, columns: n)
    gemm(rule.output.view.transposed, lower(rule.outputAdjoint.view, rule), into: s)
    halveDiagonal(s)
    solveTriangular(rule.output.view, side: .left, adjoint: true, inPlace: s)
    solveTriangular(rule.output.view, side: .rightTransposed, adjoint: true, inPlace: s)
    addSymmetric(s, to: abar)
  }

  /// `Ā˙ += (Ṡ + Ṡᵀ) / 2`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dabar = rule.adjointTangent(0) else { return }
    let (l, dl, n) = (rule.output, rule.outputTangent, rule.output.rows)
    let s = rule.workspace(rows: n, columns: n)
    // Ṗ L⁻¹ - L̇ᵀ S
    let ds = rule.scratch(rows: n, columns: n)
    gemm(dl.view.transposed, lower(rule.outputAdjoint.view, rule), into: ds)
    gemm(l.view.transposed, lower(rule.outputAdjointTangent.view, rule), addingTo: ds)
    halveDiagonal(ds)
    solveTriangular(l.view, side: .rightTransposed, adjoint: true, inPlace: ds)
    gemm(dl.view.transposed, s, alpha: -1, beta: 1, into: ds)
    solveTriangular(l.view, side: .left, adjoint: true, inPlace: ds)
    // - S L̇ L⁻¹
    let other = rule.scratch(rows: n, columns: n)
    gemm(s, dl, alpha: -1, into: other)
    solveTriangular(l.view, side: .rightTransposed, adjoint: true, inPlace: other)
    for i in 0..<n { for j in 0..<n { ds[i, j] += other[i, j] } }
    addSymmetric(ds, to: dabar)
  }

  /// `Φ`
  private static func halveDiagonal<S: TapeScalar>(_ x: MutableMatrixViewOf<S>) {
    for i in 0..<x.rows {
      x[i, i] *= 0.5
      for j in (i + 1)..<max(i + 1, x.columns) { x[i, j] = 0 }
    }
  }

  private static func lower<S: TapeScalar>(_ x: MatrixViewOf<S>, _ rule: RuleContext<S>)
    -> MutableMatrixViewOf<S>
  {
    let result = rule.scratch(rows: x.rows, columns: x.columns)
    for i in 0..<x.rows { for j in 0..<x.columns { result[i, j] = j <= i ? x[i, j] : 0 } }
    return result
  }

  private static func addSymmetric<S: TapeScalar>(
    _ s: MutableMatrixViewOf<S>, to target: Accumulator<S>
  ) {
    for i in 0..<s.rows {
      for j in 0..<s.columns { target.add(0.5 * (s[i, j] + s[j, i]), i, j) }
    }
  }
}

extension Variable {
  /// The Cholesky factor of a symmetric positive definite matrix; NaN if it is not one.
  public func cholesky() -> Variable {
    require(rows == columns, "Cholesky needs a square matrix, not [\(rows), \(columns)].")
    return tape.record(Cholesky.self, self, rows: rows, columns: columns)
  }
}
