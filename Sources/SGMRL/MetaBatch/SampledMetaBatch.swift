import LinearAlgebra
import MessagePassing
import Requirements
import Scheduling

/// The meta-batch of an epoch: chains that are sampled when something is first asked of them, and kept by
/// the workers that sampled them.
actor SampledMetaBatch: MetaBatch {
  nonisolated let parameters: MetaParameters
  private let pool: WorkerPool
  private let communicator: any Communicator
  private let plans: [ChainPlan]
  private let epoch: EpochSetup
  private let looksAtPeers: Bool
  /// Refuses summaries of chains with too many failed episodes.
  private let check: @Sendable ([ChainSummary]) throws(TrainingError) -> Void
  /// Where each of this process's chains is, by its index.
  private var owners: [(index: Int, worker: Int)] = []
  /// What is known of all chains of all processes; without gradients until these are asked for.
  private var estimates: [ChainEstimate] = []
  private var gradient: [Double]?
  private var childCount = 0

  init(
    _ plans: [ChainPlan], _ epoch: EpochSetup, _ parameters: MetaParameters, looksAtPeers: Bool,
    _ pool: WorkerPool, _ communicator: any Communicator,
    check: @escaping @Sendable ([ChainSummary]) throws(TrainingError) -> Void
  ) {
    (self.plans, self.epoch, self.parameters) = (plans, epoch, parameters)
    (self.pool, self.communicator, self.looksAtPeers) = (pool, communicator, looksAtPeers)
    self.check = check
  }

  /// What other chains and later epochs may see of the chains, and their parts of the epoch's record.
  func reports() async throws -> [ChainEstimate] {
    if estimates.isEmpty { try await sample() }
    return estimates
  }

  func meanGradient() async throws -> [Double] {
    if let gradient { return gradient }
    if looksAtPeers || !estimates.isEmpty {
      if estimates.isEmpty { try await sample() }
      try await differentiate()
    } else {
      // each chain is differentiated while its recordings are still there
      try await take { worker, key, plan, epoch throws(SamplingError) in
        try await worker.estimate(key, plan, epoch)
      }
    }
    let result = mean(estimates.map(\.gradient), count: parameters.values.count)
    gradient = result
    return result
  }

  func mean(of request: some ChainRequest, share: Double) async throws -> [Double] {
    require(share > 0 && share <= 1, "A share of \(share) of the chains; use one above 0, up to 1.")
    if estimates.isEmpty { try await sample() }
    let values = try await onOwners(share: share) { worker, key throws(TrainingError) in
      try await worker.numbers(of: request, key)
    }
    return mean(values, count: values.first?.count ?? 0)
  }

  func chains(from parameters: MetaParameters, draw: Int) -> any MetaBatch {
    childCount += 1
    var epoch = epoch
    epoch.parameters = parameters.policy
    epoch.batch.append(childCount)
    let chainsOfTask = (plans.map(\.chain).max() ?? 0) + 1
    let plans = plans.map {
      ChainPlan(task: $0.task, taskIndex: $0.taskIndex, chain: $0.chain + draw * chainsOfTask)
    }
    return SampledMetaBatch(
      plans, epoch, parameters, looksAtPeers: looksAtPeers, pool, communicator, check: check)
  }

  /// Samples all chains; their recordings stay with the workers as far as memory is allowed, or as peers
  /// need them.
  private func sample() async throws {
    let keepsAll = looksAtPeers
    try await take { worker, key, plan, epoch throws(SamplingError) in
      try await worker.sample(key, plan, epoch, keepsRecordings: keepsAll)
    }
  }

  /// Samples all chains, each by the next worker that is free.
  ///
  /// Process `r` of `n` works on the chains `r, r + n, …`; the results go to all processes.
  private func take(
    _ body:
      @escaping @Sendable (Worker, ChainKey, ChainPlan, EpochSetup) async throws(SamplingError)
      -> ChainEstimate
  ) async throws {
    let mine = Array(stride(from: communicator.rank, to: plans.count, by: communicator.size))
    let (workers, plans, epoch) = (pool.workers, plans, epoch)
    let outcomes = await outcomesInOrder(
      mine.count, threads: workers.count, makeState: { $0 }
    ) { worker, place throws(SamplingError) in
      let index = mine[place]
      let key = ChainKey(batch: epoch.batch, index: index)
      return (worker, try await body(workers[worker], key, plans[index], epoch))
    }
    owners = zip(mine, outcomes).compactMap { index, outcome in
      (try? outcome.get()).map { (index: index, worker: $0.0) }
    }
    let found = try communicator.exchange(
      zip(mine, outcomes).map { ($0, $1.map(\.1)) }, count: plans.count)
    try check(found.map(\.summary))
    estimates = found
  }

  /// Differentiates the chains that were sampled, given the numbers of all.
  private func differentiate() async throws {
    let (statistics, epoch, looksAtPeers) = (estimates.map(\.statistics), epoch, looksAtPeers)
    estimates = try await onOwners { worker, key throws(TrainingError) in
      let peers =
        looksAtPeers ? statistics.indices.filter { $0 != key.index }.map { statistics[$0] } : []
      return await worker.differentiate(key, epoch, peers: peers)
    }
  }

  /// Does a piece of work for every chain, or a share of them, by the worker that has it.
  ///
  /// - Returns: The results of these chains of all processes, in the order of the chains.
  private func onOwners<Value: Message & Sendable>(
    share: Double = 1,
    _ body: @escaping @Sendable (Worker, ChainKey) async throws(TrainingError) -> Value
  ) async throws -> [Value] {
    let (workers, batch) = (pool.workers, epoch.batch)
    let count = max(1, Int((share * Double(plans.count)).rounded()))
    let chosen = (0..<count).map { $0 * plans.count / count }
    let places = Dictionary(uniqueKeysWithValues: zip(chosen, 0...))
    let owners = owners.filter { places[$0.index] != nil }
    let outcomes = await inOrder(
      workers.count, threads: workers.count, makeState: { _ in () }
    ) { _, number in
      var mine: [(Int, Result<Value, TrainingError>)] = []
      for (index, owner) in owners where owner == number {
        do throws(TrainingError) {
          let key = ChainKey(batch: batch, index: index)
          mine.append((places[index] ?? 0, .success(try await body(workers[number], key))))
        } catch { mine.append((places[index] ?? 0, .failure(error))) }
      }
      return mine
    }
    return try communicator.exchange(Array(outcomes.joined()), count: count)
  }

  private func mean(_ values: [[Double]], count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for value in values { add(1 / Double(values.count), value, to: &result) }
    return result
  }
}
