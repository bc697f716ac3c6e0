import SGMRL

/// What a configuration describes, built.
public struct Experiment: Sendable {
  /// The configuration.
  public let configuration: Configuration
  /// The policy.
  public let policy: any Policy
  /// The distribution of the tasks.
  public let tasks: any TaskDistribution
  /// The inner steps and the estimator.
  public let settings: MetaSettings

  /// Builds the policy, the tasks and the settings of a configuration.
  ///
  /// - Throws: ``ConfigurationError`` if its values do not go together.
  public init(_ configuration: Configuration) throws(ConfigurationError) {
    self.configuration = configuration
    guard let estimator = Estimator.preset(configuration.estimator) else {
      throw ConfigurationError(description: "There is no estimator '\(configuration.estimator)'.")
    }
    try Self.requireMemory(configuration)
    tasks = Self.makeTasks(configuration.environment)
    policy = Self.makePolicy(configuration.policy, tasks)
    settings = MetaSettings(
      innerSteps: configuration.inner.steps, innerStepSize: configuration.inner.stepSize,
      innerEpisodes: configuration.inner.episodes, outerEpisodes: configuration.outer.episodes,
      discount: configuration.discount, inner: configuration.inner.surrogate,
      outer: configuration.outer.surrogate, estimator: estimator,
      scoreCoefficient: configuration.outer.scoreCoefficient,
      blockRows: configuration.training.blockRows)
  }

  /// A trainer at the initial parameters, or at given ones.
  public func makeTrainer(threads: Int, parameters: [Double]? = nil) -> Trainer {
    Trainer(
      policy: policy, tasks: tasks, settings: settings, taskCount: configuration.outer.tasks,
      optimizer: Optimizer(configuration.outer.optimizer, stepSize: configuration.outer.stepSize),
      seed: UInt64(configuration.seed), threads: threads, parameters: parameters)
  }

  /// The test of parameters on fresh tasks.
  ///
  /// - Throws: `SamplingError` if a batch could not be sampled.
  public func metaTest(
    _ parameters: [Double], threads: Int, keepsTrajectories: Bool = false
  ) async throws -> MetaTest {
    try await MetaTest(
      policy: policy, parameters: parameters, distribution: tasks, settings: settings,
      taskCount: configuration.test.tasks, steps: configuration.test.steps,
      seed: UInt64(configuration.seed), threads: threads, keepsTrajectories: keepsTrajectories)
  }

  /// Refuses sizes that no machine holds, before anything is allocated.
  private static func requireMemory(
    _ configuration: Configuration
  ) throws(ConfigurationError) {
    let episodes = max(configuration.inner.episodes, configuration.outer.episodes)
    let samples = episodes * configuration.environment.horizon
    guard samples <= 100_000_000 else {
      throw ConfigurationError(
        description:
          "A batch of \(episodes) episodes of \(configuration.environment.horizon) steps has \(samples) samples, more than 100000000: use fewer episodes or a smaller environment.horizon."
      )
    }
    let sizes = configuration.policy.hiddenSizes
    let weights = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    guard sizes.count <= 100, weights * configuration.outer.tasks <= 1_000_000_000 else {
      throw ConfigurationError(
        description:
          "\(configuration.outer.tasks) tasks of a policy with \(weights) weights between \(sizes.count) hidden layers are too many: use smaller policy.hidden-sizes or fewer outer.tasks."
      )
    }
  }

  private static func makeTasks(
    _ section: Configuration.EnvironmentSection
  ) -> any TaskDistribution {
    switch section.name {
    case .navigation2D:
      Navigation2D(
        reward: section.reward, clipsPosition: section.clipsPosition,
        terminatesAtGoal: section.terminatesAtGoal, actionScale: section.actionScale,
        horizon: section.horizon)
    case .halfCheetahDirection: HalfCheetahDirection(locomotion(section))
    case .halfCheetahVelocity: HalfCheetahVelocity(locomotion(section))
    case .swimmerVelocity:
      SwimmerVelocity(locomotion(section), paysForMissing: section.paysForMissing)
    case .swimmerDirection: SwimmerDirection(locomotion(section))
    }
  }

  private static func locomotion(
    _ section: Configuration.EnvironmentSection
  ) -> LocomotionSettings {
    LocomotionSettings(
      controlCost: section.controlCost, actionScale: section.actionScale,
      clipsAction: section.clipsAction, horizon: section.horizon,
      solver: section.solver.setting)
  }

  private static func makePolicy(
    _ section: Configuration.PolicySection, _ tasks: any TaskDistribution
  ) -> any Policy {
    let (observations, actions) = (tasks.observationSpace.columns, tasks.actionSpace.columns)
    switch section.kind {
    case .gaussian:
      return GaussianNetworkPolicy(
        observationSize: observations, actionSize: actions, hiddenSizes: section.hiddenSizes,
        activation: section.activation,
        initialLogStandardDeviation: section.logStandardDeviation,
        standardDeviationFloor: section.standardDeviationFloor)
    case .fullCovariance:
      return FullCovarianceGaussianPolicy(
        observationSize: observations, actionSize: actions, hiddenSizes: section.hiddenSizes,
        activation: section.activation)
    }
  }
}
