import LinearAlgebra
import Requirements

/// Concatenates matrices vertically or horizontally, as the first integer attribute says.
///
/// Shapes: with 0, inputs `[m_k, n]` give `[Σ m_k, n]`; with 1, inputs `[m, n_k]` give
/// `[m, Σ n_k]`. The adjoint of each input is its part of the output's.
public enum Concatenation: TapeOperation {
  /// `Y = (X_1, X_2, …)`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    forEachPart(rule) { k, row, column in
      let x = rule.input(k)
      for i in 0..<x.rows { for j in 0..<x.columns { rule.output[row + i, column + j] = x[i, j] } }
    }
  }

  /// `Ẏ = (Ẋ_1, Ẋ_2, …)`, zero for constants
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    forEachPart(rule) { k, row, column in
      let (x, dx, dy) = (rule.input(k), rule.inputTangent(k), rule.outputTangent)
      for i in 0..<x.rows { for j in 0..<x.columns { dy[row + i, column + j] = dx?[i, j] ?? 0 } }
    }
  }

  /// `X̄_k += Ȳ[part k]`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    forEachPart(rule) { k, row, column in
      if let x = rule.adjoint(k) { add(rule.outputAdjoint, row, column, to: x) }
    }
  }

  /// `X̄˙_k += Ȳ˙[part k]`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    forEachPart(rule) { k, row, column in
      if let x = rule.adjointTangent(k) { add(rule.outputAdjointTangent, row, column, to: x) }
    }
  }

  private static func add<S: TapeScalar>(
    _ ybar: MutableMatrixViewOf<S>, _ row: Int, _ column: Int, to x: Accumulator<S>
  ) {
    for i in 0..<x.view.rows {
      for j in 0..<x.view.columns { x.add(ybar[row + i, column + j], i, j) }
    }
  }

  /// Calls the body with each input and the place of its first element.
  private static func forEachPart<S: TapeScalar>(
    _ rule: RuleContext<S>, _ body: (Int, Int, Int) -> Void
  ) {
    var (row, column) = (0, 0)
    for k in 0..<rule.inputCount {
      body(k, row, column)
      if rule.integers[0] == 0 {
        row += rule.input(k).rows
      } else {
        column += rule.input(k).columns
      }
    }
  }
}

extension Variable {
  /// Concatenates variables of equal width vertically.
  public static func concatenatedRows(_ variables: [Variable]) -> Variable {
    guard let first = variables.first else {
      requirementFailure("There is nothing to concatenate.")
    }
    for variable in variables {
      require(
        variable.columns == first.columns,
        "Rows of \(variable.columns) and of \(first.columns) columns cannot be put below each other."
      )
    }
    return first.tape.record(
      Concatenation.self, variables, rows: variables.reduce(0) { $0 + $1.rows },
      columns: first.columns)
  }

  /// Concatenates variables of equal height horizontally.
  public static func concatenatedColumns(_ variables: [Variable]) -> Variable {
    guard let first = variables.first else {
      requirementFailure("There is nothing to concatenate.")
    }
    for variable in variables {
      require(
        variable.rows == first.rows,
        "Columns of \(variable.rows) and of \(first.rows) rows cannot be put beside each other.")
    }
    return first.tape.record(
      Concatenation.self, variables, rows: first.rows,
      columns: variables.reduce(0) { $0 + $1.columns },
      attributes: Attributes(integers: SIMD2(1, 0)))
  }
}
