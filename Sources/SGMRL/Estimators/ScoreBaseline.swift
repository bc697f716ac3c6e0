import Environments

/// What a baseline may see of a chain of inner steps.
///
/// A baseline that keeps SG-MRL unbiased may use, for trajectory `τ` of step `t`, the batches of the
/// steps before `t` and those trajectories of step `t` that are not `τ`. It must not use `τ` itself,
/// later steps, or the outer batch: that one was drawn at parameters which the inner batches made.
public struct BaselineContext: Sendable {
  /// The inner batches `D_1 … D_t`, the last of which is that of the step in question.
  public let batches: [TrajectoryBatch]
  /// The discount `γ`.
  public let discount: Double

  /// Creates a context.
  public init(batches: [TrajectoryBatch], discount: Double) {
    self.batches = batches
    self.discount = discount
  }
}

/// A baseline for the coefficient of the score term.
public protocol ScoreBaseline: Sendable {
  /// The numbers to subtract, one for each trajectory of the context's last batch.
  func values(_ context: BaselineContext) -> [Double]
}

/// The mean return of the *other* trajectories of the same batch; zero where there is no other.
///
/// Unbiased, since given the others the score of a trajectory has mean zero.
public struct OwnBatchBaseline: ScoreBaseline {
  /// Creates the baseline.
  public init() {}

  /// `(Σ R^0 - R^0(τ)) / (|D| - 1)`
  public func values(_ context: BaselineContext) -> [Double] {
    guard let batch = context.batches.last else { return [] }
    let returns = batch.episodeReturns(discount: context.discount)
    guard returns.count > 1 else { return [0] }
    let sum = returns.reduce(0, +)
    return returns.map { (sum - $0) / Double(returns.count - 1) }
  }
}
