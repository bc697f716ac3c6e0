import Environments
import Policies

/// What a worker needs to know, once.
struct WorkerSetup: Sendable {
  let policy: any Policy
  let tasks: any TaskDistribution
  let settings: MetaSettings
  let seed: UInt64
  /// Whether the full states of the environments are recorded.
  var recordsStates = false
}

/// The memory of one thread: environments, recordings, samplers. Tasks come to it one at a time.
actor Worker {
  private let setup: WorkerSetup
  private let gradient: MetaGradient
  private var samplers: [SamplerKey: (environment: any Environment, sampler: TrajectorySampler)] =
    [:]

  private struct SamplerKey: Hashable {
    let phase: Int
    let count: Int
  }

  init(_ setup: WorkerSetup) {
    self.setup = setup
    gradient = MetaGradient(setup.policy, settings: setup.settings)
  }

  /// The estimate of one task of a meta-batch.
  func estimate(
    _ task: TaskParameters, index: Int, epoch: Int, parameters: [Double]
  ) throws(SamplingError) -> TaskEstimate {
    var times = PhaseTimes()
    let settings = setup.settings
    let environmentBefore = environmentSeconds
    gradient.begin(at: parameters)
    var before = ReturnSummary()
    var (samples, invalidCount) = (0, 0)
    var firstFailure: String?
    for step in 0..<settings.innerSteps {
      let batch = try PhaseTimes.measure(&times.sampling) { () throws(SamplingError) in
        try sample(task, index: index, epoch: epoch, count: settings.innerEpisodes)
      }
      samples += batch.sampleCount
      invalidCount += batch.invalidCount
      firstFailure = firstFailure ?? batch.firstFailure
      if step == 0 { before = ReturnSummary(batch, discount: settings.discount) }
      PhaseTimes.measure(&times.gradients) { gradient.takeInnerStep(batch) }
    }
    let outer = try PhaseTimes.measure(&times.sampling) { () throws(SamplingError) in
      try sample(task, index: index, epoch: epoch, count: settings.outerEpisodes)
    }
    samples += outer.sampleCount
    invalidCount += outer.invalidCount
    let after = ReturnSummary(outer, discount: settings.discount)
    var v = PhaseTimes.measure(&times.gradients) { gradient.outerGradient(outer) }
    let coefficient = gradient.scoreCoefficient(outer)
    PhaseTimes.measure(&times.secondOrder) { gradient.propagate(&v, coefficient: coefficient) }
    times.environment = environmentSeconds - environmentBefore
    return TaskEstimate(
      gradient: v, before: settings.innerSteps == 0 ? after : before, after: after,
      samples: samples, invalidCount: invalidCount,
      firstFailure: firstFailure ?? outer.firstFailure, times: times)
  }

  /// The returns of one task after 0, 1, … adaptation steps.
  func adapt(
    _ task: TaskParameters, index: Int, epoch: Int, parameters: [Double], steps: Int,
    keepsTrajectories: Bool
  ) throws(SamplingError) -> [AdaptedReturns] {
    gradient.begin(at: parameters)
    var result: [AdaptedReturns] = []
    for step in 0...steps {
      let batch = try sample(
        task, index: index, epoch: epoch, count: setup.settings.innerEpisodes)
      result.append(
        AdaptedReturns(
          summary: ReturnSummary(batch, discount: setup.settings.discount),
          invalidEpisodes: batch.invalidCount, firstFailure: batch.firstFailure,
          trajectories: keepsTrajectories ? batch : nil))
      if step < steps { gradient.takeInnerStep(batch) }
    }
    return result
  }

  /// What the environments of all samplers have taken.
  private var environmentSeconds: Double {
    samplers.values.reduce(0) { $0 + $1.sampler.environmentSeconds }
  }

  /// Samples with the parameters that the chain has reached.
  private func sample(
    _ task: TaskParameters, index: Int, epoch: Int, count: Int
  ) throws(SamplingError) -> TrajectoryBatch {
    let phase = gradient.stepCount
    let key = SamplerKey(phase: phase, count: count)
    let (environment, sampler): (any Environment, TrajectorySampler)
    if let known = samplers[key] {
      (environment, sampler) = known
    } else {
      environment = setup.tasks.makeEnvironment(count: count)
      sampler = TrajectorySampler(
        environment, setup.policy, gradient.adapted, horizon: setup.tasks.horizon,
        recordsStates: setup.recordsStates)
      samplers[key] = (environment, sampler)
    }
    environment.task = task
    return try sampler.sample(
      at: TrajectorySampler.Place(seed: setup.seed, epoch: epoch, task: index, phase: phase))
  }
}

/// Workers side by side, one for each thread.
struct WorkerPool: Sendable {
  let workers: [Worker]

  init(_ setup: WorkerSetup, threads: Int) {
    precondition(threads > 0, "There must be at least one thread, not \(threads).")
    workers = (0..<threads).map { _ in Worker(setup) }
  }

  /// Runs a piece of work for every index and returns the results in the order of the indices.
  ///
  /// A worker takes the next index whenever it is free. If some fail, the error of the lowest index
  /// is thrown, so that it does not depend on the order of the work either.
  func map<Result: Sendable>(
    count: Int, _ body: @escaping @Sendable (Worker, Int) async throws -> Result
  ) async throws -> [Result] {
    let next = Counter()
    let outcomes = await withTaskGroup(of: [(Int, Swift.Result<Result, any Error>)].self) { group in
      for worker in workers {
        group.addTask {
          var mine: [(Int, Swift.Result<Result, any Error>)] = []
          while let index = next.take(below: count) {
            do { mine.append((index, .success(try await body(worker, index)))) } catch {
              mine.append((index, .failure(error)))
            }
          }
          return mine
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    return try outcomes.sorted { $0.0 < $1.0 }.map { try $0.1.get() }
  }
}
