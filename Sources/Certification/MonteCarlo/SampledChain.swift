/// Sampled chains of one problem, for one thread: estimates, and values of the objective with common
/// random numbers.
final class SampledChain {
  private let tasks: any TaskDistribution
  private let settings: MetaSettings
  private let gradient: MetaGradient
  private var samplers: [(environment: any Environment, sampler: TrajectorySampler)] = []

  init(
    _ policy: any Policy, _ tasks: any TaskDistribution, _ settings: MetaSettings
  ) {
    (self.tasks, self.settings) = (tasks, settings)
    gradient = MetaGradient(policy, settings: settings)
    for step in 0...settings.innerSteps {
      let count = step < settings.innerSteps ? settings.innerEpisodes : settings.outerEpisodes
      let environment = tasks.makeEnvironment(count: count)
      // the parameters of each step are an object of its own, filled as the chain goes on
      if step == 0 { gradient.begin(at: [Double](repeating: 0, count: policy.layout.count)) }
      samplers.append(
        (
          environment,
          TrajectorySampler(
            environment, policy, gradient.parameters(ofStep: step), horizon: tasks.horizon)
        ))
    }
  }

  /// Walks a chain with the random numbers of a place, and samples its outer batch.
  private func outerBatch(
    _ parameters: [Double], seed: UInt64, chain: Int
  ) throws(SamplingError) -> TrajectoryBatch {
    var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(epoch: chain))
    let task = tasks.sampleTask(using: &stream)
    gradient.begin(at: parameters)
    for step in 0...settings.innerSteps {
      let (environment, sampler) = samplers[step]
      environment.task = task
      let batch = try sampler.sample(
        at: TrajectorySampler.Place(seed: seed, epoch: chain, phase: step))
      if step == settings.innerSteps { return batch }
      gradient.takeInnerStep(batch)
    }
    preconditionFailure("A chain ends with its outer batch.")
  }

  /// The estimate of `∇V_ζ`.
  func estimate(
    _ parameters: [Double], seed: UInt64, chain: Int
  ) throws(SamplingError) -> [Double] {
    gradient.estimate(outer: try outerBatch(parameters, seed: seed, chain: chain))
  }

  /// The outer batch's mean return, an unbiased estimate of `V_ζ`.
  func value(
    _ parameters: [Double], seed: UInt64, chain: Int
  ) throws(SamplingError) -> Double {
    try outerBatch(parameters, seed: seed, chain: chain).meanReturn(discount: settings.discount)
  }

  /// The derivative of that return along a direction, all random numbers held.
  ///
  /// Four points: the error is of order `ε^4`.
  func difference(
    _ parameters: [Double], along direction: [Double], step: Double, seed: UInt64, chain: Int
  ) throws(SamplingError) -> Double {
    var sum = 0.0
    for (offset, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      var point = parameters
      add(offset * step, direction, to: &point)
      sum += weight * (try value(point, seed: seed, chain: chain))
    }
    return sum / (12 * step)
  }
}
