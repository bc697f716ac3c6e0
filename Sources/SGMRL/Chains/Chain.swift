/// A chain `θ⁰, D_1, θ¹, …, D_ζ, θ^ζ, D_o` of inner steps and its outer batch.
///
/// `D_t` was drawn at `θ^(t-1)` and `θ^t = θ^(t-1) + A ∇ν(θ^(t-1); D_t)`, `A = αI` by default. A ``ChainWalk`` makes it;
/// estimators and baselines read it, in any order and as often as they like. It belongs to the thread
/// that made it.
public struct Chain {
  /// The policy.
  public let policy: any Policy
  /// The settings of the inner steps and the outer batch; the estimator does not matter.
  public let settings: MetaSettings
  /// The inner step, with the sizes of this chain.
  public let map: InnerStepMap
  /// `D_1 … D_ζ`, each recorded at the parameters with which it was drawn.
  public let steps: [RecordedBatch]
  /// `θ^ζ`
  public let adapted: [Double]
  /// `D_o`, recorded at `θ^ζ`; nil if there is none.
  public let outer: RecordedBatch?
  let memory: RecordingMemory

  /// `θ⁰`
  public var start: [Double] { steps.first?.parameters ?? adapted }

  /// The same chain with another outer batch.
  public func with(outer batch: TrajectoryBatch) -> Chain {
    Chain(
      policy: policy, settings: settings, map: map, steps: steps, adapted: adapted,
      outer: RecordedBatch(
        batch, at: adapted, signals: settings.outer.weights(of: batch, discount: settings.discount),
        objective: WeightedLogProbability(), blockRows: settings.rowsOfBlocks,
        slot: memory.slot(steps.count), isKept: false),
      memory: memory)
  }

  /// The log-probabilities of a batch at any parameters, without a recording: `[N]`.
  public func logProbabilities(of batch: TrajectoryBatch, at parameters: [Double]) -> [Double] {
    let blocks = EpisodeBlock.partition(batch.offsets, target: settings.rowsOfBlocks)
    return batch.observations.withView { observations in
      batch.actions.withView { actions in
        memory.scratch.slot(0).likelihood.logProbabilities(
          observations, actions, blocks: blocks, at: parameters)
      }
    }
  }
}
