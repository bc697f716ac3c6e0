import LinearAlgebra

/// The transpose `Y = Xᵀ`: a linear map whose adjoint is also the transpose.
///
/// Shapes: `X: [m, n]`, `Y: [n, m]`.
public enum Transpose: LinearOperation {
  /// `Y = Xᵀ`
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    for i in 0..<x.rows { for j in 0..<x.columns { y[j, i] = x[i, j] } }
  }

  /// `X̄ += Ȳᵀ`
  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    for i in 0..<x.view.rows { for j in 0..<x.view.columns { x.add(ybar[j, i], i, j) } }
  }
}

extension Variable {
  /// The transpose.
  public var transposed: Variable {
    tape.record(Transpose.self, self, rows: columns, columns: rows)
  }
}
