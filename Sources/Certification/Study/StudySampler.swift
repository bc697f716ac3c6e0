import Scheduling

/// Samples meta-batches of chains, and the estimates of several estimators on them.
struct StudySampler: Sendable {
  let plan: StudyPlan
  let policy: any Policy
  let parameters: [Double]
  let tasks: any TaskDistribution
  let settings: MetaSettings
  let threads: Int

  /// The estimates of one meta-batch.
  struct Group: Sendable {
    /// One for each estimator.
    var sums: [GradientSums]
    /// The wall-clock time of each estimator with the sampling, in seconds.
    var seconds: [Double]
  }

  /// What the estimators' baselines remember after the plan's meta-batches.
  func learn(
    _ estimators: [Estimator], from first: Int
  ) async throws(SamplingError) -> [NamedArrays] {
    let learners = estimators.indices.filter { index in
      // those that keep something keep it after any chain
      let baseline = estimators[index].baseline
      return baseline.map { !$0.memory(after: [Self.smallest(settings)], NamedArrays()).isEmpty }
        ?? false
    }
    var memories = estimators.map { _ in NamedArrays() }
    guard !learners.isEmpty else { return memories }
    let batches = try await results(plan.learningMetaBatches, learners.map { estimators[$0] }) {
      chains, index throws(SamplingError) in
      try chains.statistics(metaBatch: first + index)
    }
    for statistics in batches {
      for (k, index) in learners.enumerated() {
        memories[index] =
          estimators[index].baseline?.memory(after: statistics[k], memories[index])
          ?? NamedArrays()
      }
    }
    return memories
  }

  /// The estimates of meta-batches.
  func groups(
    _ count: Int, from first: Int, _ estimators: [Estimator], _ memories: [NamedArrays]
  ) async throws(SamplingError) -> [Group] {
    try await results(count, estimators, memories) { chains, index throws(SamplingError) in
      try chains.group(metaBatch: first + index)
    }
  }

  private func results<Value: Sendable>(
    _ count: Int, _ estimators: [Estimator], _ memories: [NamedArrays] = [],
    _ body: @escaping @Sendable (StudyChains, Int) throws(SamplingError) -> Value
  ) async throws(SamplingError) -> [Value] {
    try await inOrder(
      count, threads: threads, makeState: { _ in StudyChains(self, estimators, memories) }
    ) { chains, index throws(SamplingError) in try body(chains, index) }
  }

  /// Numbers of a chain that never was, of the right sizes.
  private static func smallest(_ settings: MetaSettings) -> ChainStatistics {
    ChainStatistics(
      returns: (0..<settings.innerSteps).map { _ in
        [Double](repeating: 0, count: settings.innerEpisodes)
      })
  }
}

/// The memory of one thread of a study.
final class StudyChains {
  private let study: StudySampler
  private let sampler: BatchSampler
  private let estimators: [Estimator]
  private let recursions: [EstimatorRecursion]
  /// For each estimator as many as a meta-batch has chains, if its baseline looks at peers.
  private var walks: [[ChainWalk]]

  init(_ study: StudySampler, _ estimators: [Estimator], _ memories: [NamedArrays]) {
    self.study = study
    self.estimators = estimators
    sampler = BatchSampler(study.policy, study.tasks, precision: study.settings.precision)
    recursions = estimators.enumerated().map { index, estimator in
      var settings = study.settings
      settings.estimator = estimator
      return EstimatorRecursion(
        settings, memory: memories.isEmpty ? NamedArrays() : memories[index])
    }
    walks = estimators.map { _ in [] }
  }

  /// The batches of one sampled chain: `D_1 … D_ζ` and `D_o`.
  private typealias Batches = [TrajectoryBatch]

  /// What the baselines learn from a meta-batch: `[estimator][chain]`.
  func statistics(metaBatch: Int) throws(SamplingError) -> [[ChainStatistics]] {
    var result = estimators.map { _ in [ChainStatistics]() }
    for task in 0..<study.plan.tasks {
      let (batches, _) = try sample(task, metaBatch)
      for k in estimators.indices {
        result[k].append(recursions[k].statistics(of: chain(k, 0, batches), task: task))
      }
    }
    return result
  }

  /// The estimates of a meta-batch.
  func group(metaBatch: Int) throws(SamplingError) -> StudySampler.Group {
    let count = study.plan.tasks
    var group = StudySampler.Group(
      sums: estimators.map { _ in GradientSums(parameters: study.parameters.count) },
      seconds: estimators.map { _ in 0 })
    var sampled: [Batches] = []
    for task in 0..<count {
      let (batches, seconds) = try sample(task, metaBatch)
      sampled.append(batches)
      for k in group.seconds.indices { group.seconds[k] += seconds }
    }
    for (k, estimator) in estimators.enumerated() {
      let start = ContinuousClock.now
      if estimator.baseline?.looksAtPeers ?? false {
        let chains = sampled.indices.map { chain(k, $0, sampled[$0]) }
        let statistics = chains.indices.map { recursions[k].statistics(of: chains[$0], task: $0) }
        for i in chains.indices {
          let peers = statistics.indices.filter { $0 != i }.map { statistics[$0] }
          group.sums[k].add(estimate(k, chains[i], statistics[i], peers: peers))
        }
      } else {
        for (i, batches) in sampled.enumerated() {
          let chain = chain(k, 0, batches)
          let statistics = recursions[k].statistics(of: chain, task: i)
          group.sums[k].add(estimate(k, chain, statistics, peers: []))
        }
      }
      group.seconds[k] += (ContinuousClock.now - start) / .seconds(1)
    }
    return group
  }

  private func estimate(
    _ estimator: Int, _ chain: Chain, _ statistics: ChainStatistics, peers: [ChainStatistics]
  ) -> [Double] {
    var v = chain.outer?.gradient ?? []
    recursions[estimator].propagate(&v, through: chain, statistics, peers: peers)
    return v
  }

  private func walk(_ estimator: Int, _ chain: Int) -> ChainWalk {
    while walks[estimator].count <= chain {
      walks[estimator].append(ChainWalk(study.policy, settings: recursions[estimator].settings))
    }
    return walks[estimator][chain]
  }

  /// Takes an estimator through a chain.
  private func chain(_ estimator: Int, _ index: Int, _ batches: Batches) -> Chain {
    walk(estimator, index).walk(from: study.parameters) { step, _ in batches[step] }
  }

  /// Samples a chain; also says how long that took, without the gradients of the inner steps.
  private func sample(
    _ task: Int, _ metaBatch: Int
  ) throws(SamplingError) -> (batches: Batches, seconds: Double) {
    let (settings, seed) = (study.settings, study.plan.seed)
    var stream = RandomStream(
      seed: seed, purpose: .tasks, at: StreamPlace(epoch: metaBatch, task: task))
    let parameters = study.tasks.sampleTask(using: &stream)
    var seconds = 0.0
    var batches: Batches = []
    _ = try walk(0, 0).walk(from: study.parameters) { step, adapted throws(SamplingError) in
      let place = TrajectorySampler.Place(seed: seed, epoch: metaBatch, task: task, phase: step)
      let start = ContinuousClock.now
      defer { seconds += (ContinuousClock.now - start) / .seconds(1) }
      let batch = try sampler.sample(
        parameters, adapted,
        count: settings.episodes(afterSteps: step),
        at: place)
      batches.append(batch)
      return batch
    }
    return (batches, seconds)
  }
}
