import Components
import LinearAlgebra
import MessagePassing
import Requirements

/// Adam, with decays 0.9 and 0.999 (the published code).
///
/// - Source: Kingma and Ba (2015), "Adam: a method for stochastic optimization", algorithm 1, uphill.
public struct Adam: GradientStep {
  /// The step size `β`.
  public let stepSize: StepSizeSchedule
  /// Gradient clipping: how many times the root mean square norm of the gradients before it, clipped
  /// themselves, a gradient may have; longer ones are scaled down to that. Infinite for never.
  ///
  /// Meta-gradients have heavy tails. One that is much longer than all before moves the parameters by about
  /// `√t` steps in epoch `t`, up to thirty, and shortens the steps after it in the same measure. The
  /// first gradient has none before it and is never clipped.
  ///
  /// - Source: Zhang et al. (2020), "Why are adaptive methods good for attention models?", for why
  ///   heavy tails need clipping; the scale here is Adam's own second moment.
  public let clipping: Double
  /// The running mean of the gradient; empty before the first step.
  public private(set) var firstMoment: [Double] = []
  /// The running mean of the gradient's squares; empty before the first step.
  public private(set) var secondMoment: [Double] = []
  /// The number of steps taken.
  public private(set) var stepCount = 0

  private static let (decay1, decay2) = (0.9, 0.999)

  /// Creates a step that has been taken no time.
  ///
  /// - Parameters:
  ///   - stepSize: `β` at the start.
  ///   - decayTime: the steps `τ > 0` after which it has halved; infinite to keep it.
  ///   - clipping: how many times the earlier ones' root mean square norm a gradient may have, above 1;
  ///     infinite for any.
  public init(stepSize: Double, decayTime: Double = .infinity, clipping: Double = .infinity) {
    require(
      clipping > 1,
      "Gradients clipped at \(clipping) times the earlier ones: use a number above 1, or infinity.")
    self.stepSize = StepSizeSchedule(stepSize, decayTime: decayTime)
    self.clipping = clipping
  }

  /// Name, step size, decay and clipping.
  public var summary: String {
    "adam with \(stepSize.summary)"
      + (clipping.isFinite ? ", clipped at \(clipping) times the earlier gradients" : "")
  }

  /// The number of steps and, after the first, both moments.
  public var state: NamedArrays {
    var state = NamedArrays()
    state["step-count"] = [Double(stepCount)]
    if !firstMoment.isEmpty {
      (state["first-moment"], state["second-moment"]) = (firstMoment, secondMoment)
    }
    return state
  }

  /// Takes over the number of steps and the moments.
  public mutating func restore(
    _ state: NamedArrays, layout: ParameterLayout
  ) throws(TrainingError) {
    let count = try state.stepCount()
    let (first, second) = (state["first-moment"] ?? [], state["second-moment"] ?? [])
    guard first.count == second.count, [0, layout.count].contains(first.count) else {
      throw TrainingError(
        description:
          "The state of Adam has moments of \(first.count) and \(second.count) elements for \(layout.count) parameters."
      )
    }
    (stepCount, firstMoment, secondMoment) = (count, first, second)
  }

  /// Moves a vector along a gradient.
  public mutating func step(_ parameters: inout [Double], along gradient: [Double]) {
    require(
      parameters.count == gradient.count,
      "\(parameters.count) parameters, but a gradient of \(gradient.count) elements.")
    let stepSize = stepSize.size(after: stepCount)
    stepCount += 1
    if firstMoment.isEmpty {
      firstMoment = [Double](repeating: 0, count: gradient.count)
      secondMoment = firstMoment
    }
    let (decay1, decay2) = (Self.decay1, Self.decay2)
    let clippingFactor = clippingFactor(gradient)
    let correction1 = 1 - power(decay1, stepCount)
    let correction2 = 1 - power(decay2, stepCount)
    for i in gradient.indices {
      let component = clippingFactor * gradient[i]
      firstMoment[i] = decay1 * firstMoment[i] + (1 - decay1) * component
      secondMoment[i] = decay2 * secondMoment[i] + (1 - decay2) * component * component
      let scale = (secondMoment[i] / correction2).squareRoot() + 1e-8
      parameters[i] += stepSize * (firstMoment[i] / correction1) / scale
    }
  }

  /// The factor that clips a gradient.
  private func clippingFactor(_ gradient: [Double]) -> Double {
    // the step that is being taken has been counted
    guard clipping.isFinite, stepCount > 1 else { return 1 }
    let meanSquare = secondMoment.reduce(0, +) / (1 - power(Self.decay2, stepCount - 1))
    let (length, limit) = (norm(gradient), clipping * meanSquare.squareRoot())
    return limit > 0 && length > limit ? limit / length : 1
  }

  /// A power with a whole exponent, by squaring.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
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
  public func makeOuterStep() throws(ConfigurationError) -> any OuterStep {
    guard clipping == 0 || clipping > 1 else {
      throw ConfigurationError(
        description:
          "outer.clipping, \(clipping), would shorten gradients without end: use a number above 1, such as 3, or 0 for none."
      )
    }
    return Adam(
      stepSize: decay.stepSize, decayTime: decay.decayTimeOrInfinity,
      clipping: clipping == 0 ? .infinity : clipping)
  }
}
