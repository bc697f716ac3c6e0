import LinearAlgebra

/// The objective of proximal meta-policy search for one chain, its parts, and its gradient:
/// `f(θ^ζ; D_o) - Σ_t η_t KL(π_old(θ^(t-1)) ‖ π(θ^(t-1)))`.
///
/// The inner steps are retaken with the likelihood ratio, whose second derivative has the
/// low-variance curvature. The penalty of step `t` is a mean over the observations of `D_t`, and joins the
/// sweep at the step's start.
///
/// The numbers are the objective of the outer batch, the `ζ` divergences, and the gradient with respect to
/// `θ⁰`.
struct ProximalRequest: ChainRequest {
  let policy: [Double]
  let objective: any SampleObjective
  /// `η_t` of each inner step; empty for the same of all.
  let penalties: [Double]
  /// `η` where there are none.
  let penalty: Double

  func numbers(of chain: Chain) -> [Double] {
    let new = chain.retaken(from: policy, inner: LikelihoodRatio(), outer: objective)
    var v = new.outer?.gradient ?? policy.map { _ in 0 }
    let value = new.outer?.value ?? 0
    var divergences = [Double](repeating: 0, count: new.steps.count)
    for t in new.steps.indices.reversed() {
      v = new.pullBack(v, step: t)
      let found = new.divergenceOrEstimate(from: chain, step: t)
      divergences[t] = found.value
      add(-(penalties.isEmpty ? penalty : penalties[t]), found.gradient, to: &v)
    }
    chain.map.dropContext(&v)
    return [value] + divergences + v
  }
}

extension Chain {
  /// The divergence of the policy at the start of an inner step from the one that drew its batch: the
  /// closed form, or, if the policy's distribution has none, its estimate from the batch's actions.
  fileprivate func divergenceOrEstimate(
    from old: Chain, step t: Int
  ) -> (value: Double, gradient: [Double]) {
    if let found = closedDivergence(from: old, afterSteps: t) { return found }
    let batch = old.steps[t].batch
    let share = 1 / Double(max(1, batch.sampleCount))
    let estimate = RecordedBatch(
      batch, at: steps[t].parameters,
      signals: [Double](repeating: share, count: batch.sampleCount),
      objective: SampledDivergence(), old: old.steps[t].drawnLogProbabilities,
      blockRows: settings.rowsOfBlocks, slot: memory.scratch.slot(steps.count + 1), isKept: true)
    return (estimate.value, estimate.gradient)
  }
}
