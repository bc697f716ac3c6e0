import Verification

/// How far derivatives are from another program's: `verify derivatives --json`.
public struct DerivativeReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The file of the other program's derivatives.
  public let file: String
  /// The precision of the tape.
  public let precision: Precision
  /// The largest error that passes, as a part of the size of what is compared.
  public let tolerance: Double
  /// Whether every case passed.
  public let passed: Bool
  /// The largest of all errors.
  public let largestError: Double
  /// One for each policy of the file.
  public let cases: [Case]

  /// The errors of a policy beyond rounding, relative to the size of what is compared.
  public struct Case: Codable, Sendable {
    /// The kind and the sizes of the policy.
    public let name: String
    /// Of the log-probabilities.
    public let logProbabilities: Double
    /// Of their tangents.
    public let logProbabilityTangents: Double
    /// Of the gradient.
    public let gradient: Double
    /// Of the Hessian-vector product.
    public let hessianVectorProduct: Double

    init(_ errors: DerivativeFile.Errors) {
      name = errors.name
      logProbabilities = errors.logProbabilities.relativeExcess
      logProbabilityTangents = errors.logProbabilityTangents.relativeExcess
      gradient = errors.gradient.relativeExcess
      hessianVectorProduct = errors.hessianVectorProduct.relativeExcess
    }
  }

  /// Compares all cases of a file.
  ///
  /// - Parameters:
  ///   - derivatives: the file's content.
  ///   - file: its name.
  ///   - tolerance: the largest error that passes; nil for that of the precision.
  ///   - precision: that of the tape.
  public init(
    _ derivatives: DerivativeFile, file: String, tolerance: Double? = nil,
    precision: Precision = .double
  ) {
    let tolerance = tolerance ?? DerivativeFile.tolerance(precision)
    let errors = derivatives.cases.map { $0.verify(tolerance: tolerance, precision: precision) }
    (self.file, self.tolerance, self.precision) = (file, tolerance, precision)
    passed = errors.allSatisfy { $0.passes(tolerance: tolerance) }
    largestError = errors.map(\.largest).max() ?? .infinity
    cases = errors.map(Case.init)
  }
}

/// How far the simulator is from recorded MuJoCo data: `verify simulator --json`.
public struct SimulatorReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// Whether every stage is within its bar.
  public let passed: Bool
  /// What was compared.
  public let report: VerificationReport

  /// Creates a report.
  public init(_ report: VerificationReport) { (passed, self.report) = (report.passed, report) }
}
