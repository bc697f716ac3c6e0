import MessagePassing
import Requirements
import Rollouts
import Scheduling

/// What a worker needs to know, once.
struct WorkerSetup: Sendable {
  let policy: any Policy
  let tasks: any TaskDistribution
  let settings: MetaSettings
  let seed: UInt64
  /// Whether the full states of the environments are recorded.
  var recordsStates = false
}

/// What all chains of an epoch share.
struct EpochSetup: Sendable {
  let epoch: Int
  let parameters: [Double]
  /// What the estimator's baseline kept from earlier epochs.
  let baselineMemory: NamedArrays
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
  /// Those that belong to no chain at the moment.
  private var idle: [ChainWalk] = []
  /// The chains that are sampled and not yet differentiated, by their numbers.
  private var open: [Int: OpenChain] = [:]

  private struct OpenChain {
    let walk: ChainWalk
    let chain: Chain
    let statistics: ChainStatistics
    let summary: ChainSummary
  }

  init(_ setup: WorkerSetup) {
    self.setup = setup
    sampler = BatchSampler(setup.policy, setup.tasks, recordsStates: setup.recordsStates)
  }

  /// The estimate of a chain whose baseline looks at no other.
  func estimate(
    _ index: Int, _ plan: ChainPlan, _ epoch: EpochSetup
  ) throws(SamplingError) -> ChainEstimate {
    _ = try sample(index, plan, epoch)
    return differentiate(index, epoch, peers: [])
  }

  /// Samples a chain, takes its inner steps, and returns what other chains may see of it.
  func sample(
    _ index: Int, _ plan: ChainPlan, _ epoch: EpochSetup
  ) throws(SamplingError) -> ChainStatistics {
    let walk = idle.popLast() ?? ChainWalk(setup.policy, settings: setup.settings)
    let settings = setup.settings
    var summary = ChainSummary()
    let environmentBefore = sampler.environmentSeconds
    var seconds = 0.0
    let chain = try PhaseTimes.measure(&seconds) { () throws(SamplingError) in
      try walk.walk(from: epoch.parameters) { step, parameters throws(SamplingError) in
        let isOuter = step == settings.innerSteps
        let batch = try sample(
          plan, epoch, step: step, parameters,
          count: isOuter ? settings.outerEpisodes : settings.innerEpisodes, &summary)
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
    open[index] = OpenChain(walk: walk, chain: chain, statistics: statistics, summary: summary)
    return statistics
  }

  /// The estimate of a chain that this worker has sampled.
  func differentiate(
    _ index: Int, _ epoch: EpochSetup, peers: [ChainStatistics]
  ) -> ChainEstimate {
    guard let chain = open.removeValue(forKey: index), let outer = chain.chain.outer else {
      requirementFailure("Chain \(index) was not sampled by this worker.")
    }
    var summary = chain.summary
    let recursion = EstimatorRecursion(setup.settings, memory: epoch.baselineMemory)
    var v = outer.gradient
    PhaseTimes.measure(&summary.times.secondOrder) {
      recursion.propagate(&v, through: chain.chain, chain.statistics, peers: peers)
    }
    idle.append(chain.walk)
    return ChainEstimate(gradient: v, statistics: chain.statistics, summary: summary)
  }

  /// Forgets the chains that were sampled and will not be differentiated.
  func forgetChains() {
    idle += open.values.map(\.walk)
    open.removeAll()
  }

  /// The returns of one task after 0, 1, … adaptation steps.
  func adapt(
    _ task: TaskParameters, index: Int, epoch: Int, parameters: [Double], steps: Int,
    keepsTrajectories: Bool
  ) throws(SamplingError) -> [AdaptedReturns] {
    var settings = setup.settings
    settings.innerSteps = steps
    let walk = ChainWalk(setup.policy, settings: settings)
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

  /// The estimates of the chains of an epoch, in their order.
  ///
  /// Process `r` of `n` works on the chains `r, r + n, …`; the results go to all processes.
  ///
  /// - Parameters:
  ///   - plans: the chains.
  ///   - epoch: what they share.
  ///   - looksAtPeers: whether a chain's baseline needs the numbers of the other chains.
  ///   - communicator: the processes.
  /// - Returns: One estimate for each chain, the same in all processes.
  /// - Throws: ``SamplingError`` if a batch could not be sampled, `CommunicationError` if processes
  ///   cannot exchange results.
  func estimates(
    _ plans: [ChainPlan], _ epoch: EpochSetup, looksAtPeers: Bool,
    _ communicator: any Communicator = SingleProcess()
  ) async throws -> [ChainEstimate] {
    let mine = Array(stride(from: communicator.rank, to: plans.count, by: communicator.size))
    guard looksAtPeers else {
      let outcomes = await outcomes(of: mine) { worker, index throws(SamplingError) in
        try await worker.estimate(index, plans[index], epoch)
      }
      return try communicator.exchange(outcomes, count: plans.count)
    }
    let sampled = await outcomes(of: mine) { worker, index throws(SamplingError) in
      (
        owner: ObjectIdentifier(worker),
        statistics: try await worker.sample(index, plans[index], epoch)
      )
    }
    let statistics: [ChainStatistics]
    do {
      statistics = try communicator.exchange(
        sampled.map { ($0, $1.map(\.statistics)) }, count: plans.count)
    } catch {
      for worker in workers { await worker.forgetChains() }
      throw error
    }
    // a chain's recordings are with the worker that made them
    let owners = try sampled.map { (index: $0, worker: try $1.get().owner) }
    let estimates = await inOrder(
      workers.count, threads: workers.count, makeState: { _ in () }
    ) { _, place in
      let worker = workers[place]
      var mine: [(Int, ChainEstimate)] = []
      for (index, owner) in owners where owner == ObjectIdentifier(worker) {
        let peers = statistics.indices.filter { $0 != index }.map { statistics[$0] }
        mine.append((index, await worker.differentiate(index, epoch, peers: peers)))
      }
      return mine
    }.joined()
    return try communicator.exchange(
      estimates.map { ($0, .success($1)) }, count: plans.count)
  }

  /// Runs a piece of work for every index; a worker takes the next one whenever it is free.
  ///
  /// - Returns: What came of each index, in their order.
  private func outcomes<Value: Sendable>(
    of indices: [Int],
    _ body: @escaping @Sendable (Worker, Int) async throws(SamplingError) -> Value
  ) async -> [(Int, Result<Value, SamplingError>)] {
    let outcomes = await outcomesInOrder(
      indices.count, threads: workers.count, makeState: { workers[$0] }
    ) { worker, place throws(SamplingError) in try await body(worker, indices[place]) }
    return Array(zip(indices, outcomes))
  }
}
