import MessagePassing
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

  private static let (weight, mean) = ("running.weight", "running.mean")

  /// The mean so far.
  public func values(_ context: BaselineContext) -> [Double] {
    guard let weight = context.memory[Self.weight]?.first, weight > 0,
      let mean = context.memory[Self.mean]?.first
    else { return OwnBatchBaseline().values(context) }
    return context.ownReturns.map { _ in mean }
  }

  /// The weight of all chains so far, and their mean.
  public func memory(after chains: [ChainStatistics], _ memory: NamedArrays) -> NamedArrays {
    let weight = decay * (memory[Self.weight]?.first ?? 0)
    let sum = weight * (memory[Self.mean]?.first ?? 0)
    let total = weight + Double(chains.count)
    guard total > 0 else { return memory }
    var result = NamedArrays()
    result[Self.weight] = [total]
    result[Self.mean] = [(sum + chains.reduce(0) { $0 + $1.coefficient }) / total]
    return result
  }
}
