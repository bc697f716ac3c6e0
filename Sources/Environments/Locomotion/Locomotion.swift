import Requirements
import Simulator

/// The settings of all locomotion tasks: control cost, scaling of actions, horizon and solver.
public struct LocomotionSettings: Equatable, Sendable {
  /// The weight of the control cost `Σ a²`.
  public var controlCost: Double
  /// The factor of the policy's action; 0.1 in the published code.
  public var actionScale: Double
  /// Whether the scaled action is clipped to ±1 before the control cost is computed (published
  /// code). The motors always clip their controls.
  public var clipsAction: Bool
  /// The maximum number of steps of an episode.
  public var horizon: Int
  /// The solver for contact and limit forces.
  public var solver: ConstraintSolver

  /// Creates settings.
  public init(
    controlCost: Double, actionScale: Double = 1, clipsAction: Bool = false, horizon: Int = 200,
    solver: ConstraintSolver = .mujoco
  ) {
    require(horizon > 0 && actionScale > 0, "Horizon and action scale must be positive.")
    self.controlCost = controlCost
    self.actionScale = actionScale
    self.clipsAction = clipsAction
    self.horizon = horizon
    self.solver = solver
  }
}

/// A simulated body as in Gymnasium's environments.
///
/// - Source: Gymnasium 1.4.0, `HalfCheetah-v5` and `Swimmer-v5`.
public struct LocomotionBody: Sendable {
  let model: CompiledModel
  /// The physics steps of one environment step.
  let frames: Int
  /// The number of leading positions that the observation leaves out.
  let hiddenPositions: Int
  /// Whether initial velocities are Gaussian; otherwise they are uniform, like the positions.
  let hasGaussianVelocities: Bool

  /// The model as it was authored.
  public var source: PlanarModel { model.source }
  /// The duration of one environment step in seconds.
  public var timestep: Double { model.source.timestep * Double(frames) }
  var observationSize: Int { 2 * model.dofCount - hiddenPositions }

  /// The half-cheetah: 17 observations, 6 motors, 5 physics steps of 0.01 s.
  public static let halfCheetah = LocomotionBody(
    .halfCheetah, frames: 5, hiddenPositions: 1, hasGaussianVelocities: true)
  /// The swimmer: 8 observations, 2 motors, 4 physics steps of 0.01 s.
  public static let swimmer = LocomotionBody(
    .swimmer, frames: 4, hiddenPositions: 2, hasGaussianVelocities: false)

  private init(
    _ model: PlanarModel, frames: Int, hiddenPositions: Int, hasGaussianVelocities: Bool
  ) {
    do { self.model = try CompiledModel(model) } catch {
      requirementFailure("The built-in model \(model.name) is wrong: \(error)")
    }
    self.frames = frames
    self.hiddenPositions = hiddenPositions
    self.hasGaussianVelocities = hasGaussianVelocities
  }
}

/// Tasks that reward a body for its velocity along the first axis.
///
/// A type defines its body, goals and reward; the batch of episodes is derived from them.
public protocol LocomotionTasks: TaskDistribution {
  /// The simulated body.
  var body: LocomotionBody { get }
  /// Control cost, scaling, horizon and solver.
  var settings: LocomotionSettings { get set }

  /// The reward of a step, before the control cost.
  ///
  /// - Parameters:
  ///   - velocity: of the root along the first axis, averaged over the step, in m/s.
  ///   - task: the goal.
  /// - Returns: The reward.
  func reward(velocity: Double, task: TaskParameters) -> Double
}

extension LocomotionTasks {
  /// Positions without the leading ones, then velocities.
  public var observationSpace: Space { .unbounded(size: body.observationSize) }

  /// One number for each motor, before scaling.
  public var actionSpace: Space {
    let bound = 1 / settings.actionScale
    return .box(size: body.model.motorCount, in: -bound...bound)
  }

  /// The maximum number of steps of an episode.
  public var horizon: Int { settings.horizon }

  /// That of the settings.
  public var actionScale: Double { settings.actionScale }

  /// Creates a batch of bodies.
  public func makeEnvironment(count: Int) -> any Environment {
    LocomotionBatch(self, count: count)
  }
}

extension LocomotionTasks {
  /// The goal of a task with a velocity.
  static func goal(velocity: Double) -> String {
    "go at \((velocity * 1000).rounded() / 1000) m/s"
  }
}

extension LocomotionTasks where Self: TaskOptions {
  /// Those of the settings.
  public var fields: [Field<Self>] { LocomotionSettings.fields.map { $0.on(\Self.settings) } }

  /// The same distribution with the given horizon.
  public func makeTasks(horizon: Int) -> any TaskDistribution {
    var tasks = self
    tasks.settings.horizon = horizon
    return tasks
  }
}

extension LocomotionSettings {
  /// Scaling, costs, clipping and the solver.
  public static var fields: [Field<Self>] {
    [
      .number(
        "action-scale", "Multiplies the policy's action before it is clipped.", \.actionScale,
        0...1e9, exclusive: true),
      .number(
        "control-cost", "The weight of the squared controls in the reward.", \.controlCost,
        0...1e9),
      .flag(
        "clips-action", "Whether scaled actions are clipped before the control cost.",
        \.clipsAction),
      .choice(
        "solver",
        "The solver for contact and limit forces: mujoco stops where MuJoCo does, exact iterates to the minimiser.",
        \.namedSolver),
    ]
  }

  /// The stopping rule for contact and limit forces.
  fileprivate enum NamedSolver: String, CaseIterable {
    /// Where MuJoCo's default stops.
    case mujoco
    /// At the minimiser.
    case exact
  }

  fileprivate var namedSolver: NamedSolver {
    get { solver == .exact ? .exact : .mujoco }
    set { solver = newValue == .exact ? .exact : .mujoco }
  }
}
