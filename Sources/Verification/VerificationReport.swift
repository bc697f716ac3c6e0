/// The deviation of the simulator from recorded MuJoCo data, stage by stage.
public struct VerificationReport: Codable, Sendable, Hashable {
  /// The name of the model.
  public var model: String

  /// The number of states compared.
  public var stateCount: Int

  /// The number of environment steps compared.
  public var environmentStepCount: Int

  /// The stages in the order of the computation.
  public var stages: [Stage]

  /// Whether every stage is within its tolerance.
  public var passed: Bool { stages.allSatisfy(\.passed) }

  /// The largest error of one stage.
  public struct Stage: Codable, Sendable, Hashable {
    /// The name of the stage.
    public var name: String

    /// How the error is measured.
    public var measure: Measure

    /// The largest error; infinite if something is missing or NaN.
    public var error: Double

    /// The largest error allowed.
    public var bar: Double

    /// The number of comparisons.
    public var count: Int

    /// Where the largest error is.
    public var worst: String

    /// Whether the error is within the tolerance.
    public var passed: Bool { error <= bar }
  }

  /// How an error is measured.
  public enum Measure: String, Codable, Sendable, Hashable {
    /// Largest difference over one plus the largest recorded magnitude of the vector.
    case relative
    /// Largest difference.
    case absolute
    /// Largest difference over the error allowed there.
    case ratio
  }
}

extension VerificationReport.Stage {
  /// A stage without comparisons yet.
  init(_ name: String, _ measure: VerificationReport.Measure, bar: Double) {
    self.init(name: name, measure: measure, error: 0, bar: bar, count: 0, worst: "")
  }

  /// Compares two vectors; different lengths count as an infinite error.
  mutating func compare(_ actual: [Double], _ expected: [Double], at place: String) {
    guard actual.count == expected.count else {
      record(.infinity, at: "\(place): \(actual.count) instead of \(expected.count) values")
      return
    }
    var difference = 0.0
    var size = 0.0
    for (a, b) in zip(actual, expected) {
      let d = (a - b).magnitude
      difference = d.isNaN ? .infinity : max(difference, d)
      size = max(size, b.magnitude)
    }
    record(measure == .relative ? difference / (1 + size) : difference, at: place)
  }

  /// Records an error.
  mutating func record(_ value: Double, at place: String) {
    count += 1
    // NaN counts as an error
    if !(value <= error) {
      error = value.isNaN ? .infinity : value
      worst = place
    }
  }
}
