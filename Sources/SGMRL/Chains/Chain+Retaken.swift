import LinearAlgebra
import Requirements

extension Chain {
  /// The chain with its inner steps retaken from other parameters, on the same batches.
  ///
  /// The log-probabilities of this chain are the old ones of the new chain's objectives.
  ///
  /// - Parameters:
  ///   - start: `θ⁰` of the new chain.
  ///   - inner: `f` of its inner batches; nil for the same as here.
  ///   - objective: `f` of its outer batch.
  /// - Returns: The new chain.
  public func retaken(
    from start: [Double], inner: (any SampleObjective)? = nil,
    outer objective: any SampleObjective = WeightedLogProbability()
  ) -> Chain {
    let scratch = memory.scratch
    func retaken(
      _ old: RecordedBatch, at parameters: [Double], _ objective: any SampleObjective, slot: Int
    ) -> RecordedBatch {
      RecordedBatch(
        old.batch, at: parameters, signals: old.signals, objective: objective,
        old: objective.isLinear ? nil : old.drawnLogProbabilities, blockRows: settings.rowsOfBlocks,
        slot: scratch.slot(slot), isKept: true)
    }
    var (current, steps) = (start, [RecordedBatch]())
    let map = InnerStepMap(settings, policy.layout, start: start)
    for (t, old) in self.steps.enumerated() {
      let step = retaken(old, at: current, inner ?? old.objective, slot: t)
      map.move(&current, along: step.gradient)
      steps.append(step)
    }
    return Chain(
      policy: policy, settings: settings, map: map, steps: steps, adapted: current,
      outer: outer.map { retaken($0, at: current, objective, slot: steps.count) },
      memory: scratch)
  }

  /// `Jᵀ v = (I + H_1 A) … (I + H_t A) v`: a gradient with respect to `θ^t` as one with respect to `θ⁰`.
  ///
  /// `H_t` is the Hessian of what the inner step climbs, whatever the estimator.
  ///
  /// - Parameters:
  ///   - v: the gradient.
  ///   - count: `t`; nil for all inner steps, `ζ`.
  /// - Returns: The gradient with respect to `θ⁰`.
  public func pullBack(_ v: [Double], through count: Int? = nil) -> [Double] {
    steps[..<(count ?? steps.count)].indices.reversed().reduce(v) { pullBack($0, step: $1) }
  }

  /// `(I + H_t A) v` for one inner step, counted from 0: a gradient with respect to its end as one with
  /// respect to its start.
  func pullBack(_ v: [Double], step: Int) -> [Double] {
    map.pullBack(v, through: steps[step])
  }

  /// `J u = (I + A H_t) … (I + A H_1) u`: how `θ^t` moves as `θ⁰` moves along `u`.
  ///
  /// - Parameters:
  ///   - u: the direction.
  ///   - count: `t`; nil for all inner steps, `ζ`.
  /// - Returns: The direction in which `θ^t` moves.
  public func pushForward(_ u: [Double], through count: Int? = nil) -> [Double] {
    steps[..<(count ?? steps.count)].indices.reduce(u) { pushForward($0, step: $1) }
  }

  /// `(I + A H_t) u` for one inner step, counted from 0: how its end moves as its start moves along `u`.
  func pushForward(_ u: [Double], step: Int) -> [Double] {
    map.pushForward(u, through: steps[step])
  }

  /// The mean divergence `KL(old ‖ new)` of the policies after a number of inner steps, over the
  /// observations of the batch that was drawn there, in nats, and its gradient with respect to `θ^t`.
  ///
  /// - Parameters:
  ///   - old: a chain with the same batches.
  ///   - count: `t`; nil for the adapted policies, `θ^ζ`, and the outer batch.
  /// - Returns: The divergence and its gradient, in the layout of the parameters.
  /// - Throws: ``TrainingError`` if the policy's distribution has no divergence.
  public func divergence(
    from old: Chain, afterSteps count: Int? = nil
  ) throws(TrainingError) -> (value: Double, gradient: [Double]) {
    guard let found = closedDivergence(from: old, afterSteps: count ?? steps.count) else {
      throw lacksDivergence
    }
    return found
  }

  /// The same; nil if the policy's distribution has no divergence.
  func closedDivergence(
    from old: Chain, afterSteps place: Int
  ) -> (value: Double, gradient: [Double])? {
    record(memory.scratch.divergence(afterSteps: place).divergence, from: old, place)
  }

  /// The value of ``divergence(from:afterSteps:)`` alone.
  ///
  /// - Throws: ``TrainingError`` if the policy's distribution has no divergence.
  public func divergenceValue(
    from old: Chain, afterSteps count: Int? = nil
  ) throws(TrainingError) -> Double {
    let place = count ?? steps.count
    let divergence = memory.scratch.divergence(afterSteps: place).divergence
    let found = compare(divergence, from: old, place) { observations, blocks, statistics, values in
      divergence.value(observations, blocks: blocks, old: statistics, at: values)
    }
    guard let found else { throw lacksDivergence }
    return found
  }

  /// The product of the Fisher matrix of the policy's distributions after a number of inner steps, at the
  /// observations of the batch that was drawn there, with a vector.
  ///
  /// The recording is kept for further products.
  ///
  /// - Parameters:
  ///   - u: the vector, a direction in which `θ^t` moves.
  ///   - count: `t`; nil for the adapted policy, `θ^ζ`, and the outer batch.
  /// - Returns: The product, a gradient with respect to `θ^t`.
  /// - Throws: ``TrainingError`` if the policy's distribution has no divergence.
  public func fisherProduct(
    _ u: [Double], afterSteps count: Int? = nil
  ) throws(TrainingError) -> [Double] {
    let place = count ?? steps.count
    let slot = memory.divergence(afterSteps: place)
    let batch = placed(place).0
    if slot.recorded !== batch {
      guard record(slot.divergence, from: self, place) != nil else { throw lacksDivergence }
      slot.recorded = batch
    }
    return slot.divergence.hessianProduct(u)
  }

  private func record(
    _ divergence: PolicyDivergence, from old: Chain, _ place: Int
  ) -> (value: Double, gradient: [Double])? {
    compare(divergence, from: old, place) { observations, blocks, statistics, values in
      divergence.record(observations, blocks: blocks, old: statistics, at: values)
    }
  }

  /// Passes on the observations of a batch with its blocks, the old distributions there, and the parameters
  /// of this chain.
  private func compare<Result>(
    _ divergence: PolicyDivergence, from old: Chain, _ place: Int,
    _ body: (MatrixView, [EpisodeBlock], PolicyDivergence.Statistics, [Double]) -> Result
  ) -> Result {
    let (batch, blocks) = placed(place)
    return batch.batch.observations.withView { observations in
      let statistics = divergence.statistics(
        observations, blocks: blocks, at: old.placed(place).0.parameters)
      return body(observations, blocks, statistics, batch.parameters)
    }
  }

  /// The batch drawn after a number of inner steps, and its blocks.
  private func placed(_ place: Int) -> (RecordedBatch, [EpisodeBlock]) {
    guard let batch = place < steps.count ? steps[place] : outer else {
      requirementFailure("A divergence of the adapted policy needs the chain's outer batch.")
    }
    return (batch, EpisodeBlock.partition(batch.batch.offsets, target: settings.rowsOfBlocks))
  }

  private var lacksDivergence: TrainingError {
    TrainingError(
      description:
        "The distributions of the policy \(type(of: policy)) have no divergence, which the outer step needs: implement ActionDistribution.divergence(from:), or use an outer step without one."
    )
  }
}
