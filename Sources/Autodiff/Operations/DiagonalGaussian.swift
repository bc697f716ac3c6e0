import CLibrary
import LinearAlgebra
import Requirements

/// The log-probability of a Gaussian with diagonal covariance, one number per row.
///
/// Shapes: mean `μ: [m, k]`, log standard deviation `s: [1, k]`, action `a: [m, k]`,
/// `ℓ: [m, 1]`. With `z = (a - μ) e^-s`:
///
/// - Value: `ℓ = -½ Σ_j z² - Σ_j s - ½ k log 2π`
/// - Tangent: `ż = (ȧ - μ̇) e^-s - z ṡ`, `ℓ̇ = -Σ_j (z ż + ṡ)`
/// - Reverse: `μ̄ += ℓ̄ z e^-s`, `s̄ += Σ_i ℓ̄ (z² - 1)`, `ā -= ℓ̄ z e^-s`
/// - Tangent of reverse: `μ̄˙ += (ℓ̄˙ z + ℓ̄ (ż - z ṡ)) e^-s`, `s̄˙ += Σ_i ℓ̄˙ (z² - 1) + 2 ℓ̄ z ż`,
///   and for `a` the negative of `μ`'s.
///
/// `z` and `ż` are stored. Where `e^-s` overflows or loses digits, the factor is split in two. So
/// `z` is right for every standard deviation that is a number above 0.
public enum DiagonalGaussian: TapeOperation {
  /// `ℓ = -½ Σ z² - Σ s - ½ k log 2π`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (mean, s, action) = (rule.input(0), rule.input(1), rule.input(2))
    let z = rule.workspace(rows: mean.rows, columns: mean.columns)
    let inverse = inverseDeviations(rule)
    var constant = 0.5 * Double(mean.columns) * CLibrary.log(2 * Double.pi)
    for j in 0..<s.columns { constant += s[0, j].inDouble }
    for i in 0..<mean.rows {
      var sum: S = 0
      for j in 0..<mean.columns {
        let value = (action[i, j] - mean[i, j]) * inverse.first[j] * inverse.second[j]
        z[i, j] = value
        sum += value * value
      }
      rule.output[i, 0] = -0.5 * sum - S(constant)
    }
  }

  /// `ℓ̇ = -Σ (z ż + ṡ)`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (m, k) = (rule.input(0).rows, rule.input(0).columns)
    let z = rule.workspace(rows: m, columns: k)
    let dz = rule.workspaceTangent(rows: m, columns: k)
    let inverse = inverseDeviations(rule)
    let (dmean, ds, daction) = (rule.inputTangent(0), rule.inputTangent(1), rule.inputTangent(2))
    for i in 0..<m {
      var sum: S = 0
      for j in 0..<k {
        let shift = (daction?[i, j] ?? 0) - (dmean?[i, j] ?? 0)
        let slope = ds?[0, j] ?? 0
        let value = shift * inverse.first[j] * inverse.second[j] - z[i, j] * slope
        dz[i, j] = value
        sum += bent(z[i, j], value) + slope
      }
      rule.outputTangent[i, 0] = -sum
    }
  }

  /// `μ̄ += ℓ̄ z e^-s`, `s̄ += Σ ℓ̄ (z² - 1)`, `ā -= ℓ̄ z e^-s`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (m, k) = (rule.input(0).rows, rule.input(0).columns)
    let (z, lbar) = (rule.workspace(rows: m, columns: k), rule.outputAdjoint)
    let inverse = inverseDeviations(rule)
    // the mean is input 0, the action input 2
    for input in stride(from: 0, through: 2, by: 2) {
      guard let target = rule.adjoint(input) else { continue }
      let sign: S = input == 0 ? 1 : -1
      for i in 0..<m {
        for j in 0..<k {
          let zbar = sign * lbar[i, 0] * z[i, j]
          target.add(zbar * inverse.first[j] * inverse.second[j], i, j)
        }
      }
    }
    if let s = rule.adjoint(1)?.cleared() {
      for i in 0..<m { for j in 0..<k { s[0, j] += lbar[i, 0] * (z[i, j] * z[i, j] - 1) } }
    }
  }

  /// The tangents of the three.
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (m, k) = (rule.input(0).rows, rule.input(0).columns)
    let z = rule.workspace(rows: m, columns: k)
    let dz = rule.workspaceTangent(rows: m, columns: k)
    let (lbar, dlbar) = (rule.outputAdjoint, rule.outputAdjointTangent)
    let (inverse, ds) = (inverseDeviations(rule), rule.inputTangent(1))
    for input in stride(from: 0, through: 2, by: 2) {
      guard let target = rule.adjointTangent(input) else { continue }
      let sign: S = input == 0 ? 1 : -1
      for i in 0..<m {
        for j in 0..<k {
          let moved = dz[i, j] - z[i, j] * (ds?[0, j] ?? 0)
          let sum = dlbar[i, 0] * z[i, j] + lbar[i, 0] * moved
          target.add(sign * sum * inverse.first[j] * inverse.second[j], i, j)
        }
      }
    }
    if let s = rule.adjointTangent(1)?.cleared() {
      for i in 0..<m {
        for j in 0..<k {
          s[0, j] +=
            moved(z[i, j] * z[i, j] - 1, by: dlbar[i, 0])
            + bent(2 * lbar[i, 0] * z[i, j], dz[i, j])
        }
      }
    }
  }

  /// `e^-s` as a product: by 1, or of two roots where it would leave the range of numbers.
  private static func inverseDeviations<S: TapeScalar>(_ rule: RuleContext<S>) -> (
    first: UnsafeMutablePointer<S>, second: UnsafeMutablePointer<S>
  ) {
    let s = rule.input(1)
    let first = rule.scratch(rows: 1, columns: s.columns).pointer
    let second = rule.scratch(rows: 1, columns: s.columns).pointer
    for j in 0..<s.columns {
      let isUsual = s[0, j].magnitude < S.largestExponent
      first[j] = exponential(isUsual ? -s[0, j] : -0.5 * s[0, j])
      second[j] = isUsual ? 1 : first[j]
    }
    return (first, second)
  }
}

extension Variable {
  /// The log-probability of each row of an action under a Gaussian with this mean.
  ///
  /// - Parameters:
  ///   - action: `a`, of the shape of the mean.
  ///   - logStandardDeviation: `s`, of shape `[1, columns]`.
  /// - Returns: `[rows, 1]`
  public func gaussianLogProbability(
    of action: Variable, logStandardDeviation: Variable
  ) -> Variable {
    require(
      action.rows == rows && action.columns == columns && logStandardDeviation.rows == 1
        && logStandardDeviation.columns == columns,
      "A Gaussian with mean [\(rows), \(columns)] does not match actions [\(action.rows), \(action.columns)] and log standard deviations [\(logStandardDeviation.rows), \(logStandardDeviation.columns)]."
    )
    return tape.record(
      DiagonalGaussian.self, self, logStandardDeviation, action, rows: rows, columns: 1)
  }
}
