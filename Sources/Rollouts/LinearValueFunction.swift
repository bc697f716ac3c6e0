import Environments
import LinearAlgebra
import Requirements

/// A prediction of the return from observation and time, linear in features.
///
/// The features of step `h` are the observation clipped to ±10, its square, `h/100`, its square and
/// cube, beside an intercept. The coefficients are the ridge regression on the returns
/// `Σ_{t ≥ h} γ^(t-h) r_t` of the same batch. The intercept is not penalised: a constant added to all
/// returns is predicted to rounding.
///
/// - Source: Duan et al. (2016), "Benchmarking deep reinforcement learning for continuous control";
///   there the intercept is a feature like the others, and penalised.
public struct LinearValueFunction: Sendable {
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
    self.init(fittedTo: batch, targets: batch.returnsToGo(discount: discount), ridge: ridge)
  }

  /// Predicts any numbers of the samples.
  ///
  /// - Parameters:
  ///   - batch: the batch.
  ///   - targets: what is predicted, instead of the returns: `[N]`
  ///   - ridge: as above.
  public init(fittedTo batch: TrajectoryBatch, targets: [Double], ridge: Double = 1e-5) {
    Self.requireTargets(targets, of: batch)
    let features = Self.features(of: batch)
    let all = 0..<batch.sampleCount
    var predictions = [Double](repeating: 0, count: batch.sampleCount)
    NormalEquations(features, targets, rows: all).predict(features, all, ridge, into: &predictions)
    self.predictions = predictions
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
    self.init(
      leavingOneOutOf: batch, targets: batch.returnsToGo(discount: discount), ridge: ridge)
  }

  /// Predicts any numbers of the samples, each trajectory with coefficients that are fitted to the
  /// others.
  ///
  /// - Parameters:
  ///   - batch: the batch; the prediction is zero if it has one trajectory.
  ///   - targets: what is predicted, instead of the returns: `[N]`
  ///   - ridge: as above.
  public init(leavingOneOutOf batch: TrajectoryBatch, targets: [Double], ridge: Double = 1e-5) {
    Self.requireTargets(targets, of: batch)
    let features = Self.features(of: batch)
    let moments = (0..<batch.episodeCount).map {
      NormalEquations(features, targets, rows: batch.rows(ofEpisode: $0))
    }
    var predictions = [Double](repeating: 0, count: batch.sampleCount)
    for episode in moments.indices {
      // summed anew, so that nothing of the trajectory is left by cancellation
      var others = NormalEquations(width: features.columns)
      for (index, one) in moments.enumerated() where index != episode { others.add(one) }
      others.predict(features, batch.rows(ofEpisode: episode), ridge, into: &predictions)
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

  private static func requireTargets(_ targets: [Double], of batch: TrajectoryBatch) {
    require(
      targets.count == batch.sampleCount,
      "There are \(targets.count) targets for \(batch.sampleCount) samples.")
  }

  /// The features of the samples, without the intercept: `[N, 2 observationSize + 3]`.
  package static func features(of batch: TrajectoryBatch) -> Matrix {
    let size = batch.observations.columns
    let width = 2 * size + 3
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
      }
    }
    return Matrix(rows: batch.sampleCount, columns: width, elements: elements)
  }

  /// The sums of some rows from which coefficients follow, taken about the rows' means.
  ///
  /// About the means the intercept drops out of the normal equations, and returns that are large
  /// beside their differences lose nothing to rounding.
  private struct NormalEquations {
    private var count = 0
    /// The mean features, `[width]`, and the mean return.
    private var (center, mean): ([Double], Double)
    /// `Σ (x - x̄) (x - x̄)ᵀ`
    private var normal: Matrix
    /// `Σ (x - x̄) (y - ȳ)`
    private var right: Matrix

    init(width: Int) {
      (center, mean) = ([Double](repeating: 0, count: width), 0)
      normal = Matrix(rows: width, columns: width)
      right = Matrix(rows: width, columns: 1)
    }

    init(_ features: Matrix, _ targets: [Double], rows: Range<Int>) {
      let width = features.columns
      self.init(width: width)
      count = rows.count
      mean = accurateMean(targets[rows])
      center = features.withView { accurateMeans($0.rows(rows)) }
      var x = Matrix(rows: rows.count, columns: width)
      let y = Matrix(rows: rows.count, columns: 1, elements: targets[rows].map { $0 - mean })
      features.withView { features in
        x.withMutableView { x in
          center.withUnsafeBufferPointer { center in
            for i in 0..<x.rows {
              let (row, source) = (x.row(i), features.row(rows.lowerBound + i))
              for j in 0..<width { row[j] = source[j] - center[j] }
            }
          }
        }
      }
      x.withView { x in
        normal.withMutableView { gemm(x.transposed, x, into: $0) }
        y.withView { y in right.withMutableView { gemm(x.transposed, y, into: $0) } }
      }
    }

    /// Adds other rows.
    ///
    /// - Source: Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance".
    mutating func add(_ other: NormalEquations) {
      let (mine, others) = (Double(count), Double(other.count))
      let share = others / (mine + others)
      let shift = zip(other.center, center).map { $0 - $1 }
      let rise = other.mean - mean
      LinearAlgebra.add(1, other.normal.elements, to: &normal.elements)
      LinearAlgebra.add(1, other.right.elements, to: &right.elements)
      for i in shift.indices {
        for j in shift.indices { normal[i, j] += mine * share * shift[i] * shift[j] }
        right[i, 0] += mine * share * shift[i] * rise
        center[i] += share * shift[i]
      }
      mean += share * rise
      count += other.count
    }

    /// Writes the predictions of some rows; leaves them if there is nothing to predict with.
    func predict(
      _ features: Matrix, _ rows: Range<Int>, _ ridge: Double, into predictions: inout [Double]
    ) {
      guard count > 0, let coefficients = coefficients(ridge: ridge) else { return }
      features.withView { features in
        center.withUnsafeBufferPointer { center in
          coefficients.elements.withUnsafeBufferPointer { coefficients in
            for row in rows {
              let x = features.row(row)
              var sum = mean
              for j in center.indices { sum += (x[j] - center[j]) * coefficients[j] }
              predictions[row] = sum
            }
          }
        }
      }
    }

    /// The coefficients `[width, 1]`; with ten times the penalty, up to four times, while the
    /// equations are not positive definite, and nil if they never are.
    private func coefficients(ridge: Double) -> Matrix? {
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
