/// What an outer step is made of.
///
/// One file with an outer step and its options is all that a new one takes; an element of the catalog makes it
/// known to files, command lines, checkpoints and reports.
public protocol OuterStepOptions: ComponentOptions {
  /// Makes a step that has not been taken yet.
  ///
  /// - Throws: `ConfigurationError` if values do not go together.
  func makeOuterStep() throws(ConfigurationError) -> Optimizer
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

  /// The decay time, infinite for none.
  public var decayTimeOrInfinity: Double { decayTime == 0 ? .infinity : decayTime }
}

/// The options of plain gradient ascent.
public struct GradientAscentOptions: OuterStepOptions {
  /// The step size.
  public var decay: StepSizeDecay

  /// Creates options.
  public init(_ decay: StepSizeDecay = StepSizeDecay()) { self.decay = decay }

  /// `gradient-ascent`
  public var name: String { "gradient-ascent" }
  /// What it is.
  public var summary: String { "Plain gradient ascent, as in the paper's algorithm 1" }
  /// The step size.
  public var fields: [Field<Self>] { StepSizeDecay.fields.map { $0.on(\.decay) } }

  /// Makes the step.
  public func makeOuterStep() throws(ConfigurationError) -> Optimizer {
    Optimizer(
      .gradientAscent, stepSize: decay.stepSize, decayTime: decay.decayTimeOrInfinity)
  }
}

/// The options of Adam.
public struct AdamOptions: OuterStepOptions {
  /// The step size.
  public var decay: StepSizeDecay
  /// Gradients are clipped at this multiple of the running root mean square of their norms; 0 for never.
  public var clipping: Double

  /// Creates options.
  public init(_ decay: StepSizeDecay = StepSizeDecay(), clipping: Double = 0) {
    (self.decay, self.clipping) = (decay, clipping)
  }

  /// `adam`
  public var name: String { "adam" }
  /// What it is.
  public var summary: String {
    "Adam, with decays 0.9 and 0.999 and, if asked for, gradient clipping"
  }
  /// The step size and clipping.
  public var fields: [Field<Self>] {
    StepSizeDecay.fields.map { $0.on(\.decay) } + [
      .number(
        "clipping",
        "Gradient clipping: clip at this multiple of the running root mean square norm of earlier (clipped) gradients; above 1, or 0 for none.",
        \.clipping, 0...1e9
      ).neutral { $0.clipping == 0 }
    ]
  }

  /// Makes the step.
  public func makeOuterStep() throws(ConfigurationError) -> Optimizer {
    guard clipping == 0 || clipping > 1 else {
      throw ConfigurationError(
        description:
          "outer.clipping, \(clipping), would shorten gradients without end: use a number above 1, such as 3, or 0 for none."
      )
    }
    return Optimizer(
      .adam, stepSize: decay.stepSize, decayTime: decay.decayTimeOrInfinity,
      clipping: clipping == 0 ? .infinity : clipping)
  }
}
