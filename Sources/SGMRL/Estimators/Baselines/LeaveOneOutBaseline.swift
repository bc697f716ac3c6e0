/// The mean of `J̃` over other chains of the meta-batch: those of the same task if there are any,
/// else those of the other tasks.
///
/// Unbiased, since chains are independent of each other.
public struct LeaveOneOutBaseline: ScoreBaseline {
  /// Creates the baseline.
  public init() {}

  /// True
  public var looksAtPeers: Bool { true }

  /// The mean coefficient of the peers; the mean of the other trajectories' returns where there is
  /// no peer.
  public func values(_ context: BaselineContext) -> [Double] {
    let ofTask = context.peers.filter { $0.task == context.task }
    let peers = ofTask.isEmpty ? context.peers : ofTask
    guard !peers.isEmpty else { return OwnBatchBaseline().values(context) }
    let mean = peers.reduce(0) { $0 + $1.coefficient } / Double(peers.count)
    return context.ownReturns.map { _ in mean }
  }
}
