import Certification
import Experiments

/// What one study found.
public struct StudyOutcome: Codable, Sendable {
  /// The key that a sweep varies; nil without a sweep.
  public let sweep: String?
  /// Its value.
  public let value: String?
  /// The meta-batches on which estimators were compared.
  public let metaBatches: Int
  /// The chains of a meta-batch.
  public let tasks: Int
  /// The meta-batches that baselines learned from before.
  public let learningMetaBatches: Int
  /// The relative error of the gradient for which batch sizes are given.
  public let accuracy: Double
  /// Of the estimators that have a score term; nil in older documents.
  public let scoreWeight: Double?
  /// What stands for the rest of the term; nil in older documents.
  public let scoreComplement: String?
  /// The step to either side of which slopes were measured; nil if they were not.
  public let ascentStep: Double?
  /// The estimator or file whose direction all slopes are along; nil for each estimator's own.
  public let ascentAlong: String?
  /// The fresh tasks of a slope; nil if none was measured.
  public let ascentTasks: Int?
  /// The norm of the gradient.
  public let gradientNorm: Interval
  /// Whether the gradient was enumerated.
  public let isExact: Bool
  /// The wall-clock time.
  public let seconds: Double
  /// One for each estimator; the first is what others are compared with.
  public let rows: [Row]

  /// What was found about an estimator.
  public struct Row: Codable, Sendable {
    /// The names of ``intervals`` in a table.
    static let columns = [
      "variance", "variance_ratio", "squared_bias", "relative_bias", "signal_to_noise", "cosine",
    ]

    /// The name of the estimator.
    public let estimator: String
    /// Whether it is declared unbiased.
    public let declaredUnbiased: Bool
    /// The trace of the covariance of an estimate from one chain.
    public let variance: Interval
    /// To the first estimator's.
    public let varianceRatio: Interval
    /// The squared norm of the bias, without the part of the noise.
    public let squaredBias: Interval
    /// Nil where the gradient is indistinguishable from zero.
    public let relativeBias: Interval?
    /// Whether the bias is larger than its noise.
    public let showsBias: Bool
    /// Nil where the gradient is indistinguishable from zero.
    public let signalToNoise: Interval?
    /// Nil where the gradient is indistinguishable from zero.
    public let cosine: Interval?
    /// The time of an estimate from one chain, in one thread.
    public let secondsPerEstimate: Double
    /// Nil where the bias alone is larger than the accuracy, or the gradient is indistinguishable from zero.
    public let chainsNeeded: Double?
    /// Nil unless it was asked for.
    public let ascent: Ascent?

    /// The numbers that have an interval, in the order of the columns.
    var intervals: [Interval?] {
      [variance, varianceRatio, squaredBias, relativeBias, signalToNoise, cosine]
    }
  }

  /// The slopes along an estimator's mean gradient.
  public struct Ascent: Codable, Sendable {
    /// The names of ``intervals`` in a table.
    static let columns = ["promised_slope", "discounted_slope", "undiscounted_slope"]

    /// The slope that the estimator promises.
    public let promisedSlope: Interval
    /// The slope of the discounted return.
    public let discountedSlope: Interval
    /// The slope of the undiscounted return.
    public let undiscountedSlope: Interval

    /// The numbers in the order of the columns.
    var intervals: [Interval?] { [promisedSlope, discountedSlope, undiscountedSlope] }

    init(_ test: AscentTest) {
      promisedSlope = Interval(test.promised)
      discountedSlope = Interval(test.discounted)
      undiscountedSlope = Interval(test.undiscounted)
    }
  }

  /// A number with its 95 % interval.
  public struct Interval: Codable, Equatable, Sendable {
    /// The number.
    public let value: Double
    /// The lower end; nil, in JSON null, where it is not defined.
    public let low: Double?
    /// The upper end; nil likewise.
    public let high: Double?

    /// Creates an interval.
    public init(value: Double, low: Double?, high: Double?) {
      (self.value, self.low, self.high) = (value, low, high)
    }

    init(_ estimate: IntervalEstimate) {
      self.init(value: estimate.value, low: estimate.low, high: estimate.high)
    }

    init(_ estimate: Estimate) {
      let interval = estimate.interval95
      self.init(value: estimate.mean, low: interval?.lowerBound, high: interval?.upperBound)
    }

    /// The interval; nil unless it is one of numbers.
    public var range: ClosedRange<Double>? {
      guard let low, let high, low <= high else { return nil }
      return low...high
    }

    /// Writes every field: an end that is not defined is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(value, forKey: .value)
      try container.encode(low, forKey: .low)
      try container.encode(high, forKey: .high)
    }
  }
}

extension StudyOutcome {
  /// - Parameters:
  ///   - study: the study.
  ///   - ascents: for each of its rows; nil where the slope could not be measured.
  ///   - sampling: how much was sampled.
  ///   - configuration: the configuration.
  ///   - sweep: the key that is varied, and its value.
  init(
    _ study: EstimatorStudy, ascents: [AscentTest?], sampling: StudySampling,
    configuration: Configuration, sweep: (key: String, value: String)?
  ) {
    (self.sweep, value) = (sweep?.key, sweep?.value)
    scoreWeight = configuration.text(of: "outer.score-weight").flatMap(Double.init) ?? 1
    scoreComplement =
      configuration.text(of: "outer.score-complement") ?? ScoreComplement.none.rawValue
    ascentStep = sampling.ascentStep
    ascentAlong = sampling.along
    ascentTasks = sampling.ascentStep.map { _ in sampling.ascentTasks }
    (metaBatches, tasks) = (study.plan.metaBatches, study.plan.tasks)
    learningMetaBatches = study.plan.learningMetaBatches
    accuracy = study.plan.accuracy
    gradientNorm = Interval(study.gradientNorm)
    (isExact, seconds) = (study.isExact, study.seconds)
    rows = zip(study.rows, ascents).map { row, ascent in
      Row(
        estimator: row.estimator.name, declaredUnbiased: row.estimator.isDeclaredUnbiased,
        variance: Interval(row.variance), varianceRatio: Interval(row.varianceRatio),
        squaredBias: Interval(row.squaredBias),
        relativeBias: row.relativeBias.map { Interval($0) }, showsBias: row.showsBias,
        signalToNoise: row.signalToNoise.map { Interval($0) },
        cosine: row.cosine.map { Interval($0) }, secondsPerEstimate: row.seconds,
        chainsNeeded: row.chainsNeeded.flatMap { $0.isFinite ? $0 : nil },
        ascent: ascent.map(Ascent.init))
    }
  }
}
