/// What a baseline may see for the score of step `t`.
///
/// With `c_{t,τ} = J̃ - b_{t,τ}` the estimate stays unbiased if `b_{t,τ}` is made of
///
/// * the batches of the steps before `t`, and those trajectories of `D_t` that are not `τ`;
/// * what does not depend on this chain: its peers, and what was learnt in earlier epochs;
/// * the mean scores of later batches, each times a number that was fixed before the batch was
///   drawn: their mean is zero;
/// * for the last step, evidence whose mean over `D_o` does not depend on `τ`.
///
/// It must not use `τ` itself, nor anything else of later batches: the outer batch was drawn at
/// parameters which the inner batches made.
public struct BaselineContext: Sendable {
  /// The step in question, from 0.
  public let step: Int
  /// The number of inner steps, `ζ`.
  public let stepCount: Int
  /// The inner batches `D_1 … D_t`, the last of which is that of the step in question.
  public let batches: [TrajectoryBatch]
  /// The discount `γ`.
  public let discount: Double
  /// The returns `R^0(τ)` of these batches: `[t][|D|]`
  public let returns: [[Double]]
  /// What the baseline said of the whole chain, ``ScoreBaseline/evidence(of:)``; which part of it may be
  /// used for the step is the baseline's own care.
  public let evidence: NamedArrays
  /// The score's coefficient before baselines, from which the values are subtracted.
  public let coefficient: Double
  /// What was kept from earlier epochs.
  public let memory: NamedArrays
  /// The task of the chain, its place in the meta-batch.
  public let task: Int
  /// The other chains of the meta-batch; empty unless the baseline looks at them.
  public let peers: [ChainStatistics]

  /// Creates the context of a chain's last batch.
  public init(batches: [TrajectoryBatch], discount: Double) {
    let returns = batches.map { $0.episodeReturns(discount: discount) }
    self.init(
      ChainStatistics(returns: returns), step: batches.count - 1, batches: batches,
      discount: discount)
  }

  /// Creates the context of one step of a chain.
  ///
  /// - Parameters:
  ///   - chain: the numbers of the whole chain.
  ///   - step: the number of the step, from 0.
  ///   - batches: the inner batches up to that step.
  ///   - discount: `γ`
  ///   - memory: what was kept from earlier epochs.
  ///   - peers: the other chains of the meta-batch.
  public init(
    _ chain: ChainStatistics, step: Int, batches: [TrajectoryBatch], discount: Double,
    memory: NamedArrays = NamedArrays(), peers: [ChainStatistics] = []
  ) {
    (self.step, stepCount) = (step, chain.returns.count)
    (self.batches, self.discount) = (batches, discount)
    returns = Array(chain.returns[...step])
    (evidence, coefficient) = (chain.evidence, chain.coefficient)
    (self.memory, self.task, self.peers) = (memory, chain.task, peers)
  }

  /// The returns `R^0(τ)` of the step's own batch: `[|D|]`
  public var ownReturns: [Double] { returns.last ?? [] }
}
