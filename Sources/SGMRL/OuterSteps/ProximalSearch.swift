import Components
import LinearAlgebra
import MessagePassing
import Requirements

/// Proximal meta-policy search (ProMP): several steps of Adam on the same chains, along exact gradients of
/// the clipped likelihood-ratio objective after adaptation, less a penalty on how far the policies that
/// drew the inner batches have moved.
///
/// The objective of a chain is `Σ_n min(w ρ, w clip(ρ)) - Σ_t η_t KL_t`. The inner steps are retaken
/// with likelihood ratios, which have the low-variance curvature in their second derivative: the first
/// gradient is that of the estimator `lvc`. It is the step's own; no other estimator's takes part.
///
/// - Source: Rothfuss et al. (2019), "ProMP: proximal meta-policy search", algorithm 1.
public struct ProximalSearch: OuterStep {
  /// The settings.
  public let options: ProximalSearchOptions
  /// The steps of Adam.
  private var adam: Adam
  /// The penalties `η_t` of the inner steps; empty before the first step.
  public private(set) var penalties: [Double] = []

  /// Creates a step that has been taken no time.
  public init(_ options: ProximalSearchOptions = ProximalSearchOptions()) {
    self.options = options
    adam = Adam(stepSize: options.decay.stepSize, decayTime: options.decay.decayTimeOrInfinity)
  }

  /// Name and settings.
  public var summary: String {
    let clip = options.clip > 0 ? "clip \(options.clip)" : "no clipping"
    let target =
      options.target > 0 ? "adapted to a divergence of \(options.target)" : "that stays"
    return
      "promp with \(options.steps) steps of \(adam.summary), \(clip), a penalty of \(options.penalty) \(target)"
  }

  /// The state of Adam and the penalties.
  public var state: NamedArrays {
    var state = adam.state
    if !penalties.isEmpty { state["penalties"] = penalties }
    return state
  }

  /// Takes over the state of Adam and the penalties.
  public mutating func restore(
    _ state: NamedArrays, layout: ParameterLayout
  ) throws(TrainingError) {
    try adam.restore(state, layout: layout)
    penalties = state["penalties"] ?? []
  }

  /// Takes the steps.
  ///
  /// The report's gradient is the first one. Its values: `gain` is how much the outer objective grew
  /// up to the last gradient; `kl` the mean divergence of the policies that drew the inner batches there, in
  /// nats; `penalty` the mean of the penalties that it was taken with.
  public mutating func step(
    _ parameters: inout MetaParameters, on batch: some MetaBatch
  ) async throws -> OuterStepReport {
    var (first, values) = ([Double](), [String: Double]())
    var (divergences, start) = ([Double](), 0.0)
    // one objective more than steps: it says how far the last step went
    for index in 0...options.steps {
      let found = try await batch.mean(
        of: ProximalRequest(
          policy: parameters.policy, objective: options.objective, penalties: penalties,
          penalty: options.penalty))
      let gradient = Array(found.suffix(parameters.policyCount))
      divergences = Array(found[1..<found.count - gradient.count])
      if penalties.isEmpty { penalties = divergences.map { _ in options.penalty } }
      if index == 0 { (first, start) = (gradient, found[0]) }
      values["gain"] = found[0] - start
      if index < options.steps {
        var policy = parameters.policy
        adam.step(&policy, along: gradient)
        parameters.policy = policy
      }
    }
    let count = Double(max(1, penalties.count))
    values["kl"] = divergences.reduce(0, +) / count
    values["penalty"] = penalties.reduce(0, +) / count
    adapt(divergences)
    return OuterStepReport(gradient: first, values: values)
  }

  /// Halves the penalties of divergences well below the target, and doubles those well above.
  private mutating func adapt(_ divergences: [Double]) {
    guard options.target > 0 else { return }
    for t in penalties.indices {
      if divergences[t] < options.target / 1.5 { penalties[t] /= 2 }
      if divergences[t] > options.target * 1.5 { penalties[t] *= 2 }
    }
  }
}

/// The options of ProMP; the defaults are those of its publication.
public struct ProximalSearchOptions: OuterStepOptions {
  /// The step size of Adam.
  public var decay = StepSizeDecay(1e-3)
  /// The steps of Adam on the same chains.
  public var steps = 5
  /// How far a likelihood ratio may go from 1; 0 does not clip.
  public var clip = 0.3
  /// The penalty `η` at the start, in units of the objective a nat.
  public var penalty = 5e-4
  /// The divergence to which penalties are adapted, in nats; 0 keeps the penalty.
  public var target = 0.0

  /// Creates the defaults.
  public init() {}

  /// `promp`
  public var name: String { "promp" }
  /// What it is.
  public var summary: String {
    "ProMP: several Adam steps on clipped likelihood ratios after adaptation, with a penalty on the divergence"
  }
  /// The steps, the clipping and the penalty.
  public var fields: [Field<Self>] {
    StepSizeDecay.fields.map { $0.on(\.decay) } + [
      .count(
        "steps", "The steps of Adam on the same chains.", \.steps, atLeast: 1, atMost: 1000),
      .number(
        "clip", "How far a likelihood ratio may go from 1; 0 for no clipping.", \.clip, 0...1e9,
        symbol: "ε"),
      .number(
        "kl-penalty", "The penalty on the divergence of the policies that draw the inner batches.",
        \.penalty, 0...1e9, symbol: "η"),
      .number(
        "kl-target",
        "The divergence, in nats, to which penalties adapt by factors of 2; 0 keeps them.",
        \.target, 0...1e9),
    ]
  }

  /// The objective of the outer batch.
  var objective: any SampleObjective {
    clip > 0 ? ClippedLikelihoodRatio(clip: clip) : LikelihoodRatio()
  }

  /// Makes the step.
  public func makeOuterStep() -> any OuterStep { ProximalSearch(self) }

  /// Refuses estimators whose gradient the step would not follow.
  public func validate(_ estimator: Estimator) throws(ConfigurationError) {
    guard estimator.name == Estimator.lvc.name else {
      throw ConfigurationError(
        description:
          "promp follows the gradient of its own objective, which begins with that of lvc, and would ignore the estimator \(estimator.name): set estimator: lvc, or use another outer step."
      )
    }
  }
}
