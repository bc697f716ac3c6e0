import Simulator

/// Half-cheetahs with random masses, whose task is to run forwards.
///
/// Actions, observations and start are those of ``HalfCheetahDirection``.
///
/// - Reward: `v - c Σ a²` with the mean velocity `v` of the step along x.
/// - Episode end: none; truncated at the horizon, 200 steps of 0.05 s.
/// - Task: factors of the mass of each body, torso first, then the back and the front leg from thigh to foot:
///   `1.5^u` with `u` uniform in ±3 (`spread`) and fresh for each of the 7 bodies. Moments of inertia follow, as of
///   a body of another density. With factors of 1 it is Gymnasium's body.
/// - Source: the scaling of `rand_param_envs` (Rakelly et al., 2019), there of masses and inertias one by one;
///   body and observation of `HalfCheetah-v5`.
/// - Version history: 1, first version.
public struct HalfCheetahRandomMasses: LocomotionTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings
  /// The bound of the exponents of the factors.
  public var spread: Double
  /// Which inverse weights the contact solver uses.
  public var inverseWeights: InverseWeightRule

  /// Creates the distribution; the control cost is that of `rand_param_envs`.
  public init(
    _ settings: LocomotionSettings = LocomotionSettings(controlCost: 0.1), spread: Double = 3,
    inverseWeights: InverseWeightRule = .stale
  ) {
    (self.settings, self.spread) = (settings, spread)
    self.inverseWeights = inverseWeights
  }

  /// `half-cheetah-random-masses`
  public var name: String { "half-cheetah-random-masses" }
  /// A short description.
  public var summary: String { "A half-cheetah of random masses that runs forwards" }
  /// The half-cheetah with factors of 1.
  public var body: LocomotionBody { .halfCheetah }

  /// The factors of the masses.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    drawFactors(body.source.bodies.count, base: 1.5, spread: spread, using: &stream)
  }

  /// `v`
  public func reward(velocity: Double, task: TaskParameters) -> Double { velocity }

  /// "run forwards with …"
  public func goal(of task: TaskParameters) -> String {
    let factors = task.map { "\(($0 * 100).rounded() / 100)" }
    return "run forwards with masses \(factors.joined(separator: ", ")) times as large"
  }

  /// The body with the factors.
  public func model(of task: TaskParameters) throws(ModelError) -> CompiledModel? {
    var model = body.source
    try model.requireFactors(task)
    for (i, factor) in task.enumerated() where i < model.bodies.count {
      (model.bodies[i].massFactor, model.bodies[i].inertiaFactor) = (factor, factor)
    }
    return try CompiledModel(
      model, inverseWeightsOf: inverseWeights == .stale ? body.model : nil)
  }

  /// Those of the settings, the spread of the factors and the inverse weights.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields(of: body).map { $0.on(\Self.settings) } + [
      .number(
        "spread", "The bound of the exponents u of the factors, 1.5^u.", \.spread, 0...10),
      .choice(
        "inverse-weights",
        "Whether inverse weights stay those of the body as authored (stale, as with MuJoCo's Python interfaces) or are recomputed.",
        \.inverseWeights),
    ]
  }
}
