import Certification

/// Which estimators are unbiased on some problems, by enumeration: `certify --json`.
public struct CertificateReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The file of the problems; nil for a random one.
  public let file: String?
  /// The seed of the random problem; nil for a file.
  public let seed: Int?
  /// The greatest error that passes, as a part of the norm of the gradient.
  public let tolerance: Double
  /// The threads of the enumeration.
  public let threads: Int
  /// Whether every problem passed.
  public let passed: Bool
  /// The wall-clock time.
  public let seconds: Double
  /// One for each problem.
  public let cases: [Case]

  /// Creates a report.
  public init(file: String?, seed: Int?, tolerance: Double, threads: Int, cases: [Case]) {
    (self.file, self.seed) = (file, file == nil ? seed : nil)
    (self.tolerance, self.threads, self.cases) = (tolerance, threads, cases)
    passed = cases.allSatisfy(\.passed)
    seconds = cases.reduce(0) { $0 + $1.seconds }
  }

  /// What was found about one problem.
  public struct Case: Codable, Sendable {
    /// The name of the problem.
    public let name: String
    /// Whether no estimator that is declared unbiased is biased, both exact gradients agree, and the
    /// file's values are met.
    public let passed: Bool
    /// `V_ζ`
    public let objective: Double
    /// `∇V_ζ`
    public let gradient: [Double]
    /// `‖∇V_ζ‖`
    public let gradientNorm: Double
    /// `∇V_ζ` by extrapolated differences.
    public let differencesGradient: [Double]
    /// How far the two gradients are apart.
    public let gradientDisagreement: Double
    /// How far the differences may be off.
    public let differencesError: Double
    /// The objective whose inner step is the mean one.
    public let meanStepObjective: Double
    /// Its gradient.
    public let meanStepGradient: [Double]
    /// How far the probabilities of all chains are from a sum of 1.
    public let probabilityError: Double
    /// How far the enumerated mean inner step is from the exact one.
    public let innerStepError: Double
    /// The differences to the file's values, over one plus their size.
    public let fileErrors: [String: Double]
    /// The differences to the file's values, over their size.
    public let fileRelativeErrors: [String: Double]
    /// The greatest of ``fileErrors``.
    public let largestFileError: Double
    /// The greatest of ``fileRelativeErrors``.
    public let largestFileRelativeError: Double
    /// The number of trajectories.
    public let trajectories: Double
    /// The number of inner batches, each order once.
    public let batches: Double
    /// The number of inner batches in order.
    public let orderedBatches: Double
    /// The number of outer batches.
    public let outerBatches: Double
    /// The number of chains, each order once.
    public let chains: Double
    /// The number of chains in order.
    public let orderedChains: Double
    /// The wall-clock time.
    public let seconds: Double
    /// One for each estimator.
    public let verdicts: [Verdict]
  }

  /// What was found about an estimator.
  public struct Verdict: Codable, Sendable {
    /// The name of the estimator.
    public let name: String
    /// Whether it is declared unbiased.
    public let declaredUnbiased: Bool
    /// The verdict.
    public let verdict: BiasVerdict
    /// Whether the verdict is that it is unbiased.
    public let unbiased: Bool
    /// Whether it is not declared unbiased, or not found biased.
    public let passed: Bool
    /// The norm of the bias.
    public let error: Double
    /// The exact mean of the estimates.
    public let mean: [Double]
    /// The mean norm of the estimates.
    public let meanNorm: Double
    /// The mean less the gradient.
    public let bias: [Double]
    /// The norm of the bias over that of the gradient; nil if that is zero up to rounding.
    public let relativeBias: Double?
    /// The norm of the bias over the mean norm.
    public let biasOverMeanNorm: Double
    /// What rounding may put between mean and gradient.
    public let roundingFloor: Double
    /// The mean less the gradient of the other objective, whose inner step is the mean one.
    public let meanStepBias: [Double]
    /// The norm of that over the norm of the other gradient.
    public let meanStepRelativeBias: Double?
    /// The difference to the file's mean, over one plus its size.
    public let fileError: Double?
    /// The difference to the file's mean, over its size.
    public let fileRelativeError: Double?
  }
}

extension CertificateReport.Case {
  /// Summarises a certificate and what a file says about its problem.
  public init(_ certificate: Certificate, _ comparison: FileComparison) {
    func byName(_ number: (FileComparison.Value) -> Double) -> [String: Double] {
      Dictionary(uniqueKeysWithValues: comparison.values.map { ($0.name, number($0)) })
    }
    let (errors, relative) = (byName(\.error), byName(\.difference.relative))
    let size = certificate.size
    name = certificate.problem.name
    passed = certificate.passes && comparison.passes
    (objective, gradient) = (certificate.objective, certificate.gradient)
    gradientNorm = norm(certificate.gradient)
    differencesGradient = certificate.differences
    gradientDisagreement = certificate.gradientDisagreement
    differencesError = certificate.differencesError
    meanStepObjective = certificate.meanStepObjective
    meanStepGradient = certificate.meanStepGradient
    probabilityError = certificate.probabilityError
    innerStepError = certificate.innerStepError
    (fileErrors, largestFileError) = (errors, comparison.largestError)
    fileRelativeErrors = relative
    largestFileRelativeError = comparison.largestRelativeError
    (trajectories, batches) = (size.trajectories, size.batches)
    (orderedBatches, chains) = (size.orderedBatches, size.chains)
    outerBatches = size.outerBatches
    (orderedChains, seconds) = (size.orderedChains, certificate.seconds)
    verdicts = certificate.verdicts.map {
      let name = $0.estimator.name
      return CertificateReport.Verdict(
        name: name, declaredUnbiased: $0.estimator.isDeclaredUnbiased, verdict: $0.verdict,
        unbiased: $0.isUnbiased, passed: $0.passes, error: $0.error, mean: $0.mean,
        meanNorm: $0.meanNorm, bias: $0.bias, relativeBias: $0.relativeBias,
        biasOverMeanNorm: $0.biasOverMeanNorm, roundingFloor: $0.difference.floor,
        meanStepBias: $0.biasAgainstMeanStep,
        meanStepRelativeBias: $0.relativeBiasAgainstMeanStep, fileError: errors[name],
        fileRelativeError: relative[name])
    }
  }
}
