import Experiments

/// A meta-test as it is printed and stored.
public struct TestReport: Document, Equatable {
  /// The returns after one number of adaptation steps.
  public struct Row: Codable, Equatable, Sendable {
    /// The number of adaptation steps.
    public let steps: Int
    /// The mean undiscounted return over the tasks.
    public let undiscountedReturn: Double
    /// Its standard error; nil for a single task.
    public let undiscountedStandardError: Double?
    /// The mean discounted return over the tasks.
    public let discountedReturn: Double
    /// Its standard error; nil for a single task.
    public let discountedStandardError: Double?
    /// The mean gain in undiscounted return over no step, paired by task.
    public let gain: Double
    /// The bounds of the gain's 95 % interval; nil for a single task.
    public let gainInterval95: [Double]?
  }

  /// The version of this record.
  public var schemaVersion = 1
  /// The name of the experiment.
  public let name: String
  /// The seed.
  public let seed: Int
  /// The number of tasks.
  public let tasks: Int
  /// The number of episodes for each task and number of steps.
  public let episodes: Int
  /// How many episodes were left out because their simulation failed.
  public let invalidEpisodes: Int
  /// The mean undiscounted return of standing still on the same tasks, where that is known.
  public let standingStill: Double?
  /// The mean expected return of the best policy for each of the same tasks, where that is known.
  public let bestReturn: Double?
  /// The mean expected return of uniformly random actions on the same tasks, where that is known.
  public let uniformReturn: Double?
  /// One row for each number of adaptation steps.
  public let rows: [Row]

  /// Summarises a test.
  public init(_ test: MetaTest, _ experiment: Experiment) {
    name = experiment.configuration.name
    seed = experiment.configuration.seed
    tasks = test.tasks.count
    episodes = experiment.configuration.inner.episodes
    invalidEpisodes = test.invalidEpisodes
    rows = (0...test.steps).map { step in
      let (undiscounted, discounted) = (
        test.undiscounted(after: step), test.discounted(after: step)
      )
      let gain = test.gain(after: step)
      return Row(
        steps: step, undiscountedReturn: undiscounted.mean,
        undiscountedStandardError: undiscounted.standardError, discountedReturn: discounted.mean,
        discountedStandardError: discounted.standardError, gain: gain.mean,
        gainInterval95: gain.interval95.map { [$0.lowerBound, $0.upperBound] })
    }
    let stepRewards = test.tasks.compactMap(experiment.tasks.standingStillReward)
    let mean = stepRewards.reduce(0, +) / Double(stepRewards.count)
    standingStill =
      stepRewards.count == test.tasks.count ? mean * Double(experiment.tasks.horizon) : nil
    let references = test.tasks.compactMap(experiment.tasks.referenceReturns)
    let areKnown = !references.isEmpty && references.count == test.tasks.count
    func reference(_ part: (ReferenceReturns) -> Double) -> Double? {
      areKnown ? references.map(part).reduce(0, +) / Double(references.count) : nil
    }
    (bestReturn, uniformReturn) = (reference(\.best), reference(\.uniform))
  }
}

extension TestReport.Row {
  /// Writes every field: what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(steps, forKey: .steps)
    try container.encode(undiscountedReturn, forKey: .undiscountedReturn)
    try container.encode(undiscountedStandardError, forKey: .undiscountedStandardError)
    try container.encode(discountedReturn, forKey: .discountedReturn)
    try container.encode(discountedStandardError, forKey: .discountedStandardError)
    try container.encode(gain, forKey: .gain)
    try container.encode(gainInterval95, forKey: .gainInterval95)
  }
}
