import Requirements
@_exported import SGMRL

/// Everything that determines a training run: components of a catalog, and values.
///
/// The general values, their names in files, their documentation and their checks are in one table,
/// ``Configuration/fields``; components add their own.
public struct Configuration: Equatable, Sendable {
  /// The version of the format of its text.
  public static let schemaVersion = 1

  /// The catalog in which names are looked up.
  public let catalog: Catalog
  /// The name of the experiment.
  public var name = "custom"
  /// The seed of every random number.
  public var seed = 1
  /// The discount `γ`.
  public var discount = 0.99
  /// The tasks.
  public var tasks: any TaskOptions
  /// The maximum number of steps of an episode.
  public var horizon = 100
  /// The policy.
  public var policy: any PolicyOptions
  /// The estimator of the meta-gradient.
  public var estimator: any EstimatorOptions
  /// The inner steps.
  public var inner = InnerSection()
  /// The outer step.
  public var outer: OuterSection
  /// The length of training.
  public var training = TrainingSection()
  /// The test on fresh tasks.
  public var test = TestSection()

  /// Creates a configuration of the first component of each kind, with all values at their defaults.
  ///
  /// - Precondition: the catalog has a component of each kind.
  public init(_ catalog: Catalog = .standard) {
    guard let tasks = catalog.tasks.first, let policy = catalog.policies.first,
      let estimator = catalog.estimators.first, let step = catalog.outerSteps.first
    else {
      requirementFailure(
        "A catalog needs at least one distribution of tasks, policy, estimator and outer step: add yours to .standard."
      )
    }
    (self.catalog, self.tasks, self.policy, self.estimator) = (catalog, tasks, policy, estimator)
    outer = OuterSection(step: step)
  }

  /// The inner steps.
  public struct InnerSection: Equatable, Sendable {
    /// The number of inner steps in training.
    public var steps = 1
    /// The inner step size.
    public var stepSize = 0.1
    /// Which step sizes are learned; `stepSize` is then their start.
    public var learnsStepSize = StepSizeLearning.no
    /// The number of context parameters behind each observation.
    public var contextSize = 0
    /// The blocks of parameters that adapt, separated by commas; `all` for all.
    public var adapts = "all"
    /// The number of episodes in an inner batch.
    public var episodes = 20
    /// How rewards become weights.
    public var surrogate = Surrogate()
  }

  /// The outer step.
  public struct OuterSection: Equatable, Sendable {
    /// The number of tasks in a meta-batch.
    public var tasks = 20
    /// The number of episodes in an outer batch.
    public var episodes = 20
    /// The number of independent chains of inner and outer batches for each task.
    public var chains = 1
    /// The step.
    public var step: any OuterStepOptions
    /// How rewards become weights.
    public var surrogate = Surrogate()
    /// The coefficient of the score.
    public var scoreCoefficient = ScoreCoefficient.meanReturn

    /// Whether all values are the same.
    public static func == (a: Self, b: Self) -> Bool {
      (a.tasks, a.episodes, a.chains) == (b.tasks, b.episodes, b.chains) && a.step.isEqual(b.step)
        && a.surrogate == b.surrogate && a.scoreCoefficient == b.scoreCoefficient
    }
  }

  /// The length of training.
  public struct TrainingSection: Equatable, Sendable {
    /// The number of meta-epochs.
    public var epochs = 500
    /// The number of epochs between checkpoints.
    public var checkpointInterval = 10
    /// Target rows per recorded block.
    public var blockRows = 400
    /// The precision of the policy and its derivatives.
    public var precision = Precision.double
    /// The megabytes of recordings that may be kept between the requests of an outer step; changes no result.
    public var memoryLimit = 0
  }

  /// The test on fresh tasks.
  public struct TestSection: Equatable, Sendable {
    /// The number of tasks.
    public var tasks = 40
    /// The maximum number of adaptation steps.
    public var steps = 3
  }

  /// Whether components and values are equal; other entries of the catalogs do not matter.
  public static func == (a: Self, b: Self) -> Bool {
    (a.name, a.seed, a.discount, a.horizon) == (b.name, b.seed, b.discount, b.horizon)
      && a.tasks.isEqual(b.tasks) && a.policy.isEqual(b.policy) && a.estimator.isEqual(b.estimator)
      && a.inner == b.inner && a.outer == b.outer && a.training == b.training && a.test == b.test
  }
}

extension Configuration {
  /// An estimator of the catalog, with the values of this configuration that apply to it.
  ///
  /// - Parameter name: any name of the catalog, not only that of this configuration's estimator.
  /// - Returns: The estimator; nil if the catalog has none of that name.
  public func estimator(named name: String) -> Estimator? {
    catalog.estimators.first { $0.name == name }.map { adoptingEstimator($0).makeEstimator() }
  }

  /// Selects an estimator of the catalog; values that both have under the same key are kept.
  ///
  /// - Precondition: the catalog has an estimator of that name.
  public mutating func choose(estimator name: String) {
    require(choose(name, for: .estimator), "The catalog has no estimator '\(name)'.")
  }

  private func adoptingEstimator(_ options: any EstimatorOptions) -> any EstimatorOptions {
    options.adopting(estimator)
  }

  /// The component of a slot.
  func component(_ slot: Slot) -> any ComponentOptions {
    switch slot {
    case .tasks: tasks
    case .policy: policy
    case .estimator: estimator
    case .outerStep: outer.step
    }
  }

  /// Puts another component of the catalog into a slot; values that both have under the same key are kept.
  ///
  /// - Returns: False if the catalog has none of that name.
  mutating func choose(_ name: String, for slot: Slot) -> Bool {
    switch slot {
    case .tasks:
      guard let new = catalog.tasks.first(where: { $0.name == name }) else { return false }
      tasks = new.adopting(tasks)
    case .policy:
      guard let new = catalog.policies.first(where: { $0.name == name }) else { return false }
      policy = new.adopting(policy)
    case .estimator:
      guard let new = catalog.estimators.first(where: { $0.name == name }) else { return false }
      estimator = new.adopting(estimator)
    case .outerStep:
      guard let new = catalog.outerSteps.first(where: { $0.name == name }) else { return false }
      outer.step = new.adopting(outer.step)
    }
    return true
  }

  /// Sets a value of the component of a slot.
  mutating func set(_ key: String, to value: FieldValue, in slot: Slot) -> Bool {
    switch slot {
    case .tasks: tasks.set(key, to: value)
    case .policy: policy.set(key, to: value)
    case .estimator: estimator.set(key, to: value)
    case .outerStep: outer.step.set(key, to: value)
    }
  }
}
