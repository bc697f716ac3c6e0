/// Moments of estimates with the probabilities of their pairs.
struct WeightedMoments {
  /// `E ĝ`
  let mean: [Double]
  /// `E‖ĝ‖`
  let meanNorm: Double
  /// `E‖ĝ - E ĝ‖²`
  let variance: Double

  /// Sums over pairs.
  ///
  /// - Parameters:
  ///   - rows: `[pairs][d]`, at least one.
  ///   - weights: the probabilities: `[pairs]`.
  init(_ rows: [[Double]], weights: [Double]) {
    var mean = rows[0].map { _ in 0.0 }
    var (size, square) = (0.0, 0.0)
    for (row, weight) in zip(rows, weights) {
      add(weight, row, to: &mean)
      size += weight * norm(row)
      square += weight * dot(row, row)
    }
    (self.mean, meanNorm) = (mean, size)
    variance = max(0, square - dot(mean, mean))
  }
}
