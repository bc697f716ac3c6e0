import Certification
import Experiments

/// Which estimators show a bias, by sampling: `certify --monte-carlo --json`.
public struct MonteCarloReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The name of the configuration.
  public let preset: String
  /// The seed.
  public let seed: Int
  /// The threads that sampled.
  public let threads: Int
  /// The number of independent chains.
  public let chains: Int
  /// The number of directions that are tested.
  public let directions: Int
  /// The probability that an unbiased estimator fails.
  public let falseAlarmRate: Double
  /// Its complement.
  public let confidence: Double
  /// A direction fails above this `|z|`.
  public let criticalZ: Double
  /// The step of the differences along a direction.
  public let differenceStep: Double
  /// Whether every estimator passed.
  public let passed: Bool
  /// One for each estimator.
  public let estimators: [Row]

  /// Creates a report.
  public init(
    _ configuration: Configuration, _ plan: MonteCarloPlan, threads: Int, estimators: [Row]
  ) {
    (preset, seed) = (configuration.name, configuration.seed)
    (self.threads, self.estimators) = (threads, estimators)
    (chains, directions) = (plan.chains, plan.directions)
    (falseAlarmRate, confidence) = (plan.falseAlarmRate, 1 - plan.falseAlarmRate)
    (criticalZ, differenceStep) = (plan.criticalValue, plan.differenceStep)
    passed = estimators.allSatisfy(\.passed)
  }

  /// What was found about an estimator.
  public struct Row: Codable, Sendable {
    /// The name of the estimator.
    public let name: String
    /// Whether it is declared unbiased.
    public let declaredUnbiased: Bool
    /// The verdict.
    public let verdict: BiasVerdict
    /// Whether no direction shows a bias.
    public let showsNoBias: Bool
    /// Whether it is not declared unbiased, or shows no bias.
    public let passed: Bool
    /// The wall-clock time.
    public let seconds: Double
    /// One for each direction.
    public let directions: [Direction]

    /// Summarises a certificate.
    public init(_ certificate: MonteCarloCertificate) {
      name = certificate.estimator.name
      declaredUnbiased = certificate.estimator.isDeclaredUnbiased
      verdict = certificate.verdict
      (showsNoBias, passed) = (certificate.showsNoBias, certificate.passes)
      seconds = certificate.seconds
      directions = certificate.projections.map {
        Direction(
          estimate: $0.estimate.mean, difference: $0.difference.mean,
          differenceStandardError: $0.difference.standardError, bias: $0.bias.mean,
          biasStandardError: $0.bias.standardError, z: $0.z,
          detectableBias: certificate.detectableBias($0))
      }
    }
  }

  /// What was found along one direction.
  public struct Direction: Codable, Sendable {
    /// The mean component of the estimates.
    public let estimate: Double
    /// The slope by differences of returns.
    public let difference: Double
    /// Its standard error.
    public let differenceStandardError: Double?
    /// The first less the second.
    public let bias: Double
    /// Its standard error.
    public let biasStandardError: Double?
    /// The bias over its standard error.
    public let z: Double
    /// The bias that would be found in most cases.
    public let detectableBias: Double
  }
}
