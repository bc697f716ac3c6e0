/// What a file says about a problem, against what its certificate found.
public struct FileComparison: Sendable {
  /// The relative error of one value, `max |x - y| / (1 + max |y|)`, `y` being the file's.
  public struct Value: Sendable {
    /// `objective`, `gradient`, or the name of an estimator.
    public let name: String
    /// The error.
    public let error: Double
  }

  /// The values that the file gives.
  public let values: [Value]
  /// The greatest error that passes.
  public let tolerance: Double

  /// Compares; estimators that the certificate does not have are left out.
  public init(_ expected: CertificateFile.Case, _ certificate: Certificate) {
    tolerance = certificate.tolerance
    var values: [Value] = []
    if let objective = expected.objective {
      values.append(
        Value(name: "objective", error: relativeError([certificate.objective], [objective])))
    }
    if let gradient = expected.gradient {
      values.append(Value(name: "gradient", error: relativeError(certificate.gradient, gradient)))
    }
    for (name, mean) in expected.estimatorMeans.sorted(by: { $0.key < $1.key }) {
      guard let verdict = certificate[name] else { continue }
      values.append(Value(name: name, error: relativeError(verdict.mean, mean)))
    }
    self.values = values
  }

  /// The greatest error; zero if the file gives no value.
  public var largestError: Double { values.map(\.error).max() ?? 0 }
  /// Whether every value is within the tolerance.
  public var passes: Bool { largestError <= tolerance }
}
