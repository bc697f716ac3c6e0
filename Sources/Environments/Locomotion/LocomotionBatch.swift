import Requirements
import Simulator

/// A batch of episodes of a locomotion task.
final class LocomotionBatch<Tasks: LocomotionTasks>: StatefulEnvironment,
  RestartableEnvironment, InformativeEnvironment
{
  let tasks: Tasks
  let body: LocomotionBody
  let count: Int
  var task: TaskParameters = []
  private var activeTask: TaskParameters = []
  private var simulation: BatchSimulation
  private var controls: [Double]
  /// Of the root before a step.
  private var positions: [SIMD2<Double>]
  /// Of the root, averaged over the last step.
  private var velocities: [SIMD2<Double>]
  /// `-c Σ a²` of the last step.
  private var controlRewards: [Double]
  /// What the last step gave for standing.
  private var healthRewards: [Double]
  /// The physics steps of an environment step, and their duration.
  private let frames: Int
  private let timestep: Double

  init(_ tasks: Tasks, count: Int) {
    self.tasks = tasks
    body = tasks.body
    self.count = count
    frames = body.frames * tasks.settings.actionRepeat
    timestep = body.timestep * Double(tasks.settings.actionRepeat)
    simulation = BatchSimulation(
      model: tasks.body.model, count: count, solver: tasks.settings.solver)
    controls = [Double](repeating: 0, count: count * tasks.body.model.motorCount)
    positions = [SIMD2](repeating: .zero, count: count)
    velocities = positions
    controlRewards = [Double](repeating: 0, count: count)
    healthRewards = controlRewards
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    if task != activeTask { take(task) }
    start(0..<count, using: stream)
    simulation.clearInvalidStates()
    observe(observations)
  }

  /// Makes a task the one of the episodes, with its body if it has one of its own.
  private func take(_ task: TaskParameters) {
    if let objection = tasks.objectionToNumbers(of: task) {
      requirementFailure("A task of \(tasks.name): \(objection)")
    }
    do {
      if let model = try tasks.model(of: task) {
        simulation = BatchSimulation(model: model, count: count, solver: tasks.settings.solver)
      }
    } catch { requirementFailure("A task of \(tasks.name): \(error)") }
    activeTask = task
  }

  /// Draws the states of episodes.
  private func start(_ rows: some Sequence<Int>, using stream: (Int) -> RandomStream) {
    for i in rows {
      var stream = stream(i)
      let (qpos, qvel) = body.drawStart(using: &stream)
      begin(i, qpos, qvel)
    }
  }

  private func begin(_ i: Int, _ qpos: [Double], _ qvel: [Double]) {
    simulation.reset(environment: i, qpos: qpos, qvel: qvel)
    (velocities[i], controlRewards[i], healthRewards[i]) = (.zero, 0, 0)
  }

  func restart(
    _ rows: [Int], into observations: MutableMatrixView, using stream: (Int) -> RandomStream
  ) {
    start(rows, using: stream)
    for i in rows { observe(i, observations) }
  }

  func restart(
    _ rows: [Int], from states: MatrixView, observations: MutableMatrixView
  ) -> Int? {
    let size = tasks.body.model.dofCount
    for i in rows {
      let state = UnsafeBufferPointer(start: states.row(i), count: 2 * size)
      begin(i, Array(state.prefix(size)), Array(state.suffix(size)))
      observe(i, observations)
    }
    return nil
  }

  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    let settings = tasks.settings
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
      positions[i] = root(i)
      controlRewards[i] = -settings.controlCost * cost
    }
    controls.withUnsafeBufferPointer { simulation.step(controls: $0, frames: frames) }
    for i in 0..<count {
      velocities[i] = (root(i) - positions[i]) / timestep
      result.rewards[i] =
        controlRewards[i] + tasks.reward(velocity: velocities[i].x, task: activeTask)
      if let health = body.health {
        let isHealthy = health.holds(simulation, i)
        healthRewards[i] = isHealthy || settings.health.paysFall ? settings.health.reward : 0
        result.rewards[i] += healthRewards[i]
        result.terminated[i] = settings.health.terminates && !isHealthy
      }
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

  /// The positions and velocities of MuJoCo.
  var stateParts: [StatePart] {
    let size = body.model.dofCount
    return [StatePart("qpos", size: size), StatePart("qvel", size: size)]
  }

  func copyStates(into states: MutableMatrixView) { copy(skipping: 0, into: states) }

  private func root(_ i: Int) -> SIMD2<Double> {
    SIMD2(simulation.qpos(environment: i, dof: 0), simulation.qpos(environment: i, dof: 1))
  }

  var infoNames: [String] {
    var names = ["x_position", "x_velocity", "reward_forward", "reward_ctrl"]
    if body.health != nil { names += ["z_distance_from_origin", "reward_survive"] }
    if isSeenFromAbove { names += ["y_position", "y_velocity", "distance_from_origin"] }
    return names
  }

  private var isSeenFromAbove: Bool { body.source.plane == .horizontal }

  func copyInfos(into infos: MutableMatrixView) {
    let height = body.model.referencePositions[1]
    for i in 0..<count {
      let place = root(i)
      infos[i, 0] = place.x
      infos[i, 1] = velocities[i].x
      infos[i, 2] = tasks.reward(velocity: velocities[i].x, task: activeTask)
      infos[i, 3] = controlRewards[i]
      if body.health != nil {
        (infos[i, 4], infos[i, 5]) = (place.y - height, healthRewards[i])
      } else if isSeenFromAbove {
        (infos[i, 4], infos[i, 5]) = (place.y, velocities[i].y)
        infos[i, 6] = (place * place).sum().squareRoot()
      }
    }
  }

  private func observe(_ i: Int, _ observations: MutableMatrixView) {
    let (size, hidden) = (body.model.dofCount, body.hiddenPositions)
    for dof in hidden..<size {
      observations[i, dof - hidden] = simulation.qpos(environment: i, dof: dof)
    }
    for dof in 0..<size {
      observations[i, size - hidden + dof] = seen(simulation.qvel(environment: i, dof: dof))
    }
  }

  private func observe(_ observations: MutableMatrixView) {
    copy(skipping: body.hiddenPositions, into: observations)
    guard body.velocityBound.isFinite else { return }
    for i in 0..<count {
      for k in body.model.dofCount - body.hiddenPositions..<observations.columns {
        observations[i, k] = seen(observations[i, k])
      }
    }
  }

  /// A velocity as it is observed.
  private func seen(_ velocity: Double) -> Double {
    min(max(velocity, -body.velocityBound), body.velocityBound)
  }

  private func copy(skipping hidden: Int, into rows: MutableMatrixView) {
    simulation.copyObservations(
      skipping: hidden,
      into: UnsafeMutableBufferPointer(start: rows.pointer, count: rows.count))
  }
}
