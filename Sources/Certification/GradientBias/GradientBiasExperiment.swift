import Requirements
import Scheduling
import Statistics

/// Bias, variance and cosine of meta-gradient estimators on random tabular processes, against the size of the
/// batches, the inner step size and the number of inner steps.
///
/// The processes are those of Liu et al. (2022), "A theoretical understanding of gradient bias in meta-reinforcement
/// learning": 20 states, 5 actions, transitions from a Dirichlet distribution with concentration 0.001, rewards
/// uniform in 0 … 1, start in state 0, 20 steps, `γ = 0.8`, a tabular softmax at logits of 0. Estimates are compared
/// with the gradients of two objectives:
///
/// - `V_ζ`, the expected return after inner steps on sampled batches. Its gradient is the mean of independent
///   unbiased estimates, whose error is carried along.
/// - `V̂`, the return after steps along the mean inner gradient. Its gradient is exact, by dynamic
///   programming.
public struct GradientBiasExperiment: Sendable {
  /// What is measured.
  public struct Plan: Sendable {
    /// The number of states.
    public static let states = 20
    /// The number of actions.
    public static let actions = 5
    /// The number of steps of an episode, `H + 1`.
    public static let horizon = 20
    /// `γ`
    public static let discount = 0.8
    /// The concentration of the transitions' Dirichlet distribution.
    public static let concentration = 0.001

    /// The estimators, none of which looks at other chains.
    public var estimators: [Estimator]
    /// The seed of processes and batches.
    public var seed: UInt64
    /// The number of processes.
    public var processes: Int
    /// The estimates of each estimator for a process.
    public var repeats: Int
    /// The inner trajectories behind each `∇V_ζ`: it is the mean over this number divided by `ζ |D|` chains,
    /// at least two.
    public var referenceTrajectories: Int

    /// Creates a plan.
    public init(
      estimators: [Estimator], seed: UInt64 = 1, processes: Int = 10, repeats: Int = 20,
      referenceTrajectories: Int = 20_000
    ) {
      (self.estimators, self.seed) = (estimators, seed)
      (self.processes, self.repeats) = (processes, repeats)
      self.referenceTrajectories = referenceTrajectories
    }
  }

  /// One choice of the adaptation.
  public struct Setting: Hashable, Sendable {
    /// `|D|`, of inner and outer batches.
    public var trajectories: Int
    /// `α`
    public var stepSize: Double
    /// `ζ`
    public var innerSteps: Int

    /// Creates a setting.
    public init(trajectories: Int, stepSize: Double, innerSteps: Int) {
      (self.trajectories, self.stepSize, self.innerSteps) = (trajectories, stepSize, innerSteps)
    }
  }

  /// What was found about one process with one setting.
  public struct Outcome: Sendable {
    /// The gradient of `V_ζ`.
    public let expected: RepeatedEstimates.Reference
    /// The gradient of `V̂`.
    public let meanStep: RepeatedEstimates.Reference
    /// Each estimator compared with the gradient of `V_ζ`.
    public let againstExpected: [RepeatedEstimates]
    /// Each estimator compared with the gradient of `V̂`.
    public let againstMeanStep: [RepeatedEstimates]

    /// `‖∇V̂ - ∇V_ζ‖² / ‖∇V_ζ‖²`, without the part of the error of `∇V_ζ`; nil if that gradient
    /// is not resolved.
    public var objectiveDistance: Double? {
      guard expected.isResolved else { return nil }
      let difference = zip(expected.gradient, meanStep.gradient).map { $0 - $1 }
      return (dot(difference, difference) - expected.squaredError) / expected.squaredNorm
    }
  }

  /// The plan.
  public let plan: Plan
  /// The processes.
  public let processes: [TabularMDP]

  /// Draws the processes.
  ///
  /// - Precondition: there are at least two repeats, and no estimator looks at other chains.
  public init(_ plan: Plan) {
    require(
      plan.repeats > 1 && plan.processes > 0, "A variance needs two repeats, a mean a process.")
    self.plan = plan
    processes = (0..<plan.processes).map { index in
      var stream = RandomStream(
        seed: plan.seed, purpose: .tasks, at: StreamPlace(task: index))
      return TabularMDP.random(
        states: Plan.states, actions: Plan.actions, concentration: Plan.concentration,
        rewards: 0..<1, using: &stream)
    }
  }

