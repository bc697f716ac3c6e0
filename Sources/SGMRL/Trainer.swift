import MessagePassing
import Requirements
import Rollouts

/// What one meta-epoch did.
public struct EpochRecord: Equatable, Sendable {
  /// The number of the epoch, from 0.
  public let epoch: Int
  /// The returns of the tasks before adaptation, averaged.
  public let before: ReturnSummary
  /// The returns of the tasks after adaptation, averaged.
  public let after: ReturnSummary
  /// The Euclidean norm of the meta-gradient estimate.
  public let gradientNorm: Double
  /// The number of samples taken.
  public let samples: Int
  /// How many episodes were left out because their simulation failed.
  public let invalidEpisodes: Int
  /// The wall-clock time of the epoch in seconds.
  public let seconds: Double
  /// The times of its parts, added up over the tasks.
  public let times: PhaseTimes
  /// What the outer step says of itself, by name.
  public var outerStep: [String: Double] = [:]
  /// What was found that may keep the policy from learning and was not found in an earlier epoch.
  public var findings: [TrainingFinding] = []
}

/// Why training cannot go on.
public struct TrainingError: ReportedError {
  /// The run fails.
  public var exitStatus: ExitStatus { .failure }

  /// What was found, where, and what to do.
  public let description: String
  /// The epoch in which parameters diverged, if that is what happened.
  public let divergedInEpoch: Int?

  /// Creates an error.
  ///
  /// - Parameter description: what was found, where, and what to do.
  public init(description: String) { self.init(description: description, divergedInEpoch: nil) }

  package init(description: String, divergedInEpoch: Int?) {
    (self.description, self.divergedInEpoch) = (description, divergedInEpoch)
  }
}

