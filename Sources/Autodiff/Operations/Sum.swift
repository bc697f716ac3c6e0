import LinearAlgebra

/// Sums over rows, columns or both; the shape of the output says which.
///
/// Shapes: `X: [m, n]`, `Y: [m, 1]`, `[1, n]` or `[1, 1]`. The adjoint repeats `Ȳ` along what was
/// summed. A sum without terms is 0.
public enum Sum: LinearOperation {
  /// `Y_ij = Σ X`
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    y.fill(0)
    if y.rows == x.rows && x.rows != 1 {
      for i in 0..<x.rows { for j in 0..<x.columns { y[i, 0] += x[i, j] } }
    } else if y.columns == x.columns && x.columns != 1 {
      for i in 0..<x.rows { for j in 0..<x.columns { y[0, j] += x[i, j] } }
    } else {
      for i in 0..<x.rows { for j in 0..<x.columns { y[0, 0] += x[i, j] } }
    }
  }

  /// `X̄_ij += Ȳ`
  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    let y = Broadcast(ybar, rows: x.view.rows, columns: x.view.columns)
    for i in 0..<x.view.rows { for j in 0..<x.view.columns { x.add(y[i, j], i, j) } }
  }
}

extension Variable {
  /// The sum of all elements, of shape `[1, 1]`.
  public func sum() -> Variable { tape.record(Sum.self, self, rows: 1, columns: 1) }

  /// The sum of the rows, of shape `[1, columns]`.
  public func sumOfRows() -> Variable {
    rows == 1 ? self : tape.record(Sum.self, self, rows: 1, columns: columns)
  }

  /// The sum of the columns, of shape `[rows, 1]`.
  public func sumOfColumns() -> Variable {
    columns == 1 ? self : tape.record(Sum.self, self, rows: rows, columns: 1)
  }

  /// The mean of all elements, of shape `[1, 1]`; NaN without elements.
  public func mean() -> Variable { sum() / Double(rows * columns) }
}
