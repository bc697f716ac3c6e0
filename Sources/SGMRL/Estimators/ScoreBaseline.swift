/// A baseline for the coefficient of the score term.
///
/// One that only needs the batches has a single function to write, ``values(_:)``. The others are
/// for baselines that learn from other chains.
public protocol ScoreBaseline: Sendable {
  /// Whether it looks at the other chains of the meta-batch.
  ///
  /// If so, all chains are sampled before the first of them is differentiated, which keeps the
  /// recordings of all in memory.
  var looksAtPeers: Bool { get }

  /// The directions of parameter space along which it needs gradients and scores.
  ///
  /// - Parameter parameterCount: the number of the policy's parameters.
  /// - Returns: Vectors of that size; each costs a tangent sweep for every batch.
  func directions(parameterCount: Int) -> [[Double]]

  /// How many trajectories of the last inner step are left out in turn, to have
  /// ``BaselineContext/leftOutReturns``.
  ///
  /// Each costs a reverse sweep over the inner batch and the log-probabilities of the outer one.
  ///
  /// - Parameter episodeCount: the number of trajectories of the last inner batch.
  /// - Returns: A number up to that; 0 for none.
  func leftOutCount(episodeCount: Int) -> Int

  /// The numbers to subtract, one for each trajectory of the context's last batch.
  func values(_ context: BaselineContext) -> [Double]

  /// What it keeps for later epochs.
  ///
  /// - Parameters:
  ///   - chains: the chains of an epoch.
  ///   - memory: what it kept before; empty at first.
  /// - Returns: Numbers, which are saved with the state of a training run.
  func memory(after chains: [ChainStatistics], _ memory: [Double]) -> [Double]
}

extension ScoreBaseline {
  /// False
  public var looksAtPeers: Bool { false }

  /// None
  public func directions(parameterCount: Int) -> [[Double]] { [] }

  /// None
  public func leftOutCount(episodeCount: Int) -> Int { 0 }

  /// As before: nothing is learnt.
  public func memory(after chains: [ChainStatistics], _ memory: [Double]) -> [Double] { memory }
}
