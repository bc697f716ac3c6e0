import Requirements
import Simulator

/// What the locomotion tasks share: control cost, scaling of actions, horizon and solver.
public struct LocomotionSettings: Equatable, Sendable {
  /// The weight of the control cost `Σ a²`.
  public var controlCost: Double
  /// Multiplies the policy's action; 0.1 in the published code.
  public var actionScale: Double
  /// Whether the scaled action is clipped to ±1 before the control cost is computed (published
  /// code); the motors clip theirs always.
  public var clipsAction: Bool
  /// The greatest number of steps of an episode.
  public var horizon: Int
  /// How the simulator solves for contact and limit forces.
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

/// A simulated body as Gymnasium's environments use it.
///
/// - Source: Gymnasium 1.4.0, `HalfCheetah-v5` and `Swimmer-v5`.
public struct LocomotionBody: Sendable {
  let model: CompiledModel
  /// The physics steps of one environment step.
  let frames: Int
  /// How many leading positions the observation leaves out.
  let hiddenPositions: Int
  /// Whether initial velocities are Gaussian (else uniform, as the positions).
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
      requirementFailure("The model \(model.name) that comes with the package is wrong: \(error)")
    }
    self.frames = frames
    self.hiddenPositions = hiddenPositions
    self.hasGaussianVelocities = hasGaussianVelocities
  }
}

/// Tasks in which a body is rewarded for how fast it moves along the first axis.
///
/// A task states its body, its goals and its reward; the batch of episodes follows.
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

  /// The greatest number of steps of an episode.
  public var horizon: Int { settings.horizon }

  /// That of the settings.
  public var actionScale: Double { settings.actionScale }

  /// Creates a batch of bodies.
  public func makeEnvironment(count: Int) -> any Environment {
    LocomotionBatch(self, count: count)
  }
}

extension LocomotionTasks {
  /// What a task with a velocity asks for.
  static func goal(velocity: Double) -> String {
    "go at \((velocity * 1000).rounded() / 1000) m/s"
  }
}

extension LocomotionTasks where Self: TaskOptions {
  /// Those of the settings.
  public var fields: [Field<Self>] { LocomotionSettings.fields.map { $0.on(\Self.settings) } }

  /// The same with a horizon.
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
      .flag("clips-action", "Whether scaled actions are clipped before they cost.", \.clipsAction),
      .choice(
        "solver",
        "How contact and limit forces are solved for: mujoco stops where MuJoCo does, exact goes on.",
        \.namedSolver),
    ]
  }

  /// When the iteration for contact and limit forces ends.
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

/// A batch of episodes of a locomotion task.
private final class LocomotionBatch<Tasks: LocomotionTasks>: StatefulEnvironment {
  let tasks: Tasks
  let body: LocomotionBody
  let count: Int
  var task: TaskParameters = []
  private var activeTask: TaskParameters = []
  private let simulation: BatchSimulation
  private var controls: [Double]
  private var positions: [Double]

  init(_ tasks: Tasks, count: Int) {
    self.tasks = tasks
    body = tasks.body
    self.count = count
    simulation = BatchSimulation(
      model: tasks.body.model, count: count, solver: tasks.settings.solver)
    controls = [Double](repeating: 0, count: count * tasks.body.model.motorCount)
    positions = [Double](repeating: 0, count: count)
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    require(task.count == 1, "A task of \(tasks.name) is one number, not \(task).")
    activeTask = task
    let size = tasks.body.model.dofCount
    for i in 0..<count {
      var stream = stream(i)
      let qpos = (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
      let qvel =
        tasks.body.hasGaussianVelocities
        ? stream.normals(size).map { 0.1 * $0 }
        : (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
      simulation.reset(environment: i, qpos: qpos, qvel: qvel)
    }
    simulation.clearInvalidStates()
    observe(observations)
  }

  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    let (settings, timestep) = (tasks.settings, body.timestep)
    let motors = body.model.motorCount
    require(
      actions.rows == count && actions.columns == motors,
      "\(count) bodies of \(motors) motors got actions of shape [\(actions.rows), \(actions.columns)]."
    )
    for i in 0..<count {
      var cost = 0.0
      for k in 0..<motors {
        let scaled = settings.actionScale * actions[i, k]
        let control = settings.clipsAction ? min(max(scaled, -1), 1) : scaled
        controls[i * motors + k] = control
        cost += control * control
      }
      positions[i] = simulation.qpos(environment: i, dof: 0)
      result.rewards[i] = -settings.controlCost * cost
    }
    controls.withUnsafeBufferPointer { simulation.step(controls: $0, frames: body.frames) }
    for i in 0..<count {
      let moved = simulation.qpos(environment: i, dof: 0) - positions[i]
      result.rewards[i] += tasks.reward(velocity: moved / timestep, task: activeTask)
      if result.failures[i] != nil { result.failures[i] = nil }
    }
    if !simulation.invalidStates.isEmpty {
      for failure in simulation.invalidStates {
        result.failures[failure.environment] = failure.description
      }
      simulation.clearInvalidStates()
    }
    observe(observations)
  }

  /// MuJoCo's positions and velocities.
  var stateParts: [StatePart] {
    let size = body.model.dofCount
    return [StatePart("qpos", size: size), StatePart("qvel", size: size)]
  }

  func copyStates(into states: MutableMatrixView) { copy(skipping: 0, into: states) }

  private func observe(_ observations: MutableMatrixView) {
    copy(skipping: tasks.body.hiddenPositions, into: observations)
  }

  private func copy(skipping hidden: Int, into rows: MutableMatrixView) {
    simulation.copyObservations(
      skipping: hidden,
      into: UnsafeMutableBufferPointer(start: rows.pointer, count: rows.count))
  }
}
