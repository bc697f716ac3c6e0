import Environments
import LinearAlgebra

/// A prediction of the return from observation and time, linear in features.
///
/// The features of step `h` are the observation clipped to ±10, its square, `h/100`, its square and
/// cube, and 1. The coefficients are the ridge regression on the returns `Σ_{t ≥ h} γ^(t-h) r_t` of
/// the same batch.
///
/// - Source: Duan et al. (2016), "Benchmarking deep reinforcement learning for continuous control".
public struct LinearFeatureBaseline: Sendable {
  /// The predictions for the batch: `[N]`.
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
    let moments = Moments(features, targets, rows: 0..<batch.sampleCount)
    predictions =
      moments.coefficients(ridge: ridge).map { (features * $0).elements }
      ?? [Double](repeating: 0, count: batch.sampleCount)
  }

  /// Predicts each trajectory with coefficients that are fitted to the others.
  ///
  /// A prediction then depends on its own trajectory through the observation and the time alone: it
  /// may be subtracted from what the score of a later action is multiplied by without bias.
  ///
  /// - Parameters:
  ///   - batch: the batch; the prediction is zero if it has one trajectory.
  ///   - discount: `γ`
  ///   - ridge: as above.
  public init(leavingOneOutOf batch: TrajectoryBatch, discount: Double, ridge: Double = 1e-5) {
    let features = Self.features(of: batch)
    let targets = Self.returnsToGo(batch, discount: discount)
    let moments = (0..<batch.episodeCount).map {
      Moments(features, targets, rows: batch.rows(ofEpisode: $0))
    }
    var predictions = [Double](repeating: 0, count: batch.sampleCount)
    for episode in moments.indices {
      // summed anew, so that nothing of the trajectory is left by cancellation
      var others = Moments(width: features.columns)
      for (index, one) in moments.enumerated() where index != episode { others.add(one) }
      guard let coefficients = others.coefficients(ridge: ridge) else { continue }
      for row in batch.rows(ofEpisode: episode) {
        for j in 0..<features.columns { predictions[row] += features[row, j] * coefficients[j, 0] }
      }
    }
    self.predictions = predictions
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

  /// The normal equations of some rows.
  private struct Moments {
    private var normal: Matrix
    private var right: Matrix

    init(width: Int) {
      normal = Matrix(rows: width, columns: width)
      right = Matrix(rows: width, columns: 1)
    }

    init(_ features: Matrix, _ targets: Matrix, rows: Range<Int>) {
      self.init(width: features.columns)
      features.withView { x in
        let x = x.rows(rows)
        normal.withMutableView { gemm(x.transposed, x, into: $0) }
        targets.withView { y in
          right.withMutableView { gemm(x.transposed, y.rows(rows), into: $0) }
        }
      }
    }

    mutating func add(_ other: Moments) {
      LinearAlgebra.add(1, other.normal.elements, to: &normal.elements)
      LinearAlgebra.add(1, other.right.elements, to: &right.elements)
    }

    /// The coefficients `[width, 1]`; with ten times the penalty, up to four times, while the
    /// equations are not positive definite, and nil if they never are.
    func coefficients(ridge: Double) -> Matrix? {
      var penalty = ridge
      for _ in 0..<5 {
        if let solution = solution(penalty) { return solution }
        penalty *= 10
      }
      return nil
    }

    private func solution(_ penalty: Double) -> Matrix? {
      var (normal, solution) = (normal, right)
      for i in 0..<normal.rows { normal[i, i] += penalty }
      let isSolved = normal.withMutableView { a in
        solution.withMutableView { solvePositiveDefinite(a, inPlace: $0) }
      }
      return isSolved && solution.elements.allSatisfy(\.isFinite) ? solution : nil
    }
  }
}
