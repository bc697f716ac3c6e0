import Autodiff
import CLibrary
import RandomNumbers
import Requirements

/// A distribution over a finite number of actions; an action is its index.
public struct CategoricalDistribution: ActionDistribution {
  /// The logarithms of the probabilities: `[m, k]`
  public let logProbabilities: Variable

  /// Creates the distribution with probabilities proportional to `e^logits`.
  ///
  /// - Parameter logits: `[m, k]`
  public init(logits: Variable) { logProbabilities = logits.logSoftmax() }

  /// The logarithm of the probability of each row's index.
  public func logProbability(of actions: Variable) -> Variable {
    logProbabilities.pickColumn(actions)
  }

  /// The logarithms of the probabilities.
  public var statistics: [Variable] { [logProbabilities] }

  /// `Σ_a p_old(a) (log p_old(a) - log p(a))`
  public func divergence(from old: [Variable]) -> Variable? {
    (exp(old[0]) * (old[0] - logProbabilities)).sumOfColumns()
  }

  /// Draws an index for each row; NaN if the probabilities are not finite, which the caller
  /// detects.
  public func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
    let view = logProbabilities.view
    require(
      actions.rows == view.rows && actions.columns == 1,
      "Indices of \(view.rows) rows do not fit actions of shape [\(actions.rows), \(actions.columns)]; a discrete action is one column."
    )
    withUnsafeTemporaryAllocation(of: Double.self, capacity: view.columns) { weights in
      for i in 0..<actions.rows {
        var sum = 0.0
        for j in 0..<view.columns {
          weights[j] = exp(view[i, j])
          sum += weights[j]
        }
        guard sum.isFinite else {
          actions[i, 0] = .nan
          continue
        }
        var stream = stream(i)
        actions[i, 0] = Double(stream.categorical(UnsafeBufferPointer(weights)))
      }
    }
  }
}
