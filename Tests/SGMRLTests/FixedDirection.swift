import ChainSupport
import RolloutSupport
import SGMRL

/// The means of Jacobian rules over all batches of one inner step, for a direction that does not depend
/// on the batch.
///
/// A term whose mean is zero vanishes here to rounding; in the mean of a whole estimate it leaves a trace
/// of order `α²`, because there the direction is the gradient after the step.
struct FixedDirection {
  let enumeration: Enumeration
  let policy: SoftmaxPolicy
  let parameters: [Double]
  let direction: [Double]
  let batchSize: Int
  let surrogate: Surrogate
  let discount = 0.9

  init(horizon: Int, batch: Int, signal: Surrogate.Signal = .returns, seed: UInt64 = 7) {
    let numbers = normals(40, seed: seed)
    // two states, two actions
    let split = (0..<2).map { s in
      (0..<2).map { a in
        let p = 0.2 + 0.6 * (numbers[s * 2 + a].magnitude.truncatingRemainder(dividingBy: 1))
        return [p, 1 - p]
      }
    }
    enumeration = Enumeration(
      Certificate(
        states: 2, actions: 2, horizon: horizon, batch: batch, innerSteps: 1, stepSize: 0.3,
        discount: discount, initial: [0.4, 0.6], transition: split,
        reward: [Array(numbers[4..<6]), Array(numbers[6..<8])],
        parameters: [Array(numbers[8..<10]), Array(numbers[10..<12])], objective: 0, gradient: [],
        gradientError: 0, estimatorMeans: [:]))
    policy = SoftmaxPolicy(observationSize: 2, actionCount: 2)
    parameters = Array(numbers[8..<12])
    direction = Array(numbers[12..<16])
    batchSize = batch
    surrogate = Surrogate(signal: signal)
  }

  /// `E[v + α H v]` of each rule.
  func means(_ rules: [any JacobianRule]) -> [[Double]] {
    let probabilities = enumeration.probabilities(parameters)
    let chains = rules.map {
      ChainWalk(
        policy,
        settings: MetaSettings(
          innerStepSize: 0.3, innerEpisodes: batchSize, discount: discount, inner: surrogate,
          estimator: Estimator(name: "test", summary: "", jacobian: $0, score: .none)))
    }
    var means = rules.map { _ in [Double](repeating: 0, count: parameters.count) }
    for (members, orders) in enumeration.batches(of: batchSize) {
      let batch = enumeration.batch(members)
      let p = members.reduce(orders) { $0 * probabilities[$1] }
      for (k, chain) in chains.enumerated() {
        chain.begin(at: parameters)
        chain.takeInnerStep(batch)
        var v = direction
        chain.propagate(&v, coefficient: 0)
        add(p, v, to: &means[k])
      }
    }
    return means
  }

  /// The largest difference of two rules' means.
  func distance(_ one: any JacobianRule, _ other: any JacobianRule) -> Double {
    let means = means([one, other])
    return RolloutSupport.distance(means[0], means[1])
  }

  /// The mean of `Σ_{k<h} κ^(h-k) ℓ̇_k` given the state of step `h`: `[h][state]`.
  func meanTraces(decay: Double, stepSize: Double = 0.3) -> [[Double]] {
    let probabilities = enumeration.probabilities(parameters)
    let length = enumeration.trajectories[0].states.count
    var (sums, weights) = (
      [[Double]](repeating: [0, 0], count: length), [[Double]](repeating: [0, 0], count: length)
    )
    for (p, trajectory) in zip(probabilities, enumeration.trajectories) {
      var trace = 0.0
      for (h, (s, a)) in zip(trajectory.states, trajectory.actions).enumerated() {
        sums[h][s] += p * trace
        weights[h][s] += p
        let score = policy.score(a, s == 0 ? [1, 0] : [0, 1], parameters)
        trace = decay * (trace + stepSize * zip(score, direction).reduce(0) { $0 + $1.0 * $1.1 })
      }
    }
    return zip(sums, weights).map { zip($0, $1).map { $0 / $1 } }
  }
}
