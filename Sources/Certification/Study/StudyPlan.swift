import Requirements

/// How much a study of estimators samples.
public struct StudyPlan: Equatable, Sendable {
  /// The number of meta-batches on which estimators are compared.
  public var metaBatches: Int
  /// The chains of a meta-batch, each with its own task, `B`.
  public var tasks: Int
  /// The meta-batches at the same parameters that baselines learn from before.
  public var learningMetaBatches: Int
  /// The meta-batches of the reference gradient, where it is not computed exactly.
  public var referenceMetaBatches: Int
  /// The relative error of the gradient for which batch sizes are computed.
  public var accuracy: Double
  /// The seed of every random number.
  public var seed: UInt64
  /// The direction of slopes.
  public var direction = SlopeDirection.own

  /// Creates a plan.
  ///
  /// - Precondition: at least three meta-batches of two chains, also for the reference, and a positive
  ///   accuracy.
  public init(
    metaBatches: Int = 40, tasks: Int = 20, learningMetaBatches: Int = 20,
    referenceMetaBatches: Int = 40, accuracy: Double = 0.1, seed: UInt64 = 1
  ) {
    require(
      metaBatches >= 3 && tasks >= 2 && learningMetaBatches >= 0 && referenceMetaBatches >= 3
        && accuracy > 0,
      "A study needs at least three meta-batches of two chains and a positive accuracy.")
    (self.metaBatches, self.tasks) = (metaBatches, tasks)
    self.learningMetaBatches = learningMetaBatches
    self.referenceMetaBatches = referenceMetaBatches
    (self.accuracy, self.seed) = (accuracy, seed)
  }
}

/// The direction along which a study's estimators say how much the return grows.
public enum SlopeDirection: Equatable, Sendable {
  /// Each estimator's own mean, from half of the meta-batches; the other half gives the slope.
  case own
  /// The mean of the estimator with this number among those compared, for all of them.
  ///
  /// Where the gradient is noise for the most part, so is an estimator's own direction, and the slope that
  /// it promises there; a direction in which another one knows something shows bias.
  case ofEstimator(Int)
  /// A vector in the layout of the parameters, of any length above zero.
  case vector([Double])
}

/// A number with the interval that covers it in 95 of 100 cases.
public struct IntervalEstimate: Equatable, Sendable {
  /// The estimate.
  public let value: Double
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// Creates an estimate.
  public init(value: Double, low: Double, high: Double) {
    (self.value, self.low, self.high) = (value, low, high)
  }

  /// The estimate by the jackknife over groups that are left out one at a time.
  ///
  /// - Parameters:
  ///   - value: the estimate from all groups.
  ///   - samples: for each independent set of groups, the estimates without each of its groups.
  ///   - extraVariance: what the jackknife does not see.
  /// - Source: Efron and Stein (1981), "The jackknife estimate of variance".
  init(_ value: Double, leavingOut samples: [[Double]], extraVariance: Double = 0) {
    var variance = extraVariance
    var degrees = Int.max
    for estimates in samples where estimates.count > 1 {
      let count = Double(estimates.count)
      let mean = estimates.reduce(0, +) / count
      variance += estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * (count - 1) / count
      degrees = min(degrees, estimates.count - 1)
    }
    let quantile = degrees == .max ? 0 : studentQuantile(degrees: degrees)
    let width = quantile * variance.squareRoot()
    self.init(value: value, low: value - width, high: value + width)
  }

  /// A function of it that grows.
  func map(_ transform: (Double) -> Double) -> IntervalEstimate {
    IntervalEstimate(value: transform(value), low: transform(low), high: transform(high))
  }
}
