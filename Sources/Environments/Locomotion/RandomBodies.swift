import CLibrary
import Simulator

/// Tasks whose bodies have random masses, inertias, dampings and frictions.
///
/// A task is a list of factors: of the mass of each body, of its moment of inertia, of the damping of each
/// joint behind the root's, of the sliding friction of the ground and of each geom. Factors of masses,
/// inertias and frictions are `1.5^u`, of dampings `1.3^u`, with `u` uniform in ±3 and fresh for every number.
///
/// - Source: Rothfuss et al. (2019) and Rakelly et al. (2019), `rand_param_envs`.
public protocol RandomBodyTasks: LocomotionTasks {
  /// The bound of the exponents.
  var spread: Double { get set }
  /// Which inverse weights the contact solver uses.
  var inverseWeights: InverseWeightRule { get set }
}

/// What becomes of the inverse weights of bodies and joints, on which the softness of constraints depends, when
/// masses change.
public enum InverseWeightRule: String, CaseIterable, Sendable {
  /// Those of the body as authored stay, as in code that assigns masses to a compiled model of MuJoCo.
  case stale
  /// They are computed anew.
  case recomputed
}

extension RandomBodyTasks {
  /// Factors, drawn in their order.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    let sizes = FactorSizes(body.source)
    func factors(_ count: Int, _ base: Double) -> [Double] {
      (0..<count).map { _ in
        CLibrary.pow(base, spread > 0 ? stream.uniform(in: -spread..<spread) : 0)
      }
    }
    return factors(2 * sizes.bodies, 1.5) + factors(sizes.joints, 1.3)
      + factors(1 + sizes.geoms, 1.5)
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
    for (i, factor) in task.enumerated() where !(factor > 0 && factor < 1e6) {
      throw ModelError(
        model: model.name, part: "factor \(i)", problem: "\(factor) is not between 0 and 1e6",
        advice: "factors multiply masses, inertias, dampings and frictions")
    }
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

extension RandomBodyTasks where Self: TaskOptions {
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
