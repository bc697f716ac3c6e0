import Certification
import Experiments

/// Tests of a program by sampling: `certify --external … --monte-carlo --json`.
public struct ExternalMonteCarloReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The command that was started.
  public let command: String
  /// What the program is called.
  public let name: String
  /// `float64` or `float32`.
  public let dtype: String
  /// Whether it claims to be unbiased.
  public let claimsUnbiased: Bool
  /// The name of the configuration.
  public let preset: String
  /// The number of independent chains of a test.
  public let chains: Int
  /// The probability that an unbiased program shows a bias, over all directions of a test.
  public let falseAlarmRate: Double
  /// A direction shows a bias above this `|z|`.
  public let criticalZ: Double
  /// How many tests found a bias.
  public let alarms: Int
  /// False if it claims to be unbiased and a single test found a bias.
  public let passed: Bool
  /// One for each seed.
  public let tests: [Test]

  /// Summarises tests.
  public init(
    command: String, _ identity: ExternalIdentity, _ configuration: Configuration,
    _ plan: MonteCarloPlan, _ tests: [Test]
  ) {
    (self.command, self.tests) = (command, tests)
    (name, claimsUnbiased) = (identity.name, identity.claimsUnbiased)
    dtype = identity.isSinglePrecision ? "float32" : "float64"
    (preset, chains) = (configuration.name, plan.chains)
    (falseAlarmRate, criticalZ) = (plan.falseAlarmRate, plan.criticalValue)
    alarms = tests.filter { $0.verdict == .biased }.count
    passed = !identity.claimsUnbiased || tests.count > 1 || alarms == 0
  }

  /// One test.
  public struct Test: Codable, Sendable {
    /// The seed of its samples.
    public let seed: UInt64
    /// Biased, or no bias found.
    public let verdict: BiasVerdict
    /// The unbiased estimator that the program was compared with.
    public let reference: String
    /// What multiplies the settings' inner step.
    public let stepFactor: Double
    /// The greatest error of the program's log-probabilities.
    public let logProbabilityError: Double
    /// The wall-clock time.
    public let seconds: Double
    /// One for each direction.
    public let directions: [Direction]

    /// Summarises a test.
    public init(_ test: ExternalMonteCarlo) {
      (seed, verdict, reference) = (test.plan.seed, test.verdict, test.reference)
      (stepFactor, logProbabilityError) = (test.stepFactor, test.logProbabilityError)
      seconds = test.seconds
      directions = test.projections.map {
        Direction(
          name: $0.name, bias: $0.bias.mean, standardError: $0.bias.standardError, z: $0.z,
          reference: $0.reference.mean, detectableBias: test.detectableBias($0))
      }
    }
  }

  /// What was found along one direction.
  public struct Direction: Codable, Sendable {
    /// What the direction is.
    public let name: String
    /// The mean difference to the unbiased estimator.
    public let bias: Double
    /// Its standard error.
    public let standardError: Double?
    /// The bias in standard errors.
    public let z: Double
    /// The mean component of the unbiased estimates.
    public let reference: Double
    /// The bias that would be found nine times in ten.
    public let detectableBias: Double
  }
}
