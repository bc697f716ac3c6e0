import LinearAlgebra
import Requirements

/// The solution of a triangular system, `L Z = B` or `Z Lᵀ = B`.
///
/// Shapes: `L: [k, k]`, of which only the lower triangle is read; left: `B, Z: [k, m]`; right:
/// `B, Z: [m, k]`, where every row is a right-hand side. For the left form:
///
/// - Tangent: `L Ż = Ḃ - L̇ Z`
/// - Reverse: `Lᵀ W = Z̄`, `B̄ += W`, `L̄ -= tril(W Zᵀ)`
/// - Tangent of reverse: `Lᵀ Ẇ = Z̄˙ - L̇ᵀ W`, `B̄˙ += Ẇ`, `L̄˙ -= tril(Ẇ Zᵀ + W Żᵀ)`
///
/// The right form is the same with everything but `L` transposed. `W` overwrites `Z̄`. A zero
/// on the diagonal gives infinities or NaN.
///
/// - Source: Giles (2008), "Collected matrix derivative results for forward and reverse mode".
public enum TriangularSolve: TapeOperation {
  private static func side<S: TapeScalar>(_ rule: RuleContext<S>) -> TriangularSide {
    TriangularSide(rawValue: rule.integers[0]) ?? .left
  }

  /// `L Z = B`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    rule.output.copy(rule.input(1))
    solveTriangular(rule.input(0), side: side(rule), inPlace: rule.output)
  }

  /// `L Ż = Ḃ - L̇ Z`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (z, dz) = (rule.output, rule.outputTangent)
    if let db = rule.inputTangent(1) { dz.copy(db) } else { dz.fill(0) }
    if let dl = lowerTangent(rule) {
      switch side(rule) {
      case .left: gemm(dl, z, alpha: -1, beta: 1, into: dz)
      case .rightTransposed: gemm(z, dl.view.transposed, alpha: -1, beta: 1, into: dz)
      }
    }
    solveTriangular(rule.input(0), side: side(rule), inPlace: dz)
  }

  /// `Lᵀ W = Z̄`, `B̄ += W`, `L̄ -= tril(W Zᵀ)`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (z, w) = (rule.output, rule.outputAdjoint)
    solveTriangular(rule.input(0), side: side(rule), adjoint: true, inPlace: w)
    if let lbar = rule.adjoint(0) { subtractOuter(w, z, rule, from: lbar.cleared()) }
    if let bbar = rule.adjoint(1) { add(w, to: bbar) }
  }

  /// `Lᵀ Ẇ = Z̄˙ - L̇ᵀ W`, `B̄˙ += Ẇ`, `L̄˙ -= tril(Ẇ Zᵀ + W Żᵀ)`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (w, dw) = (rule.outputAdjoint, rule.outputAdjointTangent)
    if let dl = lowerTangent(rule) {
      switch side(rule) {
      case .left: gemm(dl.view.transposed, w, alpha: -1, beta: 1, into: dw)
      case .rightTransposed: gemm(w, dl, alpha: -1, beta: 1, into: dw)
      }
    }
    solveTriangular(rule.input(0), side: side(rule), adjoint: true, inPlace: dw)
    if let target = rule.adjointTangent(0) {
      let dlbar = target.cleared()
      subtractOuter(dw, rule.output, rule, from: dlbar)
      subtractOuter(w, rule.outputTangent, rule, from: dlbar)
    }
    if let dbbar = rule.adjointTangent(1) { add(dw, to: dbbar) }
  }

  /// The lower triangle of `L̇`.
  private static func lowerTangent<S: TapeScalar>(
    _ rule: RuleContext<S>
  ) -> MutableMatrixViewOf<S>? {
    guard let dl = rule.inputTangent(0) else { return nil }
    let lower = rule.scratch(rows: dl.rows, columns: dl.columns)
    for i in 0..<dl.rows { for j in 0..<dl.columns { lower[i, j] = j <= i ? dl[i, j] : 0 } }
    return lower
  }

  /// `target -= tril(W Zᵀ)`, or `tril(Wᵀ Z)` on the right.
  private static func subtractOuter<S: TapeScalar>(
    _ w: MutableMatrixViewOf<S>, _ z: MutableMatrixViewOf<S>, _ rule: RuleContext<S>,
    from target: MutableMatrixViewOf<S>
  ) {
    let product = rule.scratch(rows: target.rows, columns: target.columns)
    switch side(rule) {
    case .left: gemm(w, z.view.transposed, into: product)
    case .rightTransposed: gemm(w.view.transposed, z, into: product)
    }
    for i in 0..<target.rows { for j in 0...i { target[i, j] -= product[i, j] } }
  }

  private static func add<S: TapeScalar>(_ term: MutableMatrixViewOf<S>, to target: Accumulator<S>)
  {
    for i in 0..<term.rows { for j in 0..<term.columns { target.add(term[i, j], i, j) } }
  }
}

extension Variable {
  /// Solves a system with this lower triangular matrix `L`: `L Z = B`.
  public func solvingLower(_ b: Variable) -> Variable {
    require(
      rows == columns && b.rows == rows,
      "A triangular system with L [\(rows), \(columns)] does not match B [\(b.rows), \(b.columns)]."
    )
    return tape.record(TriangularSolve.self, self, b, rows: b.rows, columns: b.columns)
  }

  /// Solves a system with this lower triangular matrix `L` for every row of `b`: `Z Lᵀ = B`.
  public func solvingLower(rowsOf b: Variable) -> Variable {
    require(
      rows == columns && b.columns == rows,
      "A triangular system with L [\(rows), \(columns)] does not match the rows of [\(b.rows), \(b.columns)]."
    )
    return tape.record(
      TriangularSolve.self, self, b, rows: b.rows, columns: b.columns,
      attributes: Attributes(integers: SIMD2(TriangularSide.rightTransposed.rawValue, 0)))
  }
}
