/// What a file says about a problem, against what its certificate found.
public struct FileComparison: Sendable {
  /// One value.
  public struct Value: Sendable {
    /// `objective`, `gradient`, or the name of an estimator.
    public let name: String
    /// `max |x - y| / (1 + max |y|)`, `y` being the file's.
    public let error: Double
    /// `max |x - y|` beside `max |y|` and the rounding floor of the sums that `x` is.
    public let difference: ScaledDifference
  }

  /// The values that the file gives.
  public let values: [Value]
  /// The greatest difference that passes, as a part of the value's own scale.
  public let tolerance: Double

  /// Compares; estimators that the certificate does not have are left out.
  public init(_ expected: CertificateFile.Case, _ certificate: Certificate) {
    tolerance = certificate.tolerance
    func value(_ name: String, _ x: [Double], _ y: [Double], size: Double) -> Value {
      Value(
        name: name, error: relativeError(x, y),
        difference: ScaledDifference(x, y, floor: ScaledDifference.roundingOfSums * size))
    }
    var values: [Value] = []
    if let objective = expected.objective {
      values.append(
        value(
          "objective", [certificate.objective], [objective], size: certificate.problem.returnScale))
    }
    if let gradient = expected.gradient {
      values.append(
        value("gradient", certificate.gradient, gradient, size: certificate.gradientSize))
    }
    for (name, mean) in expected.estimatorMeans.sorted(by: { $0.key < $1.key }) {
      guard let verdict = certificate[name] else { continue }
      values.append(
        value(
          name, verdict.mean, mean,
          size: verdict.difference.meanNorm))
    }
    self.values = values
  }

  /// The greatest error `max |x - y| / (1 + max |y|)`; zero if the file gives no value.
  public var largestError: Double { values.map(\.error).max() ?? 0 }
  /// The greatest difference over the value's own scale; zero if the file gives no value.
  public var largestRelativeError: Double { values.map(\.difference.relative).max() ?? 0 }
  /// Whether no value differs by more than the tolerance and rounding.
  public var passes: Bool {
    values.allSatisfy { $0.difference.verdict(tolerance: tolerance) != .differs }
  }
}
