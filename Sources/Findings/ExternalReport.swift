import Certification

/// The verdict on a program in another language: `certify --external … --json`.
public struct ExternalReport: Document {
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
  /// False if it claims to be unbiased and is not.
  public let passed: Bool
  /// The known estimators that it equals on every problem, pair by pair or by the weakest equality of a problem.
  public let equals: [String]
  /// The wall-clock time.
  public let seconds: Double
  /// One for each problem.
  public let cases: [Case]

  /// Summarises verdicts.
  public init(
    command: String, _ identity: ExternalIdentity, _ assessments: [ExternalAssessment],
    separates: [String?]
  ) {
    self.command = command
    (name, claimsUnbiased) = (identity.name, identity.claimsUnbiased)
    dtype = identity.isSinglePrecision ? "float32" : "float64"
    passed = !assessments.contains(where: \.contradictsClaim)
    seconds = assessments.reduce(0) { $0 + $1.seconds }
    cases = zip(assessments, separates).map { Case($0, separates: $1) }
    let known = assessments.map { $0.recognition }
    let names = known.compactMap { $0?.factor == 1 ? $0?.names : nil }
    equals =
      names.count == assessments.count
      ? (names.first ?? []).filter { name in names.allSatisfy { $0.contains(name) } } : []
  }

  /// The verdict on one problem.
  public struct Case: Codable, Sendable {
    /// The name of the problem.
    public let problem: String
    /// The mistakes that it separates, if it is one of the suite.
    public let separates: String?
    /// The pairs of a chain and an outer batch.
    public let pairs: Int
    /// What multiplies equation 5's inner step; nil if the step is another one.
    public let stepFactor: Double?
    /// Unbiased, biased or not resolved.
    public let verdict: BiasVerdict
    /// The norm of the bias against `∇V_ζ` over that gradient; nil if it is zero up to rounding.
    public let relativeBias: Double?
    /// The same against `∇V̂`.
    public let meanStepRelativeBias: Double?
    /// The greatest relative bias that passes.
    public let tolerance: Double
    /// The error of the exact gradient, over its norm.
    public let gradientError: Double
    /// The exact mean of the estimates.
    public let mean: [Double]
    /// `∇V_ζ`
    public let gradient: [Double]
    /// `∇V̂`
    public let meanStepGradient: [Double]
    /// The best-fit factor between mean and gradient.
    public let factor: Double
    /// The sine of the angle between them.
    public let directionError: Double
    /// The order of the relative bias in the inner step size.
    public let order: Double?
    /// The error without inner steps, against the discounted return.
    public let errorWithoutSteps: Double?
    /// The error without inner steps, against the return without discount.
    public let undiscountedErrorWithoutSteps: Double?
    /// The variance, summed over the components.
    public let variance: Double
    /// The variances of the known estimators.
    public let knownVariances: [String: Double]
    /// The known estimators that it equals.
    public let equals: [String]
    /// What is equal: pairs, second moments or means.
    public let equality: ExternalRecognition.Level?
    /// What multiplies the known estimates.
    public let equalityFactor: Double?
    /// How equal, relative to the largest number.
    public let equalityError: Double?
    /// The coefficients of the parts that its estimates are sums of.
    public let parts: [String: Double]
    /// What the parts leave, relative to the estimates.
    public let residual: Double?
    /// The pair that differs most from the nearest known estimator.
    public let worstPair: ExternalAssessment.WorstPair?
    /// What is wrong.
    public let findings: [ExternalAssessment.Finding]
    /// The wall-clock time.
    public let seconds: Double

    init(_ assessment: ExternalAssessment, separates: String?) {
      (problem, self.separates, pairs) = (assessment.problem, separates, assessment.pairCount)
      (stepFactor, verdict) = (assessment.step.factor, assessment.verdict)
      relativeBias = assessment.bias.hasScale ? assessment.bias.relative : nil
      meanStepRelativeBias =
        assessment.meanStepBias.hasScale ? assessment.meanStepBias.relative : nil
      (tolerance, gradientError) = (assessment.tolerance, assessment.gradientError)
      (mean, gradient) = (assessment.mean, assessment.gradient)
      meanStepGradient = assessment.meanStepGradient
      (factor, directionError) = (assessment.factor, assessment.directionError)
      (order, variance) = (assessment.order, assessment.variance)
      errorWithoutSteps = assessment.errorWithoutSteps
      undiscountedErrorWithoutSteps = assessment.undiscountedErrorWithoutSteps
      knownVariances = assessment.knownVariances
      equals = assessment.recognition?.names ?? []
      equality = assessment.recognition?.level
      equalityFactor = assessment.recognition?.factor
      equalityError = assessment.recognition?.error
      parts = Dictionary(uniqueKeysWithValues: assessment.parts.map { ($0.name, $0.coefficient) })
      (residual, worstPair) = (assessment.residual, assessment.worstPair)
      (findings, seconds) = (assessment.findings, assessment.seconds)
    }
  }
}
