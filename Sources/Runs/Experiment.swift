import Foundation
import MessagePassing
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
    guard let preset = Estimator.preset(configuration.estimator) else {
      throw ConfigurationError(description: "There is no estimator '\(configuration.estimator)'.")
    }
    let estimator = configuration.configured(preset)
    guard estimator.baseline == nil || configuration.outer.scoreCoefficient == .meanReturn else {
      throw ConfigurationError(
        description:
          "The baseline of \(estimator.name) predicts returns: use outer.score-coefficient: mean-return."
      )
    }
    let clipping = configuration.outer.clipping
    guard clipping == 0 || clipping > 1 else {
      throw ConfigurationError(
        description:
          "outer.clipping, \(clipping), would shorten gradients without end: use a number above 1, such as 3, or 0 for none."
      )
    }
    try Self.requireMemory(configuration)
    try Self.requireMovableDeviation(configuration.policy)
    tasks = try Self.makeTasks(configuration.environment)
    try Self.requireMatch(configuration)
    policy = Self.makePolicy(configuration.policy, tasks)
    settings = MetaSettings(
      innerSteps: configuration.inner.steps, innerStepSize: configuration.inner.stepSize,
      innerEpisodes: configuration.inner.episodes, outerEpisodes: configuration.outer.episodes,
      discount: configuration.discount, inner: configuration.inner.surrogate,
      outer: configuration.outer.surrogate, estimator: estimator,
      scoreCoefficient: configuration.outer.scoreCoefficient,
      blockRows: configuration.training.blockRows)
  }

  /// The parameters that training starts from.
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
      chainCount: configuration.outer.chains,
      outerStep: outerStep, seed: UInt64(configuration.seed), threads: threads,
      communicator: communicator, parameters: parameters)
  }

  /// The configuration's outer step, before its first.
  public var outerStep: any OuterStep {
    let outer = configuration.outer
    switch outer.optimizer {
    case .gradientAscent:
      return GradientAscent(stepSize: outer.stepSize, decayTime: outer.decayTimeOrInfinity)
    case .adam:
      return Adam(
        stepSize: outer.stepSize, decayTime: outer.decayTimeOrInfinity,
        clipping: outer.clippingOrInfinity)
    }
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

  /// Refuses a deviation that training cannot move.
  private static func requireMovableDeviation(
    _ policy: Configuration.PolicySection
  ) throws(ConfigurationError) {
    guard policy.kind == .gaussian else { return }
    let floor = log(policy.standardDeviationFloor)
    guard policy.logStandardDeviation > floor else {
      throw ConfigurationError(
        description:
          "policy.log-standard-deviation, \(policy.logStandardDeviation), is not above that of policy.standard-deviation-floor, log \(policy.standardDeviationFloor) = \(floor): it has no derivative there and would never move. Start above the floor or lower it."
      )
    }
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
  ) throws(ConfigurationError) -> any TaskDistribution {
    switch section.name {
    case .navigation2D:
      return Navigation2D(
        reward: section.reward, clipsPosition: section.clipsPosition,
        terminatesAtGoal: section.terminatesAtGoal, actionScale: section.actionScale,
        horizon: section.horizon)
    case .halfCheetahDirection: return HalfCheetahDirection(locomotion(section))
    case .halfCheetahVelocity: return HalfCheetahVelocity(locomotion(section))
    case .swimmerVelocity:
      return SwimmerVelocity(locomotion(section), paysForMissing: section.paysForMissing)
    case .swimmerDirection: return SwimmerDirection(locomotion(section))
    case .tabular: return try makeTabularTasks(section)
    }
  }

  private static func makeTabularTasks(
    _ section: Configuration.EnvironmentSection
  ) throws(ConfigurationError) -> TabularTasks {
    guard section.leastReward < section.greatestReward else {
      throw ConfigurationError(
        description:
          "environment.least-reward, \(section.leastReward), must be below environment.greatest-reward, \(section.greatestReward)."
      )
    }
    guard section.states * section.states * section.actions * section.processes <= 100_000_000
    else {
      throw ConfigurationError(
        description:
          "\(section.processes) processes with \(section.states) states and \(section.actions) actions are too large; make them fewer or smaller."
      )
    }
    let processes = (0..<section.processes).map { index in
      var stream = RandomStream(
        seed: UInt64(section.problemSeed), purpose: .tasks, at: StreamPlace(task: index))
      return TabularMDP.random(
        states: section.states, actions: section.actions,
        rewards: section.leastReward..<section.greatestReward, using: &stream)
    }
    return TabularTasks(processes, horizon: section.horizon)
  }

  /// Refuses a policy whose actions are not of the environment's kind.
  private static func requireMatch(_ configuration: Configuration) throws(ConfigurationError) {
    let isDiscrete = configuration.environment.name == .tabular
    guard configuration.policy.kind.isDiscrete == isDiscrete else {
      let kinds = Configuration.PolicyKind.allCases.filter { $0.isDiscrete == isDiscrete }
      throw ConfigurationError(
        description:
          "environment.name \(configuration.environment.name.rawValue) has actions that are \(isDiscrete ? "indices" : "vectors"), those of policy.kind \(configuration.policy.kind.rawValue) are not: use policy.kind \(kinds.map(\.rawValue).joined(separator: " or ")), or other tasks."
      )
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
    let actionCount = if case .discrete(let count) = tasks.actionSpace { count } else { 0 }
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
    case .categorical:
      return CategoricalNetworkPolicy(
        observationSize: observations, actionCount: actionCount,
        hiddenSizes: section.hiddenSizes, activation: section.activation)
    case .softmax:
      return SoftmaxPolicy(
        observationSize: observations, actionCount: actionCount,
        initialDeviation: section.initialDeviation)
    }
  }
}

extension Configuration {
  /// An estimator with what the configuration says of it.
  ///
  /// - Parameter estimator: any estimator; it need not be the configuration's own.
  /// - Returns: The same with the configuration's weight of the score and its complement, a jackknife with its
  ///   limit.
  public func configured(_ estimator: Estimator) -> Estimator {
    var result = estimator
    result.scoreWeight = outer.scoreWeight
    if result.takesComplement { result.complement = outer.scoreComplement.rule }
    if estimator.baseline is JackknifeBaseline {
      result.baseline = JackknifeBaseline(limit: outer.leftOut)
    }
    return result
  }
}

/// The kinds of outer steps that a configuration may name.
public enum OuterStepKind: String, CaseIterable, Sendable {
  /// Plain gradient ascent, ``SGMRL/GradientAscent``.
  case gradientAscent = "gradient-ascent"
  /// ``SGMRL/Adam``
  case adam
}
