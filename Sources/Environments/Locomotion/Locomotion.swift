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
  /// How often the physics of an environment step are repeated with one action.
  public var actionRepeat: Int
  /// What a body that can fall gets for standing, and what becomes of one that fell.
  public var health: HealthSettings

  /// Creates settings.
  public init(
    controlCost: Double, actionScale: Double = 1, clipsAction: Bool = false, horizon: Int = 200,
    solver: ConstraintSolver = .mujoco, actionRepeat: Int = 1,
    health: HealthSettings = HealthSettings()
  ) {
    require(
      horizon > 0 && actionScale > 0 && actionRepeat > 0,
      "Horizon, action scale and action repeat must be positive.")
    (self.actionRepeat, self.health) = (actionRepeat, health)
    self.controlCost = controlCost
    self.actionScale = actionScale
    self.clipsAction = clipsAction
    self.horizon = horizon
    self.solver = solver
  }
}

/// What a body that can fall gets for standing.
public struct HealthSettings: Equatable, Sendable {
  /// The reward of a step for being healthy.
  public var reward = 1.0
  /// Whether the step in which it falls gets that reward too, as in the published meta-learning tasks; not in
  /// Gymnasium's version 5.
  public var paysFall = false
  /// Whether an episode ends when the body is not healthy.
  public var terminates = true

  /// Creates settings; the defaults are Gymnasium's.
  public init(reward: Double = 1, paysFall: Bool = false, terminates: Bool = true) {
    (self.reward, self.paysFall, self.terminates) = (reward, paysFall, terminates)
  }
}

/// Tasks that reward a body for its velocity along the first axis.
///
/// A type defines its body, goals and reward; the batch of episodes is derived from them.
public protocol LocomotionTasks: BodyTasks {
  /// The reward of a step, before the control cost.
  ///
  /// - Parameters:
  ///   - velocity: of the root along the first axis, averaged over the step, in m/s.
  ///   - task: the goal.
  /// - Returns: The reward.
  func reward(velocity: Double, task: TaskParameters) -> Double
}

extension LocomotionTasks {
  /// That of the velocity along the first axis.
  public func reward(of motion: BodyMotion, task: TaskParameters) -> Double {
    reward(velocity: motion.velocity.x, task: task)
  }
}

extension LocomotionSettings {
  /// Scaling, costs, clipping and the solver, and of a body that can fall what it gets for standing.
  static func fields(of body: LocomotionBody) -> [Field<Self>] {
    body.health == nil ? fields : fields + healthFields
  }

  /// What standing gives, and for how long an action is held.
  static var healthFields: [Field<Self>] {
    [
      .count(
        "action-repeat", "The environment steps for which an action is held.", \.actionRepeat,
        atLeast: 1, atMost: 1000),
      .number(
        "healthy-reward", "The reward of a step for standing.", \.health.reward, -1e9...1e9),
      .flag(
        "pays-fall",
        "Whether the step in which the body falls gets the reward for standing too, as in the published tasks.",
        \.health.paysFall),
      .flag(
        "terminates-when-unhealthy", "Whether an episode ends when the body has fallen.",
        \.health.terminates),
    ]
  }

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
