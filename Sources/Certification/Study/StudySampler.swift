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
  ) async throws(SamplingError) -> [[Double]] {
    let learners = estimators.indices.filter { index in
      // those that keep something keep it after any chain
      let baseline = estimators[index].baseline
      return baseline.map { !$0.memory(after: [Self.smallest(settings)], []).isEmpty } ?? false
    }
    var memories = estimators.map { _ in [Double]() }
    guard !learners.isEmpty else { return memories }
    let batches = try await results(plan.learningMetaBatches, learners.map { estimators[$0] }) {
      chains, index throws(SamplingError) in
      try chains.statistics(metaBatch: first + index)
    }
    for statistics in batches {
      for (k, index) in learners.enumerated() {
        memories[index] =
          estimators[index].baseline?.memory(after: statistics[k], memories[index]) ?? []
      }
    }
    return memories
  }

  /// The estimates of meta-batches.
  func groups(
    _ count: Int, from first: Int, _ estimators: [Estimator], _ memories: [[Double]]
  ) async throws(SamplingError) -> [Group] {
    try await results(count, estimators, memories) { chains, index throws(SamplingError) in
      try chains.group(metaBatch: first + index)
    }
  }

  private func results<Value: Sendable>(
    _ count: Int, _ estimators: [Estimator], _ memories: [[Double]] = [],
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
  private let memories: [[Double]]
  /// For each estimator as many as a meta-batch has chains, if its baseline looks at peers.
  private var gradients: [[MetaGradient]]

  init(_ study: StudySampler, _ estimators: [Estimator], _ memories: [[Double]]) {
    self.study = study
    (self.estimators, self.memories) = (estimators, memories)
    sampler = BatchSampler(study.policy, study.tasks)
    gradients = estimators.map { _ in [] }
  }

  /// One sampled chain: `D_1 … D_ζ` and `D_o`.
  private struct Chain {
    var inner: [TrajectoryBatch]
    var outer: TrajectoryBatch
  }

  /// What the baselines learn from a meta-batch: `[estimator][chain]`.
  func statistics(metaBatch: Int) throws(SamplingError) -> [[ChainStatistics]] {
    var result = estimators.map { _ in [ChainStatistics]() }
    for task in 0..<study.plan.tasks {
      let (chain, _) = try sample(task, metaBatch)
      for k in estimators.indices {
        let gradient = gradient(k, 0)
        result[k].append(walk(gradient, chain, task).statistics)
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
    var chains: [Chain] = []
    for task in 0..<count {
      let (chain, seconds) = try sample(task, metaBatch)
      chains.append(chain)
      for k in group.seconds.indices { group.seconds[k] += seconds }
    }
    for (k, estimator) in estimators.enumerated() {
      let start = ContinuousClock.now
      let looksAtPeers = estimator.baseline?.looksAtPeers ?? false
      if looksAtPeers {
        let walks = chains.indices.map { walk(gradient(k, $0), chains[$0], $0) }
        let statistics = walks.map(\.statistics)
        for (i, var walk) in walks.enumerated() {
          let peers = statistics.indices.filter { $0 != i }.map { statistics[$0] }
          gradient(k, i).propagate(&walk.outerGradient, walk.statistics, peers: peers)
          group.sums[k].add(walk.outerGradient)
        }
      } else {
        for (i, chain) in chains.enumerated() {
          var walk = walk(gradient(k, 0), chain, i)
          gradient(k, 0).propagate(&walk.outerGradient, walk.statistics, peers: [])
          group.sums[k].add(walk.outerGradient)
        }
      }
      group.seconds[k] += (ContinuousClock.now - start) / .seconds(1)
    }
    return group
  }

  private func gradient(_ estimator: Int, _ chain: Int) -> MetaGradient {
    while gradients[estimator].count <= chain {
      var settings = study.settings
      settings.estimator = estimators[estimator]
      let gradient = MetaGradient(study.policy, settings: settings)
      if !memories.isEmpty { gradient.baselineMemory = memories[estimator] }
      gradients[estimator].append(gradient)
    }
    return gradients[estimator][chain]
  }

  /// Takes an estimator through a chain.
  private func walk(
    _ gradient: MetaGradient, _ chain: Chain, _ task: Int
  ) -> (outerGradient: [Double], statistics: ChainStatistics) {
    gradient.begin(at: study.parameters)
    for batch in chain.inner { gradient.takeInnerStep(batch) }
    let v = gradient.outerGradient(chain.outer)
    let coefficient = gradient.scoreCoefficient(chain.outer)
    return (v, gradient.statistics(task: task, coefficient: coefficient))
  }

  /// Samples a chain; also says how long that took, without the gradients of the inner steps.
  private func sample(
    _ task: Int, _ metaBatch: Int
  ) throws(SamplingError) -> (chain: Chain, seconds: Double) {
    let (settings, seed) = (study.settings, study.plan.seed)
    var stream = RandomStream(
      seed: seed, purpose: .tasks, at: StreamPlace(epoch: metaBatch, task: task))
    let parameters = study.tasks.sampleTask(using: &stream)
    let gradient = gradient(0, 0)
    gradient.begin(at: study.parameters)
    var seconds = 0.0
    func batch(_ count: Int) throws(SamplingError) -> TrajectoryBatch {
      let place = TrajectorySampler.Place(
        seed: seed, epoch: metaBatch, task: task, phase: gradient.stepCount)
      let start = ContinuousClock.now
      defer { seconds += (ContinuousClock.now - start) / .seconds(1) }
      return try sampler.sample(parameters, gradient.adapted.value, count: count, at: place)
    }
    var inner: [TrajectoryBatch] = []
    for _ in 0..<settings.innerSteps {
      inner.append(try batch(settings.innerEpisodes))
      gradient.takeInnerStep(inner[inner.count - 1])
    }
    let outer = try batch(settings.outerEpisodes)
    return (Chain(inner: inner, outer: outer), seconds)
  }
}
