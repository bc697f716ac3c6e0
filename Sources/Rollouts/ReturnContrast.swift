import Environments

/// What the returns of a batch tell about its actions, for the scaling of signals.
///
/// The recursion `R_h = r_h + γ R_(h+1)` rounds twice a step, so a return over `n` steps is known to
/// `n ε Σ |γ^t r_t|` with `ε = 2^-52`. Nothing smaller is told from zero. The bound follows the units
/// of the rewards, and large rewards that cancel do not deceive it.
struct ReturnContrast {
  /// Whether returns at some step differ between trajectories by more than rounding.
  ///
  /// A trajectory that has ended has the return 0 from there on. A single one has none to be compared
  /// with; it tells nothing if all of its rewards are the same, unless its length is the return.
  let tellsActionsApart: Bool
  /// The greatest `Σ |γ^t r_t|` of a sample, in the units of the returns.
  let size: Double
  /// The deviation, in parts of ``size``, up to which a signal is rounding.
  let resolution: Double

  /// - Parameters:
  ///   - batch: the batch.
  ///   - signal: what is made from its returns; advantages are made from those that are discounted
  ///     from their own step on.
  ///   - discount: `γ`
  init(of batch: TrajectoryBatch, _ signal: Surrogate.Signal, discount: Double) {
    var magnitudes = batch
    magnitudes.rewards = batch.rewards.map(\.magnitude)
    func returns(_ batch: TrajectoryBatch) -> [Double] {
      signal == .advantages
        ? batch.returnsToGo(discount: discount) : batch.returns(discount: discount)
    }
    let (values, sizes) = (returns(batch), returns(magnitudes))
    let lengths = (0..<batch.episodeCount).map { batch.rows(ofEpisode: $0).count }
    let horizon = lengths.max() ?? 0
    size = sizes.max() ?? 0
    // a signal sums differences of predictions over time on top of the returns
    resolution = 8 * Double(horizon) * .ulpOfOne
    if lengths.count == 1 {
      let isLengthReturned = batch.terminated[0] && signal != .advantages
      tellsActionsApart = size > 0 && (isLengthReturned || Set(batch.rewards).count > 1)
    } else {
      tellsActionsApart = (0..<horizon).contains { h in
        var (least, most, size) = (Double.infinity, -Double.infinity, 0.0)
        for episode in lengths.indices {
          let isOver = h >= lengths[episode]
          let row = batch.offsets[episode] + h
          let value = isOver ? 0 : values[row]
          // what is not a number must not pass for agreement
          if !value.isFinite { return true }
          (least, most) = (min(least, value), max(most, value))
          if !isOver { size = max(size, sizes[row]) }
        }
        return most - least > 4 * Double(horizon - h) * .ulpOfOne * size
      }
    }
  }

  /// A signal with mean 0 and deviation 1; zeros if its deviation is rounding.
  func normalized(_ signals: [Double]) -> [Double] {
    // in parts of the size no square leaves the range of numbers
    var result = signals.map { $0 / size }
    // a mean is rounded to its own size, which may be large beside the differences from it
    for _ in 0..<2 {
      let mean = accurateMean(result)
      for i in result.indices { result[i] -= mean }
    }
    let variance = result.reduce(0) { $0 + $1 * $1 } / Double(result.count)
    let deviation = variance.squareRoot()
    if deviation <= resolution { return [Double](repeating: 0, count: result.count) }
    for i in result.indices { result[i] /= deviation }
    return result
  }
}

/// A mean that is exact to a rounding or two of the largest value, however many there are.
func accurateMean(_ values: some Collection<Double>) -> Double {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  return mean + values.reduce(0) { $0 + ($1 - mean) } / count
}

/// The ``accurateMean(_:)`` of every column, to the same bits.
func accurateMeans(_ matrix: MatrixView) -> [Double] {
  let count = Double(matrix.rows)
  func sums(about center: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: matrix.columns)
    result.withUnsafeMutableBufferPointer { sum in
      center.withUnsafeBufferPointer { center in
        for i in 0..<matrix.rows {
          let row = matrix.row(i)
          for j in 0..<matrix.columns { sum[j] += row[j] - center[j] }
        }
      }
    }
    return result
  }
  let means = sums(about: [Double](repeating: 0, count: matrix.columns)).map { $0 / count }
  return zip(means, sums(about: means)).map { $0 + $1 / count }
}
