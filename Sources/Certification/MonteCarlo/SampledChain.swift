/// Sampled chains of one problem, for one thread: estimates, and values of the objective with common
/// random numbers.
final class SampledChain {
  private let tasks: any TaskDistribution
  private let settings: MetaSettings
  private let gradient: MetaGradient
  private let sampler: BatchSampler

  init(
    _ policy: any Policy, _ tasks: any TaskDistribution, _ settings: MetaSettings,
    baselineMemory: [Double] = []
  ) {
    (self.tasks, self.settings) = (tasks, settings)
    gradient = MetaGradient(policy, settings: settings)
    gradient.baselineMemory = baselineMemory
    sampler = BatchSampler(policy, tasks)
  }

  /// Walks a chain with the random numbers of a place, and samples its outer batch.
  private func outerBatch(
    _ parameters: [Double], seed: UInt64, chain: Int
  ) throws(SamplingError) -> TrajectoryBatch {
    var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(epoch: chain))
    let task = tasks.sampleTask(using: &stream)
    gradient.begin(at: parameters)
    for step in 0..<settings.innerSteps {
      let place = TrajectorySampler.Place(seed: seed, epoch: chain, phase: step)
      gradient.takeInnerStep(
        try sampler.sample(task, gradient.adapted.value, count: settings.innerEpisodes, at: place))
    }
    return try sampler.sample(
      task, gradient.adapted.value, count: settings.outerEpisodes,
      at: TrajectorySampler.Place(seed: seed, epoch: chain, phase: settings.innerSteps))
  }

  /// The estimate of `∇V_ζ`, and what other chains may see of this one.
  func estimate(
    _ parameters: [Double], seed: UInt64, chain: Int, peers: [ChainStatistics] = []
  ) throws(SamplingError) -> (gradient: [Double], statistics: ChainStatistics) {
    let outer = try outerBatch(parameters, seed: seed, chain: chain)
    var v = gradient.outerGradient(outer)
    let statistics = gradient.statistics(
      task: chain, coefficient: gradient.scoreCoefficient(outer))
    gradient.propagate(&v, statistics, peers: peers)
    return (v, statistics)
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
