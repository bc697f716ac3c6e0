import Foundation
import MetaTape

/// A mixture of Gaussians: each row draws a component, and the component draws the action.
public struct GaussianMixture: ActionDistribution {
  /// `log w`: `[m, K]`, or `[1, K]` for the same weights in each row.
  public let logWeights: Variable
  /// The mean of each of the `K` components: `[m, k]`
  public let means: [Variable]
  /// The log standard deviations of each component: `[1, k]`
  public let logStandardDeviations: [Variable]

  /// Creates a mixture with weights proportional to `e^logits`.
  public init(logits: Variable, means: [Variable], logStandardDeviations: [Variable]) {
    logWeights = logits.logSoftmax()
    self.means = means
    self.logStandardDeviations = logStandardDeviations
  }

  // snippet: mixture density
  /// `log Σ_j w_j N(a; μ_j, σ_j)`
  public func logProbability(of actions: Variable) -> Variable {
    let components = zip(means, logStandardDeviations).map { mean, logDeviation in
      mean.gaussianLogProbability(of: actions, logStandardDeviation: logDeviation)
    }
    return (Variable.concatenatedColumns(components) + logWeights).logSumExp()
  }
  // end snippet

  // snippet: mixture sampler
  /// Draws a component, then the action.
  public func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
    let weights = logWeights.view
    for i in 0..<actions.rows {
      var stream = stream(i)
      let row = weights.rows == 1 ? 0 : i
      let probabilities = (0..<weights.columns).map { exp(weights[row, $0]) }
      guard probabilities.allSatisfy(\.isFinite) else {
        // parameters have diverged: the trainer finds the NaN and reports where
        for j in 0..<actions.columns { actions[i, j] = .nan }
        continue
      }
      let component = stream.categorical(probabilities)
      let (mean, logDeviation) = (means[component].view, logStandardDeviations[component].view)
      for j in 0..<actions.columns {
        actions[i, j] = mean[i, j] + exp(logDeviation[0, j]) * stream.normal()
      }
    }
  }
  // end snippet
}
