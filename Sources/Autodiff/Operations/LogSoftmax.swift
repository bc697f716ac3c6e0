import LinearAlgebra
import Requirements

/// The logarithm of the softmax of every row, `y_j = x_j - log Σ_k e^(x_k)`.
///
/// Shapes: `X, Y: [m, n]`. With `p = e^y`, row by row:
///
/// - Tangent: `ẏ = ẋ - pᵀẋ`
/// - Reverse: `x̄ += ȳ - p Σȳ`
/// - Tangent of reverse: `x̄˙ += ȳ˙ - p Σȳ˙ - p ẏ Σȳ`
///
/// The largest element is subtracted first. So nothing overflows, and adding a number to a row
/// costs no digits. `p` is stored.
///
/// An element of -∞ has the logarithm -∞ and the probability 0: it is masked, and all derivatives are
/// finite. A single element of ∞ has probability 1. If several elements are ∞, or all elements of a
/// row are -∞, their probabilities are undefined: NaN.
public enum LogSoftmax: TapeOperation {
  /// `y = x - log Σ e^x`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (x, y) = (rule.input(0), rule.output)
    let p = rule.workspace(rows: y.rows, columns: y.columns)
    for i in 0..<y.rows {
      let (x, y, p) = (x.row(i), y.row(i), p.row(i))
      let n = rule.output.columns
      let (largest, logSum) = softmax(x, into: p, count: n)
      if largest.isFinite {
        for j in 0..<n { y[j] = (x[j] - largest) - logSum }
      } else {
        // shares of an infinite largest element are 1 or undefined
        for j in 0..<n {
          if p[j] > 0 && p[j] < 1 { p[j] = .nan }
          y[j] = naturalLogarithm(p[j])
        }
      }
    }
  }

  /// `ẏ = ẋ - pᵀẋ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dx = rule.inputTangent(0) else { return }
    let dy = rule.outputTangent
    let p = rule.workspace(rows: dy.rows, columns: dy.columns)
    for i in 0..<dy.rows {
      let (dx, dy, p) = (dx.row(i), dy.row(i), p.row(i))
      var mean: S = 0
      for j in 0..<rule.output.columns { mean += p[j] * dx[j] }
      for j in 0..<rule.output.columns { dy[j] = dx[j] - mean }
    }
  }

  /// `x̄ += ȳ - p Σȳ`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let xbar = rule.adjoint(0)?.cleared() else { return }
    let (ybar, n) = (rule.outputAdjoint, xbar.columns)
    let p = rule.workspace(rows: xbar.rows, columns: n)
    for i in 0..<xbar.rows {
      let (xbar, ybar, p) = (xbar.row(i), ybar.row(i), p.row(i))
      var sum: S = 0
      for j in 0..<n { sum += ybar[j] }
      for j in 0..<n { xbar[j] += ybar[j] - p[j] * sum }
    }
  }

  /// `x̄˙ += ȳ˙ - p Σȳ˙ - p ẏ Σȳ`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dxbar = rule.adjointTangent(0)?.cleared() else { return }
    let n = dxbar.columns
    let p = rule.workspace(rows: dxbar.rows, columns: n)
    for i in 0..<dxbar.rows {
      let (ybar, dybar) = (rule.outputAdjoint.row(i), rule.outputAdjointTangent.row(i))
      let (dxbar, dy, p) = (dxbar.row(i), rule.outputTangent.row(i), p.row(i))
      var sum: S = 0
      var tangent: S = 0
      for j in 0..<n {
        sum += ybar[j]
        tangent += dybar[j]
      }
      for j in 0..<n { dxbar[j] += dybar[j] - p[j] * (tangent + dy[j] * sum) }
    }
  }
}

/// The logarithm of the sum of exponentials of a row, `y = log Σ_j e^(x_j)`.
///
/// Shapes: `X: [m, n]`, `Y: [m, 1]`. With the softmax `p`, row by row:
///
/// - Tangent: `ẏ = pᵀẋ`
/// - Reverse: `x̄ += p ȳ`
/// - Tangent of reverse: `x̄˙ += p ȳ˙ + p (ẋ - ẏ) ȳ`
///
/// The value is ∞ if an element is, and -∞ if all are. The `n` elements that share an infinite
/// maximum then have `p = 1/n`, as in the limit in which they grow together.
public enum LogSumExp: TapeOperation {
  /// `y = log Σ e^x`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (x, y) = (rule.input(0), rule.output)
    let p = rule.workspace(rows: x.rows, columns: x.columns)
    for i in 0..<x.rows {
      let (x, p, n) = (x.row(i), p.row(i), x.columns)
      let (largest, logSum) = softmax(x, into: p, count: n)
      y[i, 0] = largest + logSum
    }
  }

  /// `ẏ = pᵀẋ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dx = rule.inputTangent(0) else { return }
    let p = rule.workspace(rows: dx.rows, columns: dx.columns)
    for i in 0..<dx.rows {
      var mean: S = 0
      for j in 0..<dx.columns { mean += p[i, j] * dx[i, j] }
      rule.outputTangent[i, 0] = mean
    }
  }

  /// `x̄ += p ȳ`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let x = rule.adjoint(0) else { return }
    let (m, n) = (x.view.rows, x.view.columns)
    let p = rule.workspace(rows: m, columns: n)
    for i in 0..<m {
      let ybar = rule.outputAdjoint[i, 0]
      for j in 0..<n { x.add(p[i, j] * ybar, i, j) }
    }
  }

  /// `x̄˙ += p ȳ˙ + p (ẋ - ẏ) ȳ`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let x = rule.adjointTangent(0), let dx = rule.inputTangent(0) else { return }
    let (m, n) = (x.view.rows, x.view.columns)
    let p = rule.workspace(rows: m, columns: n)
    for i in 0..<m {
      let (ybar, dybar) = (rule.outputAdjoint[i, 0], rule.outputAdjointTangent[i, 0])
      let dy = rule.outputTangent[i, 0]
      for j in 0..<n { x.add(p[i, j] * (dybar + (dx[i, j] - dy) * ybar), i, j) }
    }
  }
}

/// The softmax of a row, its largest element `M`, and `log Σ e^(x - M)`.
///
/// Elements that are equal to an infinite `M` share the probability.
private func softmax<S: TapeScalar>(
  _ x: UnsafePointer<S>, into p: UnsafeMutablePointer<S>, count: Int
) -> (largest: S, logSum: S) {
  var largest = -S.infinity
  for j in 0..<count { largest = x[j] > largest ? x[j] : largest }
  if largest.isFinite {
    for j in 0..<count { p[j] = exponential(x[j] - largest) }
  } else {
    for j in 0..<count { p[j] = x[j].isNaN ? .nan : (x[j] == largest ? 1 : 0) }
  }
  var sum: S = 0
  for j in 0..<count { sum += p[j] }
  for j in 0..<count { p[j] /= sum }
  return (largest, naturalLogarithm(sum))
}

extension Variable {
  /// The logarithm of the softmax of every row.
  public func logSoftmax() -> Variable {
    require(columns > 0, "LogSoftmax needs at least one column.")
    return tape.record(LogSoftmax.self, self, rows: rows, columns: columns)
  }

  /// The logarithm of the sum of exponentials of every row, of shape `[rows, 1]`.
  public func logSumExp() -> Variable {
    require(columns > 0, "LogSumExp needs at least one column.")
    return tape.record(LogSumExp.self, self, rows: rows, columns: 1)
  }

  /// The softmax of every row.
  public func softmax() -> Variable { exp(logSoftmax()) }
}