  /// Measures one setting on all processes.
  ///
  /// Random numbers are keyed by process and repeat, and are the same for every setting.
  ///
  /// - Parameters:
  ///   - setting: the setting.
  ///   - threads: how many processes are worked on side by side; does not change results.
  /// - Returns: What was found, in the order of the processes.
  /// - Throws: `SamplingError` if a batch could not be sampled.
  public func measure(
    _ setting: Setting, threads: Int = 1
  ) async throws(SamplingError) -> [Outcome] {
    let tasks = TabularTasks(processes, horizon: Plan.horizon)
    return try await inOrder(
      processes.count, threads: threads,
      makeState: { _ in Worker(plan, setting, tasks) }
    ) { worker, index throws(SamplingError) in try worker.outcome(index) }
  }
}

/// The memory of one thread.
private final class Worker {
  private let plan: GradientBiasExperiment.Plan
  private let tasks: TabularTasks
  private let settings: MetaSettings
  private let policy: SoftmaxPolicy
  private let start: [Double]
  private let sampler: BatchSampler
  private let walk: ChainWalk
  private let recursions: [EstimatorRecursion]

  init(
    _ plan: GradientBiasExperiment.Plan, _ setting: GradientBiasExperiment.Setting,
    _ tasks: TabularTasks
  ) {
    (self.plan, self.tasks) = (plan, tasks)
    policy = SoftmaxPolicy(
      observationSize: tasks.processes[0].stateCount, actionCount: tasks.processes[0].actionCount)
    start = [Double](repeating: 0, count: policy.layout.count)
    settings = MetaSettings(
      innerSteps: setting.innerSteps, innerStepSize: setting.stepSize,
      innerEpisodes: setting.trajectories, outerEpisodes: setting.trajectories,
      discount: GradientBiasExperiment.Plan.discount)
    sampler = BatchSampler(policy, tasks)
    // the inner steps are those of every estimator; SG-MRL's recordings have what any of them reads
    walk = ChainWalk(policy, settings: settings)
    let shared = settings
    recursions = plan.estimators.map { estimator in
      var settings = shared
      settings.estimator = estimator
      return EstimatorRecursion(settings)
    }
  }

  func outcome(_ index: Int) throws(SamplingError) -> GradientBiasExperiment.Outcome {
    var adaptation = ExactAdaptation(
      process: tasks.processes[index], horizon: tasks.horizon - 1, policy: policy,
      settings: settings)
    let meanStep = RepeatedEstimates.Reference(adaptation.meanStepObjective(start).gradient)
    let expected = try reference(index, &adaptation)
    var repeats = recursions.map { _ in [[Double]]() }
    for number in 0..<plan.repeats {
      let chain = try walk.walk(from: start) { step, parameters throws(SamplingError) in
        try batch(index, number, step, parameters)
      }
      for (k, recursion) in recursions.enumerated() {
        repeats[k].append(recursion.estimate(chain))
      }
    }
    return GradientBiasExperiment.Outcome(
      expected: expected, meanStep: meanStep,
      againstExpected: repeats.map { RepeatedEstimates($0, reference: expected) },
      againstMeanStep: repeats.map { RepeatedEstimates($0, reference: meanStep) })
  }

  /// The gradient of `V_ζ`, from batches that no estimator sees.
  private func reference(
    _ index: Int, _ adaptation: inout ExactAdaptation
  ) throws(SamplingError) -> RepeatedEstimates.Reference {
    let size = settings.innerEpisodes * max(1, settings.innerSteps)
    let count = max(2, plan.referenceTrajectories / size)
    var sums = GradientSums(parameters: start.count)
    for number in 0..<count {
      sums.add(
        try adaptation.estimate(from: start) { step, parameters throws(SamplingError) in
          try batch(index, (1 << 24) + number, step, parameters)
        })
    }
    return RepeatedEstimates.Reference(sums.mean, squaredError: sums.variance / sums.count)
  }

  private func batch(
    _ index: Int, _ number: Int, _ step: Int, _ parameters: [Double]
  ) throws(SamplingError) -> TrajectoryBatch {
    try sampler.sample(
      [Double(index)], parameters, count: settings.episodes(afterSteps: step),
      at: TrajectorySampler.Place(seed: plan.seed, epoch: number, task: index, phase: step))
  }
}
