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
