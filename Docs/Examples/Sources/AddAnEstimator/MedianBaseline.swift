import MetaTape

/// A custom baseline: the median return of the *other* trajectories of a batch.
///
/// Unbiased: given the others, the score of a trajectory has mean zero.
public struct MedianBaseline: ScoreBaseline {
  /// Whether the median includes the trajectory itself, which is a mistake.
  public var seesItself: Bool

  public init(seesItself: Bool = false) { self.seesItself = seesItself }

  public func values(_ context: BaselineContext) -> [Double] {
    let returns = context.ownReturns
    return returns.indices.map { i in
      median(returns.indices.filter { seesItself || $0 != i }.map { returns[$0] })
    }
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
