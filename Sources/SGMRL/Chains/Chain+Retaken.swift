import LinearAlgebra
import Requirements

extension Chain {
  /// The chain with its inner steps retaken from other parameters, on the same batches.
  ///
  /// The log-probabilities of this chain are the old ones of the new chain's objectives.
  ///
  /// - Parameters:
  ///   - start: `θ⁰` of the new chain.
  ///   - objective: `f` of its outer batch.
  /// - Returns: The new chain.
  public func retaken(
    from start: [Double], outer objective: any SampleObjective = WeightedLogProbability()
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
    for (t, old) in self.steps.enumerated() {
      let step = retaken(old, at: current, old.objective, slot: t)
      add(settings.innerStepSize, step.gradient, to: &current)
      steps.append(step)
    }
    return Chain(
      policy: policy, settings: settings, steps: steps, adapted: current,
      outer: outer.map { retaken($0, at: current, objective, slot: steps.count) },
      memory: scratch)
  }

  /// `Jᵀ v = (I + αH_1) … (I + αH_ζ) v`: a gradient with respect to `θ^ζ` as one with respect to `θ⁰`.
  ///
  /// `H_t` is the Hessian of what the inner step climbs, whatever the estimator.
  public func pullBack(_ v: [Double]) -> [Double] {
    steps.reversed().reduce(v) { $1.stepJacobianProduct($0, stepSize: settings.innerStepSize) }
  }

  /// `J u = (I + αH_ζ) … (I + αH_1) u`: how `θ^ζ` moves as `θ⁰` moves along `u`.
  public func pushForward(_ u: [Double]) -> [Double] {
    steps.reduce(u) { $1.stepJacobianProduct($0, stepSize: settings.innerStepSize) }
  }

  /// The mean divergence `KL(old ‖ adapted)` over the observations of the outer batch, in nats, and its
  /// gradient with respect to `θ^ζ`.
  ///
  /// - Parameter old: a chain with the same outer batch.
  /// - Returns: The divergence and its gradient, in the layout of the parameters.
  /// - Throws: ``TrainingError`` if the policy's distribution has no divergence.
  public func divergence(
    from old: Chain
  ) throws(TrainingError) -> (value: Double, gradient: [Double]) {
    guard let batch = outer?.batch else {
      requirementFailure("A divergence needs the chain's outer batch.")
    }
    let blocks = EpisodeBlock.partition(batch.offsets, target: settings.rowsOfBlocks)
    let divergence = memory.scratch.divergence
    let found = batch.observations.withView { observations in
      divergence.record(
        observations, blocks: blocks,
        old: divergence.statistics(observations, blocks: blocks, at: old.adapted), at: adapted)
    }
    guard let found else {
      throw TrainingError(
        description:
          "The distributions of the policy \(type(of: policy)) have no divergence, which the outer step needs: implement ActionDistribution.divergence(from:), or use an outer step without one."
      )
    }
    return found
  }

  /// The product of the Fisher matrix of the adapted policy's distributions at the observations of the
  /// outer batch with a vector.
  ///
  /// - Throws: ``TrainingError`` if the policy's distribution has no divergence.
  public func fisherProduct(_ u: [Double]) throws(TrainingError) -> [Double] {
    _ = try divergence(from: self)
    return memory.scratch.divergence.hessianProduct(u)
  }
}

extension RecordedBatch {
  /// `(I + αH) u`
  fileprivate func stepJacobianProduct(_ u: [Double], stepSize: Double) -> [Double] {
    var result = u
    let change = secondOrder(direction: u) { _, _, target in target.update(repeating: 0) }
    add(stepSize, change, to: &result)
    return result
  }
}
