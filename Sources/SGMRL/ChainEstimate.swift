/// What one chain contributes to an epoch.
struct ChainEstimate: Sendable {
  /// The estimate of `∇V_ζ`.
  let gradient: [Double]
  /// What other chains and later epochs may see of it.
  let statistics: ChainStatistics
  /// Its part of the epoch's record.
  let summary: ChainSummary
}

/// What is reported of a chain.
struct ChainSummary: Sendable {
  var before = ReturnSummary()
  var after = ReturnSummary()
  /// The number of samples of all batches.
  var samples = 0
  var invalidCount = 0
  /// What failed first, if anything did.
  var firstFailure: String?
  var times = PhaseTimes()
  /// The least and the greatest reward of all batches.
  var (leastReward, greatestReward) = (Double.infinity, -Double.infinity)
  /// Whether the outer batch has no signal although its actions have a score to be weighted.
  var lacksSignal = false

  /// Whether the rewards of all batches are the same.
  var rewardsAreEqual: Bool { leastReward == greatestReward }
}

/// The returns of a task after a number of adaptation steps.
public struct AdaptedReturns: Sendable {
  /// The returns.
  public let summary: ReturnSummary
  /// How many episodes were left out because their simulation failed.
  public let invalidEpisodes: Int
  /// What failed first, with its place, if anything did.
  public let firstFailure: String?
  /// The episodes, if they were asked for.
  public let trajectories: TrajectoryBatch?
}
