extension ExactAdaptation {
  /// An inner batch as sums over pairs of states and actions.
  private struct Step {
    let start: [Double]
    /// Equation 5's weights of the batch: `[pairs]`
    let weights: [Double]
    /// The visits of each trajectory: `[trajectory][visited pair]`
    let visits: [[Int]]
    /// What each trajectory's score is compared with.
    let baselines: [Double]
    let gradient: [Double]
  }

  /// An unbiased estimate of `∇V_ζ` from sampled inner batches, with the outer batch averaged exactly:
  ///
  ///     v ← ∇J(θ^ζ)
  ///     for t = ζ … 1:   v ← v + α ∇²ν(θ^(t-1); D_t) v + Σ_τ (J(θ^ζ) - b_{t,τ}) ∇ log p(τ; θ^(t-1))
  ///
  /// The baseline `b_{t,τ}` is `J` after the step without trajectory `τ` and further steps along `∇J`. It does
  /// not depend on `τ`, so it meets the score with mean zero. The estimate is SG-MRL's with a jackknife, computed
  /// from the policy's table and dynamic programming instead of training's code, and has a small
  /// part of its variance.
  ///
  /// - Parameters:
  ///   - start: `θ`
  ///   - draw: gives the batch that is drawn after a number of inner steps, at their parameters.
  /// - Returns: The estimate, in the layout of the parameters.
  /// - Throws: What `draw` throws.
  /// - Precondition: the inner weights are those of equation 5, whose gradient is a mean over trajectories.
  /// - Complexity: for each trajectory as many evaluations of `J` as there are inner steps after it.
  mutating func estimate<Failure: Error>(
    from start: [Double],
    _ draw: (_ step: Int, _ parameters: [Double]) throws(Failure) -> TrajectoryBatch
  ) throws(Failure) -> [Double] {
    let map = map(from: start)
    var steps: [Step] = []
    var current = start
    for number in 0..<stepCount {
      let step = step(try draw(number, current), at: current, number, map)
      map.move(&current, along: step.gradient)
      steps.append(step)
    }
    var (value, v) = gradient(current)
    for step in steps.reversed() {
      table.record(at: step.start)
      var coefficients = [Double](repeating: 0, count: table.pairCount)
      for (visits, baseline) in zip(step.visits, step.baselines) {
        for pair in visits { coefficients[pair] += value - baseline }
      }
      let table = table
      v = map.pullBack(v, gradient: step.gradient) {
        table.gradientTangent(weights: step.weights, along: $0)
      }
      add(1, table.gradient(weights: coefficients), to: &v)
    }
    return v
  }

  private mutating func step(
    _ batch: TrajectoryBatch, at parameters: [Double], _ number: Int, _ map: InnerStepMap
  ) -> Step {
    let (pairs, perSample) = (table.pairs(of: batch), weights(of: batch))
    table.record(at: parameters)
    var weights = [Double](repeating: 0, count: table.pairCount)
    var visits: [[Int]] = []
    var parts: [[Double]] = []
    var gradient = [Double](repeating: 0, count: parameters.count)
    for episode in 0..<batch.episodeCount {
      let rows = batch.rows(ofEpisode: episode)
      var own = [Double](repeating: 0, count: table.pairCount)
      for row in rows { own[pairs[row]] += perSample[row] }
      visits.append(Array(pairs[rows]))
      parts.append(table.gradient(weights: own))
      add(1, own, to: &weights)
      add(1, parts[episode], to: &gradient)
    }
    let count = Double(batch.episodeCount)
    let baselines = parts.map { part in
      var leftOut = parameters
      // a batch of one trajectory leaves no step
      if count > 1 {
        let others = zip(gradient, part).map { ($0 - $1) * count / (count - 1) }
        map.move(&leftOut, along: others)
      }
      return objective(leftOut, afterMeanSteps: stepCount - number - 1, map)
    }
    return Step(
      start: parameters, weights: weights, visits: visits, baselines: baselines, gradient: gradient)
  }
}
