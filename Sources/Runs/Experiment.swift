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

  private static func makeTasks(
    _ section: Configuration.EnvironmentSection
  ) -> any TaskDistribution {
    switch section.name {
    case .navigation2D:
      Navigation2D(
        reward: section.reward, clipsPosition: section.clipsPosition,
        terminatesAtGoal: section.terminatesAtGoal, actionScale: section.actionScale,
        horizon: section.horizon)
    }
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
