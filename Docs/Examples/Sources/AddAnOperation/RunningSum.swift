import MetaTape

/// A custom linear map: the running sum of each row, `y_ij = Σ_{k ≤ j} x_ik`.
///
/// It defines the map and its adjoint, `x̄_ij += Σ_{k ≥ j} ȳ_ik`; a linear map has no second
/// derivative.
public enum RunningSum: LinearOperation {
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    for i in 0..<x.rows {
      var sum: S = 0
      for j in 0..<x.columns {
        sum += x[i, j]
        y[i, j] = sum
      }
    }
  }

  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    for i in 0..<ybar.rows {
      var sum: S = 0
      for j in (0..<ybar.columns).reversed() {
        sum += ybar[i, j]
        x.add(sum, i, j)
      }
    }
  }
}

extension Variable {
  /// The running sum of each row.
  public func runningSum() -> Variable {
    tape.record(RunningSum.self, self, rows: rows, columns: columns)
  }
}
