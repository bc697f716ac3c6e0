/// The returns of a batch, averaged over its episodes.
public struct ReturnSummary: Equatable, Sendable {
  /// The mean discounted return.
  public var discounted = 0.0
  /// The mean undiscounted return.
  public var undiscounted = 0.0
  /// The mean number of steps of an episode.
  public var length = 0.0
  /// The number of samples.
  public var samples = 0

  /// A summary of nothing: zeros.
  public init() {}

  /// Averages a batch.
  public init(_ batch: TrajectoryBatch, discount: Double) {
    discounted = batch.meanReturn(discount: discount)
    undiscounted = batch.rewards.reduce(0, +) / Double(batch.episodeCount)
    length = Double(batch.sampleCount) / Double(batch.episodeCount)
    samples = batch.sampleCount
  }
}
