import LinearAlgebra
import Requirements

/// Rows of a matrix by their indices, `Y_i = X_{k_i}`; the adjoint adds to those rows.
///
/// Shapes: `X: [m, n]`, `r` indices, `Y: [r, n]`. An index may occur several times.
public enum GatherRows: LinearOperation {
  /// `Y_i = X_{k_i}`
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    for (i, k) in rule.indices.enumerated() { y.row(i).update(from: x.row(k), count: y.columns) }
  }

  /// `X̄_{k_i} += Ȳ_i`
  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    let xbar = x.cleared()
    for (i, k) in rule.indices.enumerated() {
      for j in 0..<ybar.columns { xbar[k, j] += ybar[i, j] }
    }
  }
}

/// One element of every row, `y_i = X_{i, k_i}`, with the columns `k` given as numbers.
///
/// Shapes: `X: [m, n]`, `k: [m, 1]`, `Y: [m, 1]`. The column numbers have no derivative.
public enum PickColumn: LinearOperation {
  /// `y_i = X_{i, k_i}`
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    let k = rule.input(1)
    for i in 0..<y.rows { y[i, 0] = x[i, Int(k[i, 0])] }
  }

  /// `X̄_{i, k_i} += ȳ_i`
  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    let (xbar, k) = (x.cleared(), rule.input(1))
    for i in 0..<ybar.rows { xbar[i, Int(k[i, 0])] += ybar[i, 0] }
  }
}

extension Variable {
  /// The rows of given indices.
  ///
  /// - Precondition: every index is a row.
  public func gatherRows(_ indices: [Int]) -> Variable {
    for index in indices {
      require(
        index >= 0 && index < rows, "There is no row \(index) in the shape [\(rows), \(columns)].")
    }
    return tape.record(
      GatherRows.self, self, rows: indices.count, columns: columns,
      attributes: Attributes(indices: indices))
  }

  /// One element of every row.
  ///
  /// - Parameter indices: `[rows, 1]`: the column of each row, a whole number.
  /// - Returns: `[rows, 1]`
  /// - Precondition: every number names a column.
  public func pickColumn(_ indices: Variable) -> Variable {
    require(
      indices.rows == rows && indices.columns == 1 && !indices.isActive,
      "PickColumn needs constant indices of shape [\(rows), 1], not [\(indices.rows), \(indices.columns)]."
    )
    let view = indices.view
    for i in 0..<rows {
      let index = view[i, 0]
      require(
        index >= 0 && index < Double(columns) && index == index.rounded(),
        "Row \(i) asks for column \(index) of \(columns).")
    }
    return tape.record(PickColumn.self, self, indices, rows: rows, columns: 1)
  }
}
