/// A metrics column of a group over training, averaged over windows of epochs.
///
/// Each run's values are averaged over a window first, so the interval is over seeds.
struct EpochCurve {
  /// The maximum number of windows of a curve.
  static let pointLimit = 150

  /// The number of epochs of a window.
  let window: Int
  /// The middle of each window and the mean over the runs.
  let points: [(epoch: Double, estimate: Estimate)]

  /// The curve of a column, up to the epoch that all shown runs have reached.
  init(_ group: RunGroup, _ column: String) {
    let window = Self.window(group.epochs)
    let columns = group.shown.map { $0.metrics[column] ?? [] }
    points = stride(from: 0, to: group.epochs, by: window).map { start in
      let range = start..<min(start + window, group.epochs)
      let means = columns.map { $0[range].reduce(0, +) / Double(range.count) }
      return (Double(range.lowerBound + range.upperBound - 1) / 2, Estimate(means))
    }
    self.window = window
  }

  /// The number of epochs per point.
  static func window(_ epochs: Int) -> Int { max(1, (epochs + pointLimit - 1) / pointLimit) }
}
