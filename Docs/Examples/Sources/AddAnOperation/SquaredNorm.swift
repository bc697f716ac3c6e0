import MetaTape

/// An operation with all four rules: the squared norm of each row, `y_i = Σ_j x_ij²`.
///
/// Shapes: `X: [m, n]`, `Y: [m, 1]`.
///
/// - Tangent: `ẏ_i = 2 Σ_j x_ij ẋ_ij`
/// - Reverse: `x̄_ij += 2 x_ij ȳ_i`
/// - Tangent of reverse: `x̄˙_ij += 2 x_ij ȳ˙_i + 2 ẋ_ij ȳ_i`
public enum SquaredNorm: TapeOperation {
  /// `y_i = Σ_j x_ij²`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (x, y) = (rule.input(0), rule.output)
    for i in 0..<x.rows {
      y[i, 0] = (0..<x.columns).reduce(0) { $0 + x[i, $1] * x[i, $1] }
    }
  }

  /// `ẏ_i = 2 Σ_j x_ij ẋ_ij`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dx = rule.inputTangent(0) else { return }
    let (x, dy) = (rule.input(0), rule.outputTangent)
    for i in 0..<x.rows {
      dy[i, 0] = 2 * (0..<x.columns).reduce(0) { $0 + x[i, $1] * dx[i, $1] }
    }
  }

  /// `x̄_ij += 2 x_ij ȳ_i`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let xbar = rule.adjoint(0) else { return }
    let (x, ybar) = (rule.input(0), rule.outputAdjoint)
    for i in 0..<x.rows {
      for j in 0..<x.columns { xbar.add(2 * x[i, j] * ybar[i, 0], i, j) }
    }
  }

  /// `x̄˙_ij += 2 x_ij ȳ˙_i + 2 ẋ_ij ȳ_i`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dxbar = rule.adjointTangent(0), let dx = rule.inputTangent(0) else { return }
    let (x, ybar, dybar) = (rule.input(0), rule.outputAdjoint, rule.outputAdjointTangent)
    for i in 0..<x.rows {
      for j in 0..<x.columns {
        dxbar.add(2 * x[i, j] * dybar[i, 0] + 2 * dx[i, j] * ybar[i, 0], i, j)
      }
    }
  }
}

extension Variable {
  /// The squared norm of each row.
  public func squaredNorm() -> Variable {
    tape.record(SquaredNorm.self, self, rows: rows, columns: 1)
  }
}
