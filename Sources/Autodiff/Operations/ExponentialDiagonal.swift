import LinearAlgebra
import Requirements

/// A lower triangular matrix with positive diagonal from any square matrix:
/// `L_ij = C_ij` below the diagonal, `L_ii = e^(C_ii)`, zero above it.
///
/// Shapes: `C, L: [k, k]`.
///
/// - Tangent: `L̇_ij = Ċ_ij`, `L̇_ii = L_ii Ċ_ii`
/// - Reverse: `C̄_ij += L̄_ij`, `C̄_ii += L_ii L̄_ii`
/// - Tangent of reverse: `C̄˙_ij += L̄˙_ij`, `C̄˙_ii += L_ii (L̄˙_ii + Ċ_ii L̄_ii)`
public enum ExponentialDiagonal: TapeOperation {
  /// `L_ij = C_ij`, `L_ii = e^(C_ii)`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (c, l) = (rule.input(0), rule.output)
    for i in 0..<l.rows {
      for j in 0..<l.columns { l[i, j] = j < i ? c[i, j] : (j == i ? exponential(c[i, i]) : 0) }
    }
  }

  /// `L̇_ij = Ċ_ij`, `L̇_ii = L_ii Ċ_ii`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dc = rule.inputTangent(0) else { return }
    let (l, dl) = (rule.output, rule.outputTangent)
    for i in 0..<l.rows {
      for j in 0..<l.columns {
        dl[i, j] = j < i ? dc[i, j] : (j == i ? moved(l[i, i], by: dc[i, i]) : 0)
      }
    }
  }

  /// `C̄_ij += L̄_ij`, `C̄_ii += L_ii L̄_ii`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let cbar = rule.adjoint(0)?.cleared() else { return }
    let (l, lbar) = (rule.output, rule.outputAdjoint)
    for i in 0..<l.rows {
      for j in 0..<i { cbar[i, j] += lbar[i, j] }
      cbar[i, i] += l[i, i] * lbar[i, i]
    }
  }

  /// `C̄˙_ij += L̄˙_ij`, `C̄˙_ii += L_ii (L̄˙_ii + Ċ_ii L̄_ii)`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dcbar = rule.adjointTangent(0)?.cleared(), let dc = rule.inputTangent(0) else {
      return
    }
    let (l, lbar, dlbar) = (rule.output, rule.outputAdjoint, rule.outputAdjointTangent)
    for i in 0..<l.rows {
      for j in 0..<i { dcbar[i, j] += dlbar[i, j] }
      dcbar[i, i] += moved(l[i, i], by: dlbar[i, i] + dc[i, i] * lbar[i, i])
    }
  }
}

extension Variable {
  /// A lower triangular matrix with `exp` on its diagonal: a Cholesky factor from free parameters.
  public func exponentialDiagonal() -> Variable {
    require(
      rows == columns, "ExponentialDiagonal needs a square matrix, not [\(rows), \(columns)].")
    return tape.record(ExponentialDiagonal.self, self, rows: rows, columns: columns)
  }
}
