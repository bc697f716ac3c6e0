import Autodiff
import CLibrary
import RandomNumbers
import Requirements

/// A Gaussian with a mean for each row and one standard deviation for each column.
public struct DiagonalGaussianDistribution: ActionDistribution {
  /// `[m, k]`
  public let mean: Variable
  /// `[1, k]`
  public let logStandardDeviation: Variable

  /// Creates the distribution.
  public init(mean: Variable, logStandardDeviation: Variable) {
    self.mean = mean
    self.logStandardDeviation = logStandardDeviation
  }

  /// `-½ Σ ((a - μ) / σ)² - Σ log σ - ½ k log 2π`
  public func logProbability(of actions: Variable) -> Variable {
    mean.gaussianLogProbability(of: actions, logStandardDeviation: logStandardDeviation)
  }

  /// `μ` and `log σ`
  public var statistics: [Variable] { [mean, logStandardDeviation] }

  /// `Σ (log σ - log σ_old + (σ_old² + (μ_old - μ)²) / (2 σ²) - ½)`
  public func divergence(from old: [Variable]) -> Variable? {
    let (oldMean, oldLogDeviation) = (old[0], old[1])
    let spread = exp(2 * oldLogDeviation) + square(oldMean - mean)
    let terms =
      0.5 * spread * exp(-2 * logStandardDeviation) + (logStandardDeviation - oldLogDeviation)
    return terms.sumOfColumns() - 0.5 * Double(mean.columns)
  }

  /// `a = μ + σ ε`
  public func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
    let (mean, logDeviation) = (mean.view, logStandardDeviation.view)
    require(
      actions.rows == mean.rows && actions.columns == mean.columns
        && logDeviation.columns == mean.columns,
      "A Gaussian with means of shape [\(mean.rows), \(mean.columns)] and log deviations of shape [\(logDeviation.rows), \(logDeviation.columns)] cannot fill actions of shape [\(actions.rows), \(actions.columns)]."
    )
    withUnsafeTemporaryAllocation(of: Double.self, capacity: actions.columns) { deviations in
      for j in 0..<actions.columns { deviations[j] = exp(logDeviation[0, j]) }
      for i in 0..<actions.rows {
        var stream = stream(i)
        let row = UnsafeMutableBufferPointer(start: actions.row(i), count: actions.columns)
        stream.fillNormal(row)
        for j in 0..<actions.columns { row[j] = mean[i, j] + deviations[j] * row[j] }
      }
    }
  }
}
