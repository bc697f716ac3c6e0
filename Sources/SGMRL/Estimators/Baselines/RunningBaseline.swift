import Requirements

/// The mean of `J̃` over the chains of earlier epochs, those long ago counting less.
///
/// Unbiased given the earlier epochs. In the first epoch it is ``OwnBatchBaseline``.
public struct RunningBaseline: ScoreBaseline {
  /// What an epoch's weight is multiplied by with each epoch that follows.
  public let decay: Double

  /// Creates the baseline.
  ///
  /// - Precondition: the decay is in 0...1.
  public init(decay: Double = 0.9) {
    require((0...1).contains(decay), "The decay must be in 0...1, not \(decay).")
    self.decay = decay
  }

  /// The mean so far.
  public func values(_ context: BaselineContext) -> [Double] {
    guard context.memory.count == 2, context.memory[0] > 0 else {
      return OwnBatchBaseline().values(context)
    }
    return context.ownReturns.map { _ in context.memory[1] }
  }

  /// The weight of all chains so far, and their mean.
  public func memory(after chains: [ChainStatistics], _ memory: [Double]) -> [Double] {
    let weight = memory.count == 2 ? decay * memory[0] : 0
    let sum = memory.count == 2 ? weight * memory[1] : 0
    let total = weight + Double(chains.count)
    guard total > 0 else { return memory }
    return [total, (sum + chains.reduce(0) { $0 + $1.coefficient }) / total]
  }
}
