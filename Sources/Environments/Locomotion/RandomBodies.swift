import Simulator

/// Walkers or hoppers with random masses, inertias, dampings and frictions, whose task is to go forwards.
///
/// Actions, observations, start and falls of the walker are those of ``Walker2DDirection``. The hopper's are
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1, 2 | torque of thigh, leg, foot, times 200 N m | ±1 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | height of the torso, 1.25 when standing | m |
/// | 1 | pitch, positive nose down | rad |
/// | 2-4 | angles of thigh, leg, foot | rad |
/// | 5, 6 | velocity of the torso along x and z, clipped to ±10 | m/s |
/// | 7-10 | angular velocities of torso and joints, clipped to ±10 | rad/s |
///
/// - Reward: `v - c Σ a² + 1` with the mean velocity `v` of the step along x; the 1 for standing is paid in
///   the step of the fall too, unlike in Gymnasium's version 5 (`pays-fall`).
/// - Start: positions and velocities uniform in ±0.005 around standing.
/// - Episode end: the hopper falls when the torso is not above 0.7 m, its pitch is not between ±0.2, or another
///   number of the state is not between ±100; truncated at the horizon, 200 steps of 0.008 s.
/// - Task: factors of the mass of each body, of its moment of inertia, of the damping of each joint behind the
///   root's, of the sliding friction of the ground and of each geom. Factors of masses, inertias and frictions
///   are `1.5^u`, of dampings `1.3^u`, with `u` uniform in ±3 and fresh for every number. With factors of 1 it
///   is Gymnasium's body.
/// - Source: `rand_param_envs` (Rakelly et al., 2019); bodies and observations of `Walker2d-v5` and `Hopper-v5`.
/// - Version history: 1, first version.
public struct RandomBodies: LocomotionTasks, TaskOptions, Equatable {
  /// Which body.
  public enum Kind: String, Sendable {
    /// The walker.
    case walker2d
    /// The hopper.
    case hopper
  }

  /// Which body.
  public let kind: Kind
  /// Control cost, scaling, horizon, solver, and what standing gives.
  public var settings: LocomotionSettings
  /// The bound of the exponents.
  public var spread: Double
  /// Which inverse weights the contact solver uses.
  public var inverseWeights: InverseWeightRule

  /// Creates the distribution; the defaults are those of `rand_param_envs`.
  public init(
    _ kind: Kind, _ settings: LocomotionSettings = .randomBodies, spread: Double = 3,
    inverseWeights: InverseWeightRule = .stale
  ) {
    (self.kind, self.settings) = (kind, settings)
    (self.spread, self.inverseWeights) = (spread, inverseWeights)
  }

  /// `walker2d-random-parameters` or `hopper-random-parameters`
  public var name: String { "\(kind.rawValue)-random-parameters" }
  /// A short description.
  public var summary: String {
    switch kind {
    case .walker2d: "A walker of random masses, dampings and frictions that walks forwards"
    case .hopper: "A hopper of random masses, dampings and frictions that hops forwards"
    }
  }
  /// The body with factors of 1.
  public var body: LocomotionBody {
    switch kind {
    case .walker2d: .walker2d
    case .hopper: .hopper
    }
  }

  /// Factors, drawn in their order.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    let sizes = FactorSizes(body.source)
    return drawFactors(2 * sizes.bodies, base: 1.5, spread: spread, using: &stream)
      + drawFactors(sizes.joints, base: 1.3, spread: spread, using: &stream)
      + drawFactors(1 + sizes.geoms, base: 1.5, spread: spread, using: &stream)
  }

  /// `v`
  public func reward(velocity: Double, task: TaskParameters) -> Double { velocity }

  /// "walk forwards with …"
  public func goal(of task: TaskParameters) -> String {
    let masses = task.prefix(FactorSizes(body.source).bodies)
    let mean = masses.reduce(0, +) / Double(max(1, masses.count))
    return "go forwards with masses \((mean * 100).rounded() / 100) times as large on average"
  }

  /// The body with the factors.
  public func model(of task: TaskParameters) throws(ModelError) -> CompiledModel? {
    let sizes = FactorSizes(body.source)
    var model = body.source
    try model.requireFactors(task)
    var rest = task[...]
    func take(_ count: Int) -> [Double] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let (masses, inertias) = (take(sizes.bodies), take(sizes.bodies))
    let (dampings, frictions) = (take(sizes.joints), take(1 + sizes.geoms))
    model.ground?.contact?.friction *= frictions[0]
    var geom = 0
    for i in model.bodies.indices {
      (model.bodies[i].massFactor, model.bodies[i].inertiaFactor) = (masses[i], inertias[i])
      if i > 0 { model.bodies[i].hinge.damping *= dampings[i - 1] }
      for j in model.bodies[i].geoms.indices {
        geom += 1
        model.bodies[i].geoms[j].contact?.friction *= frictions[geom]
      }
    }
    return try CompiledModel(
      model, inverseWeightsOf: inverseWeights == .stale ? body.model : nil)
  }

  /// Those of the settings, the spread of the factors and the inverse weights.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields(of: body).map { $0.on(\Self.settings) } + [
      .number(
        "spread", "The bound of the exponents of the factors: 1.5^u, of dampings 1.3^u.", \.spread,
        0...10),
      .choice(
        "inverse-weights",
        "Whether inverse weights stay those of the body as authored (stale, as with MuJoCo's Python interfaces) or are recomputed.",
        \.inverseWeights),
    ]
  }
}

extension LocomotionSettings {
  /// Those of bodies with random parameters: the step of a fall pays for standing.
  public static let randomBodies = LocomotionSettings(
    controlCost: 1e-3, health: HealthSettings(paysFall: true))
}

/// What becomes of the inverse weights of bodies and joints, on which the softness of constraints depends, when
/// masses change.
public enum InverseWeightRule: String, CaseIterable, Sendable {
  /// Those of the body as authored stay, as in code that assigns masses to a compiled model of MuJoCo.
  case stale
  /// They are computed anew.
  case recomputed
}

/// How many numbers a body's factors are.
private struct FactorSizes {
  let bodies, joints, geoms: Int

  init(_ model: PlanarModel) {
    bodies = model.bodies.count
    joints = bodies - 1
    geoms = model.bodies.reduce(0) { $0 + $1.geoms.count }
  }
}
