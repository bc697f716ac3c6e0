import MessagePassing
import Requirements
import Rollouts

/// What a worker needs to know, once.
struct WorkerSetup: Sendable {
  let policy: any Policy
  let tasks: any TaskDistribution
  let settings: MetaSettings
  let seed: UInt64
  /// Whether the full states of the environments are recorded.
  var recordsStates = false
  /// The bytes of recordings that a worker may keep from one request to the next.
  var memoryLimit = 0
}

/// What all chains of a meta-batch share.
struct EpochSetup: Sendable {
  let epoch: Int
  /// `θ⁰`
  var parameters: [Double]
  /// What the estimator's baseline kept from earlier epochs.
  let baselineMemory: NamedArrays
  /// Tells the meta-batches of an epoch apart.
  var batch: [Int] = []
}

/// A chain of a meta-batch.
struct ChainKey: Hashable, Sendable {
  let batch: [Int]
  /// The chain's place in the meta-batch.
  let index: Int
}

/// A chain `D_1 … D_ζ, D_o` of an epoch, to be sampled and differentiated.
struct ChainPlan: Sendable {
  let task: TaskParameters
  /// The place of the task in the meta-batch.
  let taskIndex: Int
  /// The number of the chain among those of its task.
  let chain: Int
}

/// The memory of one thread: environments, recordings, samplers. Chains come to it one at a time.
actor Worker {
  private let setup: WorkerSetup
  private let sampler: BatchSampler
  /// Where recordings at other parameters are made.
  private let scratch: RecordingMemory
  /// Those that belong to no chain at the moment.
  private var idle: [ChainWalk] = []
  /// The chains of the epoch.
  private var kept: [ChainKey: KeptChain] = [:]
  /// The bytes of recordings that are kept.
  private var keptBytes = 0

  private struct KeptChain {
    let chain: Chain
    let statistics: ChainStatistics
    var summary: ChainSummary
    /// The walk, if the chain's recordings are kept; else they are made anew in the memory of another.
    var walk: ChainWalk?
  }

  init(_ setup: WorkerSetup) {
    self.setup = setup
    sampler = BatchSampler(
      setup.policy, setup.tasks, recordsStates: setup.recordsStates,
      precision: setup.settings.precision)
    scratch = RecordingMemory(scratchFor: setup.policy, precision: setup.settings.precision)
  }

  /// The estimate of a chain whose baseline looks at no other.
  func estimate(
    _ key: ChainKey, _ plan: ChainPlan, _ epoch: EpochSetup
  ) throws(SamplingError) -> ChainEstimate {
    _ = try sample(key, plan, epoch, keepsRecordings: true)
    return differentiate(key, epoch, peers: [])
  }

  /// Samples a chain, takes its inner steps, and returns what other chains may see of it.
  ///
  /// - Parameters:
  ///   - key: the chain.
  ///   - plan: what to sample.
  ///   - epoch: what all chains share.
  ///   - keepsRecordings: whether they are kept until the chain is differentiated, above the limit too.
  /// - Returns: The chain's numbers, without a gradient.
  /// - Throws: `SamplingError` if a batch could not be sampled.
  func sample(
    _ key: ChainKey, _ plan: ChainPlan, _ epoch: EpochSetup, keepsRecordings: Bool
  ) throws(SamplingError) -> ChainEstimate {
    let walk = idle.popLast() ?? ChainWalk(setup.policy, settings: setup.settings, scratch: scratch)
    let settings = setup.settings
    var summary = ChainSummary()
    let environmentBefore = sampler.environmentSeconds
    var seconds = 0.0
    let chain = try PhaseTimes.measure(&seconds) { () throws(SamplingError) in
      try walk.walk(from: epoch.parameters) { step, parameters throws(SamplingError) in
        let isOuter = step == settings.innerSteps
        let batch = try sample(
          plan, epoch, step: step, parameters,
          count: settings.episodes(afterSteps: step), &summary)
        if step == 0 { summary.before = ReturnSummary(batch, discount: settings.discount) }
        if isOuter { summary.after = ReturnSummary(batch, discount: settings.discount) }
        return batch
      }
    }
    summary.times.gradients = seconds - summary.times.sampling
    // a baseline may want the outer batch's recording kept
    let recursion = EstimatorRecursion(settings)
    let statistics = PhaseTimes.measure(&summary.times.secondOrder) {
      recursion.statistics(of: chain, task: plan.taskIndex)
    }
    if let outer = chain.outer {
      _ = PhaseTimes.measure(&summary.times.gradients) { outer.gradient }
      summary.lacksSignal = outer.lacksSignal
    }
    summary.times.environment = sampler.environmentSeconds - environmentBefore
    kept[key] = KeptChain(chain: chain, statistics: statistics, summary: summary, walk: walk)
    if !keepsRecordings { releaseRecordings(of: key) }
    return ChainEstimate(gradient: [], statistics: statistics, summary: summary)
  }

  /// The estimate of a chain that this worker has sampled.
  func differentiate(
    _ key: ChainKey, _ epoch: EpochSetup, peers: [ChainStatistics]
  ) -> ChainEstimate {
    guard let found = kept[key], let outer = found.chain.outer else {
      requirementFailure("Chain \(key.index) was not sampled by this worker.")
    }
    var summary = found.summary
    let recursion = EstimatorRecursion(setup.settings, memory: epoch.baselineMemory)
    var v = outer.gradient
    PhaseTimes.measure(&summary.times.secondOrder) {
      recursion.propagate(&v, through: found.chain, found.statistics, peers: peers)
    }
    releaseRecordings(of: key)
    return ChainEstimate(gradient: v, statistics: found.statistics, summary: summary)
  }

  /// What a request gives for a chain that this worker has sampled.
  func numbers(
    of request: some ChainRequest, _ key: ChainKey
  ) throws(TrainingError) -> [Double] {
    guard let found = kept[key] else {
      requirementFailure("Chain \(key.index) was not sampled by this worker.")
    }
    return try request.numbers(of: found.chain)
  }

  /// Gives the memory of a chain's recordings to other chains, unless there is room for all of it.
  private func releaseRecordings(of key: ChainKey) {
    guard let walk = kept[key]?.walk else { return }
    let bytes = setup.memoryLimit > 0 ? walk.recordedBytes : 0
    if setup.memoryLimit > 0, keptBytes + bytes <= setup.memoryLimit {
      keptBytes += bytes
    } else {
      kept[key]?.walk = nil
      idle.append(walk)
    }
  }

  /// Forgets the chains of an epoch.
  func forgetChains() {
    idle += kept.values.compactMap(\.walk)
    kept.removeAll()
    keptBytes = 0
  }

  /// The returns of one task after 0, 1, … adaptation steps.
  func adapt(
    _ task: TaskParameters, index: Int, epoch: Int, parameters: [Double], steps: Int,
    keepsTrajectories: Bool
  ) throws(SamplingError) -> [AdaptedReturns] {
    var settings = setup.settings
    settings.innerSteps = steps
    let walk = ChainWalk(setup.policy, settings: settings, scratch: scratch)
    var result: [AdaptedReturns] = []
    _ = try walk.walk(from: parameters) { step, parameters throws(SamplingError) in
      let batch = try sampler.sample(
        task, parameters, count: settings.innerEpisodes,
        at: TrajectorySampler.Place(seed: setup.seed, epoch: epoch, task: index, phase: step))
      result.append(
        AdaptedReturns(
          summary: ReturnSummary(batch, discount: settings.discount),
          invalidEpisodes: batch.invalidCount, firstFailure: batch.firstFailure,
          trajectories: keepsTrajectories ? batch : nil))
      return batch
    }
    return result
  }

  /// Samples with the parameters that the chain has reached.
  private func sample(
    _ plan: ChainPlan, _ epoch: EpochSetup, step: Int, _ parameters: [Double], count: Int,
    _ summary: inout ChainSummary
  ) throws(SamplingError) -> TrajectoryBatch {
    let place = TrajectorySampler.Place(
      seed: setup.seed, epoch: epoch.epoch, task: plan.taskIndex, phase: step,
      chain: plan.chain)
    let batch = try PhaseTimes.measure(&summary.times.sampling) { () throws(SamplingError) in
      try sampler.sample(plan.task, parameters, count: count, at: place)
    }
    summary.samples += batch.sampleCount
    for reward in batch.rewards {
      summary.leastReward = min(summary.leastReward, reward)
      summary.greatestReward = max(summary.greatestReward, reward)
    }
    summary.invalidCount += batch.invalidCount
    summary.firstFailure = summary.firstFailure ?? batch.firstFailure
    return batch
  }
}

/// Workers side by side, one for each thread.
struct WorkerPool: Sendable {
  let workers: [Worker]

  init(_ setup: WorkerSetup, threads: Int) {
    require(threads > 0, "There must be at least one thread, not \(threads).")
    workers = (0..<threads).map { _ in Worker(setup) }
  }

  /// Forgets the chains of an epoch.
  func forgetChains() async { for worker in workers { await worker.forgetChains() } }
}
