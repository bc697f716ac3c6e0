/// Sampled chains of one problem, for one thread: estimates, and values of the objective with common
/// random numbers.
final class RepeatableChains {
  private let tasks: any TaskDistribution
  private let settings: MetaSettings
  private let walk: ChainWalk
  private let recursion: EstimatorRecursion
  private let sampler: BatchSampler

  init(
    _ policy: any Policy, _ tasks: any TaskDistribution, _ settings: MetaSettings,
    baselineMemory: NamedArrays = NamedArrays()
  ) {
    (self.tasks, self.settings) = (tasks, settings)
    walk = ChainWalk(policy, settings: settings)
    recursion = EstimatorRecursion(settings, memory: baselineMemory)
    sampler = BatchSampler(policy, tasks)
  }

  /// Samples a chain with the random numbers of a place.
  private func sample(
    _ parameters: [Double], seed: UInt64, chain: Int
  ) throws(SamplingError) -> Chain {
    var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(epoch: chain))
    let task = tasks.sampleTask(using: &stream)
    return try walk.walk(from: parameters) { step, adapted throws(SamplingError) in
      try sampler.sample(
        task, adapted,
        count: settings.episodes(afterSteps: step),
        at: TrajectorySampler.Place(seed: seed, epoch: chain, phase: step))
    }
  }

  /// The estimate of `∇V_ζ`, and what other chains may see of this one.
  func estimate(
    _ parameters: [Double], seed: UInt64, chain index: Int, peers: [ChainStatistics] = []
  ) throws(SamplingError) -> (gradient: [Double], statistics: ChainStatistics) {
    let chain = try sample(parameters, seed: seed, chain: index)
    let statistics = recursion.statistics(of: chain, task: index)
    var v = chain.outer?.gradient ?? []
    recursion.propagate(&v, through: chain, statistics, peers: peers)
    return (v, statistics)
  }

  /// The outer batch's mean return, an unbiased estimate of `V_ζ`.
  func value(
    _ parameters: [Double], seed: UInt64, chain: Int
  ) throws(SamplingError) -> Double {
    let outer = try sample(parameters, seed: seed, chain: chain).outer
    return outer?.batch.meanReturn(discount: settings.discount) ?? .nan
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
