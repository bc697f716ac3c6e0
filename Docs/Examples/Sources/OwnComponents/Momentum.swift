import MetaTape

/// Gradient ascent with momentum: `u ← μ u + g`, `θ ← θ + β u`.
struct Momentum: OuterStep {
  let stepSize: Double
  let momentum: Double
  private var velocity: [Double] = []

  init(stepSize: Double, momentum: Double) {
    (self.stepSize, self.momentum) = (stepSize, momentum)
  }

  var summary: String { "momentum \(momentum) with step size \(stepSize)" }

  var state: NamedArrays {
    var state = NamedArrays()
    state["velocity"] = velocity
    return state
  }

  mutating func restore(
    _ state: NamedArrays, layout: ParameterLayout
  ) throws(TrainingError) {
    guard let velocity = state["velocity"], [0, layout.count].contains(velocity.count) else {
      throw TrainingError(description: "The state of the momentum step has no velocity that fits.")
    }
    self.velocity = velocity
  }

  mutating func step(
    _ parameters: inout MetaParameters, on batch: some MetaBatch
  ) async throws -> OuterStepReport {
    let gradient = try await batch.meanGradient()
    if velocity.isEmpty { velocity = gradient.map { _ in 0 } }
    for i in gradient.indices {
      velocity[i] = momentum * velocity[i] + gradient[i]
      parameters.values[i] += stepSize * velocity[i]
    }
    return OuterStepReport(gradient: gradient)
  }
}

/// The options of ``Momentum``.
struct MomentumOptions: OuterStepOptions {
  /// `β`
  var stepSize = 0.01
  /// `μ`
  var momentum = 0.9

  let name = "momentum"
  let summary = "Gradient ascent with momentum"
  var fields: [Field<Self>] {
    [
      .number("step-size", "The outer step size.", \.stepSize, 0...1e9, symbol: "β"),
      .number("momentum", "The fraction of the last step that is kept.", \.momentum, 0...1),
    ]
  }

  func makeOuterStep() -> any OuterStep { Momentum(stepSize: stepSize, momentum: momentum) }
}
