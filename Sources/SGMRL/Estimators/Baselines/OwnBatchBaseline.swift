/// The mean return of the *other* trajectories of the same batch; zero where there is no other.
///
/// Unbiased, since given the others the score of a trajectory has mean zero.
public struct OwnBatchBaseline: ScoreBaseline {
  /// Creates the baseline.
  public init() {}

  /// `(Σ R^0 - R^0(τ)) / (|D| - 1)`
  public func values(_ context: BaselineContext) -> [Double] { meanOfOthers(context.ownReturns) }
}

/// The mean of all elements but one, for each; zero if there is only one.
func meanOfOthers(_ values: [Double]) -> [Double] {
  guard values.count > 1 else { return values.map { _ in 0 } }
  let sum = values.reduce(0, +)
  return values.map { (sum - $0) / Double(values.count - 1) }
}
