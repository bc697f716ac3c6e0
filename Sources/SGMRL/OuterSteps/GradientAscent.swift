import Components
import LinearAlgebra
import MessagePassing
import Requirements

/// Plain gradient ascent, `θ + β g` (the paper's algorithm 1).
public struct GradientAscent: GradientStep {
  /// The step size `β`.
  public let stepSize: StepSizeSchedule
  /// The number of steps taken.
  public private(set) var stepCount = 0

  /// Creates a step that has been taken no time.
  ///
  /// - Parameters:
  ///   - stepSize: `β` at the start.
  ///   - decayTime: the steps `τ > 0` after which it has halved; infinite to keep it.
  public init(stepSize: Double, decayTime: Double = .infinity) {
    self.stepSize = StepSizeSchedule(stepSize, decayTime: decayTime)
  }

  /// Name, step size and decay.
  public var summary: String { "gradient-ascent with \(stepSize.summary)" }

  /// The number of steps.
  public var state: NamedArrays {
    var state = NamedArrays()
    state["step-count"] = [Double(stepCount)]
    return state
  }

  /// Takes over the number of steps.
  public mutating func restore(
    _ state: NamedArrays, layout: ParameterLayout
  ) throws(TrainingError) { stepCount = try state.stepCount() }

  /// Moves a vector along a gradient.
  public mutating func step(_ parameters: inout [Double], along gradient: [Double]) {
    require(
      parameters.count == gradient.count,
      "\(parameters.count) parameters, but a gradient of \(gradient.count) elements.")
    add(stepSize.size(after: stepCount), gradient, to: &parameters)
    stepCount += 1
  }
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
  public func makeOuterStep() -> any OuterStep {
    GradientAscent(stepSize: decay.stepSize, decayTime: decay.decayTimeOrInfinity)
  }
}
