import Certification

/// The means of public estimators beside those of this package: `certify --means … --json`.
public struct MeansReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The file of means.
  public let file: String
  /// What the file says of itself.
  public let about: String?
  /// The greatest error of means that are equal.
  public let equality: Double
  /// The rows whose inner step is a multiple of equation 5's.
  public let fitted: Int
  /// One for each mean of the file.
  public let rows: [Row]

  /// Summarises a comparison.
  public init(file: String, about: String?, _ comparison: MeansComparison) {
    (self.file, self.about, equality) = (file, about, MeansComparison.equality)
    rows = comparison.rows.map(Row.init)
    fitted = rows.count { $0.stepFactor != nil }
  }

  /// One mean.
  public struct Row: Codable, Sendable {
    /// The name of the problem.
    public let problem: String
    /// The public program and its estimator.
    public let estimator: String
    /// The step size that the program was given.
    public let alpha: Double
    /// What the program's mean was divided by.
    public let scale: Double
    /// What multiplies equation 5's inner step; nil if the step is the program's own.
    public let stepFactor: Double?
    /// The error of `∇V_ζ` against the file's; nil without a factor.
    public let exactError: Double?
    /// The error of `∇V̂` against the file's; nil without a factor.
    public let exactHatError: Double?
    /// The norm of the bias against the file's `∇V_ζ` over that gradient; nil if it is zero.
    public let relativeBias: Double?
    /// The same against the file's `∇V̂`.
    public let meanStepRelativeBias: Double?
    /// The greatest relative bias that passes.
    public let tolerance: Double
    /// Unbiased or biased, by the file's own gradient.
    public let verdict: BiasVerdict
    /// The estimators with the same mean.
    public let equals: [MeansComparison.Equality]
    /// The estimator whose mean is nearest; nil without a factor.
    public let nearest: MeansComparison.Equality?

    init(_ row: MeansComparison.Row) {
      (problem, estimator) = (row.entry.problem, row.entry.estimator)
      (alpha, scale) = (row.entry.stepSize, row.entry.scale)
      stepFactor = row.match?.factor
      exactError = row.match?.gradientError
      exactHatError = row.match?.meanStepGradientError
      (relativeBias, meanStepRelativeBias) = (row.bias, row.meanStepBias)
      (tolerance, verdict) = (row.tolerance, row.verdict)
      (equals, nearest) = (row.match?.equals ?? [], row.match?.nearest)
    }
  }
}
