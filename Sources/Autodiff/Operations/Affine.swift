import LinearAlgebra
import Requirements

/// The affine map `Y = f(X W + 1 b)`, with or without an activation `f`.
///
/// Shapes: `X: [m, k]`, `W: [k, n]`, `b: [1, n]`, `Y: [m, n]`. With `Z = X W + 1 b`:
///
/// - Tangent: `Ż = Ẋ W + X Ẇ + 1 ḃ`, `Ẏ = f′ Ż`
/// - Reverse: `Z̄ = f′ Ȳ`, `X̄ += Z̄ Wᵀ`, `W̄ += Xᵀ Z̄`, `b̄ += 1ᵀ Z̄`
/// - Tangent of reverse: `Z̄˙ = f′ Ȳ˙ + (f″/f′) Ż Z̄`,
///   `X̄˙ += Z̄˙ Wᵀ + Z̄ Ẇᵀ`, `W̄˙ += Xᵀ Z̄˙ + Ẋᵀ Z̄`, `b̄˙ += 1ᵀ Z̄˙`
///
/// `Z` is not stored: `f′` and `f″/f′` follow from `Y`. `Z̄` overwrites `Ȳ`, and `Z̄˙` overwrites
/// `Ȳ˙`. `Ż` is stored if `f` is curved.
///
/// - Complexity: forward `2mkn` flop, tangent and reverse `4mkn`, tangent of reverse `8mkn`, half of
///   that if `X` is constant; no allocation.
public enum Affine: TapeOperation {
  /// `Y = f(X W + 1 b)`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let y = rule.output
    repeatRow(rule.input(2), into: y)
    gemm(rule.input(0), rule.input(1), addingTo: y)
    if let activation = rule.activation { S.apply(activation, y.pointer, count: y.count) }
  }

  /// `Ẏ = f′ (Ẋ W + X Ẇ + 1 ḃ)`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let dy = rule.outputTangent
    let keeps = rule.activation.map { !$0.isPiecewiseLinear } ?? false
    let dz = keeps ? rule.workspaceTangent(rows: dy.rows, columns: dy.columns) : dy
    if let db = rule.inputTangent(2) { repeatRow(db, into: dz) } else { dz.fill(0) }
    if let dx = rule.inputTangent(0) { gemm(dx, rule.input(1), addingTo: dz) }
    if let dw = rule.inputTangent(1) { gemm(rule.input(0), dw, addingTo: dz) }
    if let activation = rule.activation {
      S.scale(
        activation, dy.pointer, dz.pointer, byDerivativeAt: rule.output.pointer, count: dy.count)
    }
  }

  /// `X̄ += Z̄ Wᵀ`, `W̄ += Xᵀ Z̄`, `b̄ += 1ᵀ Z̄`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    let zbar = rule.outputAdjoint
    if let activation = rule.activation {
      S.scale(
        activation, zbar.pointer, zbar.pointer, byDerivativeAt: rule.output.pointer,
        count: zbar.count)
    }
    if let x = rule.adjoint(0) {
      gemm(zbar, rule.transposed(rule.input(1), rows: zbar.rows), beta: x.beta, into: x.view)
    }
    if let w = rule.adjoint(1) {
      gemm(rule.input(0).transposed, zbar, beta: w.beta, into: w.view)
    }
    if let b = rule.adjoint(2) { addColumnSums(zbar, to: b) }
  }

  /// `X̄˙ += Z̄˙ Wᵀ + Z̄ Ẇᵀ`, `W̄˙ += Xᵀ Z̄˙ + Ẋᵀ Z̄`, `b̄˙ += 1ᵀ Z̄˙`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (zbar, dzbar) = (rule.outputAdjoint, rule.outputAdjointTangent)
    if let activation = rule.activation {
      let dz =
        activation.isPiecewiseLinear
        ? rule.outputTangent : rule.workspaceTangent(rows: zbar.rows, columns: zbar.columns)
      S.scale(
        activation, adjointTangent: dzbar.pointer, inputTangent: dz.pointer,
        inputAdjoint: zbar.pointer,
        at: rule.output.pointer, count: zbar.count)
    }
    if let x = rule.adjointTangent(0) {
      gemm(dzbar, rule.transposed(rule.input(1), rows: zbar.rows), beta: x.beta, into: x.view)
      if let dw = rule.inputTangent(1) {
        gemm(zbar, rule.transposed(dw, rows: zbar.rows), addingTo: x.view)
      }
    }
    if let w = rule.adjointTangent(1) {
      gemm(rule.input(0).transposed, dzbar, beta: w.beta, into: w.view)
      if let dx = rule.inputTangent(0) { gemm(dx.transposed, zbar, addingTo: w.view) }
    }
    if let b = rule.adjointTangent(2) { addColumnSums(dzbar, to: b) }
  }

  /// Writes the row `b` into every row of `y`.
  private static func repeatRow<S: TapeScalar>(_ b: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>)
  {
    for i in 0..<y.rows { y.row(i).update(from: b.pointer, count: y.columns) }
  }

  /// Adds the sum of the rows of `z` to a row.
  private static func addColumnSums<S: TapeScalar>(
    _ z: MutableMatrixViewOf<S>, to b: Accumulator<S>
  ) {
    let sum = b.cleared().pointer
    for i in 0..<z.rows {
      let row = z.row(i)
      for j in 0..<z.columns { sum[j] += row[j] }
    }
  }
}

extension Variable {
  /// The affine map `f(X W + 1 b)`.
  ///
  /// - Parameters:
  ///   - weight: `W`, of shape `[columns, n]`.
  ///   - bias: `b`, of shape `[1, n]`.
  ///   - activation: `f`; the identity if nil.
  /// - Returns: `[rows, n]`
  public func affine(
    weight: Variable, bias: Variable, activation: (any Activation.Type)? = nil
  ) -> Variable {
    require(
      columns == weight.rows && bias.rows == 1 && bias.columns == weight.columns,
      "Affine: the shapes [\(rows), \(columns)], [\(weight.rows), \(weight.columns)] and [\(bias.rows), \(bias.columns)] do not match."
    )
    var attributes = Attributes()
    attributes.activation = activation
    return tape.record(
      Affine.self, self, weight, bias, rows: rows, columns: weight.columns, attributes: attributes)
  }
}
