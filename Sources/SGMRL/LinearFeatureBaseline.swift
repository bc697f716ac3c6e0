import Environments

/// A prediction of the return from observation and time, linear in features.
///
/// The features of step `h` are the observation clipped to ±10, its square, `h/100`, its square and
/// cube, and 1. The coefficients are the ridge regression on the returns `Σ_{t ≥ h} γ^(t-h) r_t` of
/// the same batch.
///
/// - Source: Duan et al. (2016), "Benchmarking deep reinforcement learning for continuous control".
public struct LinearFeatureBaseline: Sendable {
  /// The predictions for the batch it was fitted to: `[N]`.
  public let predictions: [Double]

  /// Fits the coefficients.
  ///
  /// - Parameters:
  ///   - batch: the batch.
  ///   - discount: `γ`
  ///   - ridge: the weight of the coefficients' squares; ten times more, up to four times, while
  ///     the normal equations are not positive definite. If they never are, the prediction is zero.
  public init(fittedTo batch: TrajectoryBatch, discount: Double, ridge: Double = 1e-5) {
    let features = Self.features(of: batch)
    let targets = Self.returnsToGo(batch, discount: discount)
    var penalty = ridge
    for _ in 0..<5 {
      if let coefficients = Self.regress(targets, on: features, ridge: penalty) {
        predictions = (features * coefficients).elements
        return
      }
      penalty *= 10
    }
    predictions = [Double](repeating: 0, count: batch.sampleCount)
  }

  /// The generalized advantage estimates `Σ_t (γλ)^(t-h) (r_t + γ V_(t+1) - V_t)`, with a value of
  /// zero behind the last step.
  ///
  /// - Source: Schulman et al. (2016), "High-dimensional continuous control using generalized
  ///   advantage estimation".
  public func advantages(
    of batch: TrajectoryBatch, discount: Double, decay: Double
  ) -> [Double] {
    var result = [Double](repeating: 0, count: batch.sampleCount)
    for episode in 0..<batch.episodeCount {
      var (next, sum) = (0.0, 0.0)
      for row in batch.rows(ofEpisode: episode).reversed() {
        let difference = batch.rewards[row] + discount * next - predictions[row]
        sum = difference + discount * decay * sum
        result[row] = sum
        next = predictions[row]
      }
    }
    return result
  }

  private static func features(of batch: TrajectoryBatch) -> Matrix {
    let size = batch.observations.columns
    let width = 2 * size + 4
    var elements = [Double](repeating: 0, count: batch.sampleCount * width)
    for episode in 0..<batch.episodeCount {
      let rows = batch.rows(ofEpisode: episode)
      for row in rows {
        let start = row * width
        for j in 0..<size {
          let x = min(max(batch.observations.elements[row * size + j], -10), 10)
          elements[start + j] = x
          elements[start + size + j] = x * x
        }
        let time = Double(row - rows.lowerBound) / 100
        elements[start + 2 * size] = time
        elements[start + 2 * size + 1] = time * time
        elements[start + 2 * size + 2] = time * time * time
        elements[start + 2 * size + 3] = 1
      }
    }
    return Matrix(rows: batch.sampleCount, columns: width, elements: elements)
  }

  private static func returnsToGo(_ batch: TrajectoryBatch, discount: Double) -> Matrix {
    var elements = batch.rewards
    for episode in 0..<batch.episodeCount {
      var sum = 0.0
      for row in batch.rows(ofEpisode: episode).reversed() {
        sum = elements[row] + discount * sum
        elements[row] = sum
      }
    }
    return Matrix(rows: batch.sampleCount, columns: 1, elements: elements)
  }

  private static func regress(
    _ targets: Matrix, on features: Matrix, ridge: Double
  ) -> Matrix? {
    let width = features.columns
    var normal = Matrix(rows: width, columns: width)
    var solution = Matrix(rows: width, columns: 1)
    features.withView { x in
      normal.withMutableView { gemm(x.transposed, x, into: $0) }
      targets.withView { y in solution.withMutableView { gemm(x.transposed, y, into: $0) } }
    }
    for i in 0..<width { normal[i, i] += ridge }
    let isSolved = normal.withMutableView { a in
      solution.withMutableView { solvePositiveDefinite(a, inPlace: $0) }
    }
    return isSolved && solution.elements.allSatisfy(\.isFinite) ? solution : nil
  }
}
