/// What an outer step is made of.
///
/// One file with an outer step and its options is all that a new one takes; an element of the catalog makes it
/// known to files, command lines, checkpoints and reports.
public protocol OuterStepOptions: ComponentOptions {
  /// Makes a step that has not been taken yet.
  ///
  /// - Throws: `ConfigurationError` if values do not go together.
  func makeOuterStep() throws(ConfigurationError) -> any OuterStep

  /// Refuses estimators that do not go with the step; by default it goes with all.
  ///
  /// - Throws: `ConfigurationError` with the reason and the way out.
  func validate(_ estimator: Estimator) throws(ConfigurationError)
}

extension OuterStepOptions {
  /// Accepts every estimator.
  public func validate(_ estimator: Estimator) throws(ConfigurationError) {}
}

/// An outer step size, and how it falls.
public struct StepSizeDecay: Equatable, Sendable {
  /// The outer step size `β` at the start.
  public var stepSize: Double
  /// The epochs after which it has halved; 0 keeps it.
  public var decayTime: Double

  /// Creates a step size.
  public init(_ stepSize: Double = 0.001, decayTime: Double = 0) {
    (self.stepSize, self.decayTime) = (stepSize, decayTime)
  }

  /// The step size and its decay.
  public static var fields: [Field<Self>] {
    [
      .number(
        "step-size", "The outer step size, at the start.", \.stepSize, 0...1e9, symbol: "β"),
      .number(
        "decay-time",
        "The epochs after which the outer step size has halved, as β / (1 + t/τ) in epoch t; 0 keeps it.",
        \.decayTime, 0...1e9, symbol: "τ"
      ).neutral { $0.decayTime == 0 },
    ]
  }

  /// The decay time as a step takes it: infinite for none.
  public var decayTimeOrInfinity: Double { decayTime == 0 ? .infinity : decayTime }
}
