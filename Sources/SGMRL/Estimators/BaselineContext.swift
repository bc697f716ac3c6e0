/// What a baseline may see for the score of step `t`.
///
/// With `c_{t,τ} = J̃ - b_{t,τ}` the estimate stays unbiased if `b_{t,τ}` is made of
///
/// * the batches of the steps before `t`, and those trajectories of `D_t` that are not `τ`;
/// * what does not depend on this chain: its peers, and what was learnt in earlier epochs;
/// * the mean scores of later batches, each times a number that was fixed before the batch was
///   drawn: their mean is zero;
/// * for the last step, ``leftOutReturns``: their mean over `D_o` does not depend on `τ`.
///
/// It must not use `τ` itself, nor anything else of later batches: the outer batch was drawn at
/// parameters which the inner batches made.
public struct BaselineContext: Sendable {
  /// The inner batches `D_1 … D_t`, the last of which is that of the step in question.
  public let batches: [TrajectoryBatch]
  /// The discount `γ`.
  public let discount: Double
  /// The returns `R^0(τ)` of these batches: `[t][|D|]`
  public let returns: [[Double]]
  /// The gradients `Σ_h R^h(τ) ∇ℓ_h` of these batches' trajectories along the directions:
  /// `[t][|D|][directions]`
  public let gradients: [[[Double]]]
  /// The mean scores `S/|D|` of `D_{t+1} … D_ζ` and `D_o` along the directions:
  /// `[ζ - t + 1][directions]`
  public let laterScores: [[Double]]
  /// Estimates of `J` at the parameters that this step would have reached without each of its first
  /// trajectories, as many as the baseline asked for; empty but for the last step.
  public let leftOutReturns: [Double]
  /// The score's coefficient before baselines, from which the values are subtracted.
  public let coefficient: Double
  /// What was kept from earlier epochs.
  public let memory: [Double]
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
    memory: [Double] = [], peers: [ChainStatistics] = []
  ) {
    (self.batches, self.discount) = (batches, discount)
    returns = Array(chain.returns[...step])
    gradients = Array(chain.gradients.prefix(step + 1))
    laterScores = Array(chain.scores.dropFirst(step + 1))
    leftOutReturns = step == chain.returns.count - 1 ? chain.leftOutReturns : []
    coefficient = chain.coefficient
    (self.memory, self.task, self.peers) = (memory, chain.task, peers)
  }

  /// The returns `R^0(τ)` of the step's own batch: `[|D|]`
  public var ownReturns: [Double] { returns.last ?? [] }
}
