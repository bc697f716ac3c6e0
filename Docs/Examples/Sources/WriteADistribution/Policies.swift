import MetaTape

// snippet: policies
/// Steers a point towards one of several places, drawn again at every step.
public struct MixturePolicy: Policy {
  public let observationSize = 2
  public let actionSize = 2
  public let layout: ParameterLayout
  private let componentCount: Int

  public init(componentCount: Int = 2) {
    self.componentCount = componentCount
    layout = ParameterLayout([
      ("logits", 1, componentCount), ("targets", componentCount, 2), ("logGain", 1, 1),
      ("logStandardDeviation", 1, 2),
    ])
  }

  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    layout.vector(of: [
      "logits": Matrix(rows: 1, columns: componentCount),
      // components with equal initial values would stay equal
      "targets": Matrix(
        rows: componentCount, columns: 2,
        elements: stream.normals(2 * componentCount).map { 0.1 * $0 }),
      "logGain": Matrix([[-2]]), "logStandardDeviation": Matrix([[-2, -2]]),
    ])
  }

  public func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let (gain, targets) = (exp(tape.parameter("logGain")), tape.parameter("targets"))
    let logDeviation = tape.parameter("logStandardDeviation")
    return GaussianMixture(
      logits: tape.parameter("logits"),
      means: (0..<componentCount).map { gain * (targets.rows($0..<$0 + 1) - observations) },
      logStandardDeviations: [Variable](repeating: logDeviation, count: componentCount))
  }
}

/// Steers a point towards a place; its displacements cannot leave the square of actions.
public struct SquashedPolicy: Policy {
  public let observationSize = 2
  public let actionSize = 2
  public let layout = ParameterLayout([
    ("target", 1, 2), ("logGain", 1, 1), ("logStandardDeviation", 1, 2),
  ])

  public init() {}

  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    layout.vector(of: [
      "target": Matrix([[0, 0]]), "logGain": Matrix([[0]]),
      "logStandardDeviation": Matrix([[-0.5, -0.5]]),
    ])
  }

  public func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let gain = exp(tape.parameter("logGain"))
    return SquashedGaussian(
      mean: gain * (tape.parameter("target") - observations),
      logStandardDeviation: tape.parameter("logStandardDeviation"))
  }
}
// end snippet