/// Meta-training: SG-MRL's outer loop (algorithms 1 and 2 of the paper), with any estimator.
///
/// Tasks run side by side. Sums are taken in the order of the tasks and random numbers are keyed by
/// place, so the results are the same to the bit for any number of threads.
public actor Trainer {
  /// The greatest log standard deviation that counts as training: a deviation of `e^20 ≈ 5·10^8`.
  public static let greatestLogStandardDeviation = 20.0
  /// The least: noise of `e^-40 ≈ 4·10^-18` no longer changes an action of size 1.
  public static let leastLogStandardDeviation = -40.0
  /// The name of the block that these limits hold for unless a policy says otherwise.
  public static let logStandardDeviationName = LogDeviations.blockName

  /// What is learned: the policy's parameters `θ`, and whatever else.
  public private(set) var metaParameters: MetaParameters
  /// The outer step with its state.
  public private(set) var outerStep: any OuterStep
  /// The number of the next epoch.
  public private(set) var epoch = 0

  /// What the estimator's baseline kept from earlier epochs.
  public private(set) var baselineMemory = NamedArrays()
  /// What the watch over training remembers of earlier epochs.
  public private(set) var health = TrainingHealth()

  private let deviations: LogDeviations?
  private let watch: TrainingWatch
  private let tasks: any TaskDistribution
  private let taskCount: Int
  private let chainCount: Int
  private let baseline: (any ScoreBaseline)?
  /// The number of episodes of all batches of an epoch.
  private let episodesPerEpoch: Int
  private let seed: UInt64
  private let pool: WorkerPool
  private let communicator: any Communicator
  /// Whether an epoch is under way: an actor lets other calls in where it waits.
  private var isRunning = false

  /// Creates a trainer at the policy's initial parameters.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - tasks: the distribution of the tasks.
  ///   - settings: the inner steps and the estimator.
  ///   - taskCount: the number of tasks of a meta-batch, `B`.
  ///   - chainCount: the number of independent chains `D_1 … D_ζ, D_o` of each task.
  ///   - outerStep: how the parameters move.
  ///   - seed: of every random number.
  ///   - threads: how many tasks run side by side in this process.
  ///   - communicator: the processes that share the chains; all get the same results if they have
  ///     taken the same kernels of OpenBLAS by `agreeOnKernels`.
  ///   - memoryLimit: the bytes of recordings that may be kept from one request of an outer step to the
  ///     next, in this process; the choice changes no result. A step that asks for the mean meta-gradient
  ///     alone needs none.
  ///   - parameters: the policy's parameters to start from, if not its own.
  public init(
    policy: any Policy, tasks: any TaskDistribution, settings: MetaSettings, taskCount: Int,
    chainCount: Int = 1, outerStep: any OuterStep, seed: UInt64, threads: Int,
    communicator: any Communicator = SingleProcess(), memoryLimit: Int = 0,
    parameters: [Double]? = nil
  ) {
    require(
      taskCount > 0 && chainCount > 0, "A meta-batch needs at least one task and one chain each.")
    require(
      policy.observationSize == tasks.observationSpace.columns
        && policy.actionSize == tasks.actionSpace.columns,
      "The policy takes \(policy.observationSize) observations and gives \(policy.actionSize) actions; the tasks have \(tasks.observationSpace.columns) and \(tasks.actionSpace.columns)."
    )
    var stream = RandomStream(seed: seed, purpose: .initialParameters)
    let initial = parameters ?? policy.initialParameters(using: &stream)
    require(
      initial.count == policy.layout.count,
      "The policy has \(policy.layout.count) parameters, not \(initial.count).")
    tasks.requireActions(of: policy, parameters: initial)
    metaParameters = MetaParameters(policy: policy.layout, values: initial)
    deviations = policy.logDeviations
    watch = TrainingWatch(policy.logDeviations, start: initial)
    self.tasks = tasks
    self.taskCount = taskCount
    self.chainCount = chainCount
    baseline = settings.estimator.score == .none ? nil : settings.estimator.baseline
    self.outerStep = outerStep
    episodesPerEpoch =
      taskCount * chainCount
      * (settings.innerSteps * settings.innerEpisodes + settings.outerEpisodes)
    self.seed = seed
    self.communicator = communicator
    pool = WorkerPool(
      WorkerSetup(
        policy: policy, tasks: tasks, settings: settings, seed: seed,
        memoryLimit: memoryLimit / threads), threads: threads)
  }

  /// The policy's parameters `θ`.
  public var parameters: [Double] { metaParameters.policy }

  /// Everything that a later trainer needs to go on from here.
  public var state: TrainerState {
    TrainerState(
      seed: seed, epoch: epoch, parameters: metaParameters.values,
      outerStepSummary: outerStep.summary, outerStep: outerStep.state,
      baselineMemory: baselineMemory, health: health)
  }

  /// Goes on from a state of an earlier trainer, to the bit.
  ///
  /// - Throws: ``TrainingError`` if an epoch is running, or the state has another seed, size or
  ///   outer step; nothing is changed then.
  public func restore(_ state: TrainerState) throws(TrainingError) {
    try requireIdle()
    try state.requireMatch(self.state)
    var step = outerStep
    try step.restore(state.outerStep, layout: metaParameters.layout)
    (metaParameters.values, outerStep) = (state.parameters, step)
    (baselineMemory, epoch, health) = (state.baselineMemory, state.epoch, state.health)
  }

  private func requireIdle() throws(TrainingError) {
    guard !isRunning else {
      throw TrainingError(
        description:
          "Epoch \(epoch) is still running: await it before the trainer is used again.")
    }
  }

  /// The tasks of the meta-batch of an epoch.
  public func tasks(ofEpoch epoch: Int) -> [TaskParameters] {
    (0..<taskCount).map { index in
      var stream = RandomStream(
        seed: seed, purpose: .tasks, at: StreamPlace(epoch: epoch, task: index))
      return tasks.sampleTask(using: &stream)
    }
  }

  /// Runs one meta-epoch and takes the outer step.
  ///
  /// - Throws: `SamplingError` if a batch could not be sampled, ``TrainingError`` if more than 1 %
  ///   of the episodes failed, the parameters are no longer finite, a log standard deviation is above
  ///   ``greatestLogStandardDeviation`` or below ``leastLogStandardDeviation``, nothing can move the
  ///   parameters any more, or another epoch is running, `CommunicationError` if processes cannot
  ///   exchange results; the ``state`` is then that before the step.
  public func runEpoch() async throws -> EpochRecord {
    try requireIdle()
    isRunning = true
    defer { isRunning = false }
    let start = ContinuousClock.now
    let batch = metaBatch()
    var (moved, step) = (metaParameters, outerStep)
    let (report, estimates): (OuterStepReport, [ChainEstimate])
    do {
      report = try await step.step(&moved, on: batch)
      estimates = try await batch.reports()
    } catch {
      await pool.forgetChains()
      throw error
    }
    await pool.forgetChains()
    let (gradient, summaries) = (report.gradient, estimates.map(\.summary))
    if let diagnosis = Divergence.diagnosis(moved.values, moved.layout, deviations) {
      throw diverged("the outer step of epoch \(epoch) \(diagnosis)", gradient)
    }
    var health = health
    let (findings, divergence) = watch.observe(
      TrainingWatch.Epoch(
        number: epoch, gradient: gradient, before: parameters, after: moved.policy,
        lacksSignal: summaries.contains(where: \.lacksSignal),
        rewardsAreEqual: summaries.allSatisfy(\.rewardsAreEqual)), &health)
    if let divergence { throw diverged("in epoch \(epoch), \(divergence)", gradient) }
    let record = EpochRecord(
      epoch: epoch, before: Self.mean(summaries.map(\.before)),
      after: Self.mean(summaries.map(\.after)), gradientNorm: norm(gradient),
      samples: summaries.reduce(0) { $0 + $1.samples },
      invalidEpisodes: summaries.reduce(0) { $0 + $1.invalidCount },
      seconds: (ContinuousClock.now - start) / .seconds(1),
      times: summaries.reduce(PhaseTimes()) { $0 + $1.times }, outerStep: report.values,
      findings: findings)
    if let baseline {
      baselineMemory = baseline.memory(after: estimates.map(\.statistics), baselineMemory)
    }
    (metaParameters, outerStep, self.health) = (moved, step, health)
    epoch += 1
    return record
  }

  private func diverged(_ what: String, _ gradient: [Double]) -> TrainingError {
    TrainingError(
      description:
        "Training diverged: \(what) (seed \(seed), gradient norm \(norm(gradient))). Use a smaller outer.step-size or inner.step-size, an estimator with less variance, or Adam with outer.clipping.",
      divergedInEpoch: epoch)
  }

  /// The chains of the next epoch, which are sampled when something is asked of them.
  ///
  /// The trainer's workers keep the recordings: ask before the next epoch is run.
  public func nextMetaBatch() -> any MetaBatch { metaBatch() }

  func metaBatch() -> SampledMetaBatch {
    let plans = tasks(ofEpoch: epoch).enumerated().flatMap { index, task in
      (0..<chainCount).map { ChainPlan(task: task, taskIndex: index, chain: $0) }
    }
    let setup = EpochSetup(epoch: epoch, parameters: parameters, baselineMemory: baselineMemory)
    let (epoch, episodes, seed) = (epoch, episodesPerEpoch, seed)
    return SampledMetaBatch(
      plans, setup, metaParameters, looksAtPeers: baseline?.looksAtPeers ?? false, pool,
      communicator
    ) { summaries throws(TrainingError) in
      let invalid = summaries.reduce(0) { $0 + $1.invalidCount }
      guard 100 * invalid <= episodes else {
        throw TrainingError(
          description:
            "The simulation of \(invalid) of \(episodes) episodes of epoch \(epoch) failed (seed \(seed)), more than 1 %; first: \(summaries.lazy.compactMap(\.firstFailure).first ?? "") Fix the environment or reduce the action scale."
        )
      }
    }
  }

  private static func mean(_ summaries: [ReturnSummary]) -> ReturnSummary {
    var result = ReturnSummary()
    let scale = 1 / Double(summaries.count)
    for summary in summaries {
      result.discounted += scale * summary.discounted
      result.undiscounted += scale * summary.undiscounted
      result.length += scale * summary.length
      result.samples += summary.samples
    }
    return result
  }
}
