import Autodiff
import RandomNumbers
import Requirements

/// A Gaussian with a mean for each row and a common covariance `L Lᵀ`.
public struct FullGaussianDistribution: ActionDistribution {
  /// `[m, k]`
  public let mean: Variable
  /// `L`, lower triangular: `[k, k]`
  public let factor: Variable
  /// `log det L`: `[1, 1]`
  public let logDeterminant: Variable

  /// Creates the distribution from a free matrix `C`: `L` is its lower triangle, with the
  /// exponential of its diagonal.
  ///
  /// - Parameters:
  ///   - mean: `[m, k]`
  ///   - freeFactor: `C`: `[k, k]`
  public init(mean: Variable, freeFactor: Variable) {
    self.mean = mean
    factor = freeFactor.exponentialDiagonal()
    let tape = mean.tape
    logDeterminant = (freeFactor * tape.constant(Matrix.identity(freeFactor.rows))).sum()
  }

  /// `-½ |L⁻¹ (a - μ)|² - log det L - ½ k log 2π`
  public func logProbability(of actions: Variable) -> Variable {
    let z = factor.solvingLower(rowsOf: actions - mean)
    let constant = 0.5 * Double(mean.columns) * 1.8378770664093454836  // log 2π
    return -0.5 * square(z).sumOfColumns() - logDeterminant - constant
  }

  /// `μ`, `L` and `log det L`
  public var statistics: [Variable] { [mean, factor, logDeterminant] }

  /// `½ (‖L⁻¹ L_old‖² + |L⁻¹ (μ_old - μ)|² - k) + log det L - log det L_old`
  public func divergence(from old: [Variable]) -> Variable? {
    let (oldMean, oldFactor, oldLogDeterminant) = (old[0], old[1], old[2])
    let distance = square(factor.solvingLower(rowsOf: oldMean - mean)).sumOfColumns()
    let spread = square(factor.solvingLower(rowsOf: oldFactor.transposed)).sum()
    let constant = 0.5 * Double(mean.columns)
    return 0.5 * (distance + spread) + (logDeterminant - oldLogDeterminant) - constant
  }

  /// `a = μ + L ε`
  public func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
    let (mean, l) = (mean.view, factor.view)
    require(
      actions.rows == mean.rows && actions.columns == mean.columns && l.columns == mean.columns,
      "A Gaussian with means of shape [\(mean.rows), \(mean.columns)] and a factor of shape [\(l.rows), \(l.columns)] cannot fill actions of shape [\(actions.rows), \(actions.columns)]."
    )
    for i in 0..<actions.rows {
      var stream = stream(i)
      let row = UnsafeMutableBufferPointer(start: actions.row(i), count: actions.columns)
      stream.fillNormal(row)
      // from the last column on, so that the noise still needed is not overwritten
      for j in stride(from: actions.columns - 1, through: 0, by: -1) {
        var sum = mean[i, j]
        for k in 0...j { sum += l[j, k] * row[k] }
        row[j] = sum
      }
    }
  }
}
