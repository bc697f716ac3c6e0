import Foundation
import MetaTape

/// A Gaussian squashed into the cube `(-1, 1)^k` by the hyperbolic tangent: `a = tanh(u)`.
public struct SquashedGaussian: ActionDistribution {
  /// The mean of `u`: `[m, k]`
  public let mean: Variable
  /// The log standard deviations of `u`: `[1, k]`
  public let logStandardDeviation: Variable

  /// The largest number below 1. `tanh` rounds to 1 from about 19 on, where `u` would be infinite.
  static let limit = 1.0.nextDown

  /// Creates the distribution.
  public init(mean: Variable, logStandardDeviation: Variable) {
    self.mean = mean
    self.logStandardDeviation = logStandardDeviation
  }

  // snippet: squashed density
  /// `log N(u; μ, σ) - Σ log |1 - a²|` with `u = artanh(a)`
  public func logProbability(of actions: Variable) -> Variable {
    let a = actions.clamped(from: -Self.limit, to: Self.limit)
    // 1 - a is exact near 1; 1 - a² loses digits there
    let (below, above) = (log(1 - a), log(1 + a))
    let u = 0.5 * (above - below)
    return mean.gaussianLogProbability(of: u, logStandardDeviation: logStandardDeviation)
      - (above + below).sumOfColumns()
  }
  // end snippet

  // snippet: squashed sampler
  /// `a = tanh(μ + σ ε)`, clipped just inside the ends.
  public func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
    let (mean, logDeviation) = (mean.view, logStandardDeviation.view)
    for i in 0..<actions.rows {
      var stream = stream(i)
      for j in 0..<actions.columns {
        let u = mean[i, j] + exp(logDeviation[0, j]) * stream.normal()
        // a comparison would turn NaN into the limit and hide diverged parameters
        actions[i, j] = u.isNaN ? u : Swift.min(Swift.max(tanh(u), -Self.limit), Self.limit)
      }
    }
  }
  // end snippet
}
