import MessagePassing
import RandomNumbers

/// The objects that a configuration describes.
public struct Experiment: Sendable {
  /// The configuration.
  public let configuration: Configuration
  /// The policy.
  public let policy: any Policy
  /// The distribution of the tasks.
  public let tasks: any TaskDistribution
  /// The inner steps and the estimator.
  public let settings: MetaSettings
  /// The outer step, in its initial state.
  public let outerStep: any OuterStep

  /// Builds the policy, the tasks, the settings and the outer step of a configuration.
  ///
  /// - Throws: `ConfigurationError` if a value is not of its kind or values contradict each other.
  public init(_ configuration: Configuration) throws(ConfigurationError) {
    try configuration.validate()
    try Self.requireMemory(configuration)
    self.configuration = configuration
    let estimator = configuration.estimator.makeEstimator()
    guard estimator.baseline == nil || configuration.outer.scoreCoefficient == .meanReturn else {
      throw ConfigurationError(
        description:
          "The baseline of \(estimator.name) predicts returns: use outer.score-coefficient: mean-return."
      )
    }
    try configuration.outer.step.validate(estimator)
    outerStep = try configuration.outer.step.makeOuterStep()
    tasks = try configuration.tasks.makeTasks(horizon: configuration.horizon)
    try Self.requireMatch(configuration, tasks)
    let inner = configuration.inner
    var actor = try configuration.policy.makePolicy(
      observations: inner.contextSize == 0
        ? tasks.observationSpace : tasks.observationSpace.extended(by: inner.contextSize),
      actions: tasks.actionSpace)
    if inner.contextSize > 0 { actor = ContextPolicy(actor, contextSize: inner.contextSize) }
    try Self.requireSizes(configuration, actor, tasks)
    policy =
      inner.learnsStepSize == .no
      ? actor : LearnedStepSizes(actor, inner.learnsStepSize, initialSize: inner.stepSize)
    var settings = MetaSettings(
      innerSteps: configuration.inner.steps, innerStepSize: configuration.inner.stepSize,
      innerEpisodes: configuration.inner.episodes, outerEpisodes: configuration.outer.episodes,
      discount: configuration.discount, inner: configuration.inner.surrogate,
      outer: configuration.outer.surrogate, estimator: estimator,
      scoreCoefficient: configuration.outer.scoreCoefficient,
      blockRows: configuration.training.blockRows,
      precision: configuration.training.precision)
    settings.adaptedBlocks = try Self.adaptedBlocks(inner.adapts, actor.layout)
    self.settings = settings
  }

  /// The blocks that adapt, from their names separated by commas; empty for all.
  private static func adaptedBlocks(
    _ text: String, _ layout: ParameterLayout
  ) throws(ConfigurationError) -> [String] {
    if text == "all" { return layout[ContextPolicy.blockName].map { [$0.name] } ?? [] }
    let names = text.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
    for name in names where layout[name] == nil {
      throw ConfigurationError(
        description:
          "inner.adapts names '\(name)', but the policy has the blocks \(layout.blocks.map(\.name).joined(separator: ", ")): use some of these, or all."
      )
    }
    return names
  }

  /// The parameters at the start of training.
  public var initialParameters: [Double] {
    var stream = RandomStream(seed: UInt64(configuration.seed), purpose: .initialParameters)
    return policy.initialParameters(using: &stream)
  }

  /// A trainer at the initial parameters, or at given ones.
  public func makeTrainer(
    threads: Int, communicator: any Communicator = SingleProcess(), parameters: [Double]? = nil
  ) -> Trainer {
    Trainer(
      policy: policy, tasks: tasks, settings: settings, taskCount: configuration.outer.tasks,
      chainCount: configuration.outer.chains, outerStep: outerStep,
      seed: UInt64(configuration.seed), threads: threads, communicator: communicator,
      memoryLimit: configuration.training.memoryLimit * 1_000_000, parameters: parameters)
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

  /// Refuses batches that exceed any machine's memory, before anything is allocated.
  private static func requireMemory(
    _ configuration: Configuration
  ) throws(ConfigurationError) {
    let episodes = max(configuration.inner.episodes, configuration.outer.episodes)
    let samples = episodes * configuration.horizon
    guard samples <= 100_000_000 else {
      throw ConfigurationError(
        description:
          "A batch of \(episodes) episodes of \(configuration.horizon) steps has \(samples) samples, more than 100000000: use fewer episodes or a smaller environment.horizon."
      )
    }
  }

  /// Refuses a policy whose actions are not of the environment's kind.
  private static func requireMatch(
    _ configuration: Configuration, _ tasks: any TaskDistribution
  ) throws(ConfigurationError) {
    let isDiscrete = tasks.actionSpace.isDiscrete
    guard configuration.policy.choosesIndices == isDiscrete else {
      let suitable = configuration.catalog.policies.filter { $0.choosesIndices == isDiscrete }
      throw ConfigurationError(
        description:
          "The actions of environment.name \(configuration.tasks.name) are \(isDiscrete ? "indices" : "vectors"), those of policy.kind \(configuration.policy.name) are not: use policy.kind \(suitable.map(\.name).joined(separator: " or ")), or other tasks."
      )
    }
  }

  /// Refuses a policy whose sizes of observations or actions differ from the tasks', or that is too large for
  /// its meta-batch.
  private static func requireSizes(
    _ configuration: Configuration, _ policy: any Policy, _ tasks: any TaskDistribution
  ) throws(ConfigurationError) {
    let (observations, actions) = (tasks.observationSpace.columns, tasks.actionSpace.columns)
    guard policy.observationSize == observations, policy.actionSize == actions else {
      throw ConfigurationError(
        description:
          "policy.kind \(configuration.policy.name) made a policy of \(policy.observationSize) observations and \(policy.actionSize) actions for tasks of \(observations) and \(actions): correct its makePolicy."
      )
    }
    let count = policy.layout.count
    guard count <= 1_000_000_000 / configuration.outer.tasks else {
      throw ConfigurationError(
        description:
          "\(configuration.outer.tasks) tasks of a policy with \(count) parameters are too many: use smaller policy.hidden-sizes or fewer outer.tasks."
      )
    }
  }
}
