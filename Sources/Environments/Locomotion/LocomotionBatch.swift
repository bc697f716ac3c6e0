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
  private let simulation: BatchSimulation
  private var controls: [Double]
  /// Of the root along the first axis before a step.
  private var positions: [Double]
  /// Of the root along the first axis, averaged over the last step.
  private var velocities: [Double]
  /// `-c Σ a²` of the last step.
  private var controlRewards: [Double]

  init(_ tasks: Tasks, count: Int) {
    self.tasks = tasks
    body = tasks.body
    self.count = count
    simulation = BatchSimulation(
      model: tasks.body.model, count: count, solver: tasks.settings.solver)
    controls = [Double](repeating: 0, count: count * tasks.body.model.motorCount)
    positions = [Double](repeating: 0, count: count)
    (velocities, controlRewards) = (positions, positions)
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    require(task.count == 1, "A task of \(tasks.name) is one number, not \(task).")
    activeTask = task
    start(0..<count, using: stream)
    simulation.clearInvalidStates()
    observe(observations)
  }

  /// Draws the states of episodes.
  private func start(_ rows: some Sequence<Int>, using stream: (Int) -> RandomStream) {
    let size = tasks.body.model.dofCount
    for i in rows {
      var stream = stream(i)
      let qpos = (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
      let qvel =
        tasks.body.hasGaussianVelocities
        ? stream.normals(size).map { 0.1 * $0 }
        : (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
      simulation.reset(environment: i, qpos: qpos, qvel: qvel)
      (velocities[i], controlRewards[i]) = (0, 0)
    }
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
      simulation.reset(
        environment: i, qpos: Array(state.prefix(size)), qvel: Array(state.suffix(size)))
      (velocities[i], controlRewards[i]) = (0, 0)
      observe(i, observations)
    }
    return nil
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
      controlRewards[i] = -settings.controlCost * cost
    }
    controls.withUnsafeBufferPointer { simulation.step(controls: $0, frames: body.frames) }
    for i in 0..<count {
      let moved = simulation.qpos(environment: i, dof: 0) - positions[i]
      velocities[i] = moved / timestep
      result.rewards[i] =
        controlRewards[i] + tasks.reward(velocity: velocities[i], task: activeTask)
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

  var infoNames: [String] { ["x_position", "x_velocity", "reward_forward", "reward_ctrl"] }

  func copyInfos(into infos: MutableMatrixView) {
    for i in 0..<count {
      infos[i, 0] = simulation.qpos(environment: i, dof: 0)
      infos[i, 1] = velocities[i]
      infos[i, 2] = tasks.reward(velocity: velocities[i], task: activeTask)
      infos[i, 3] = controlRewards[i]
    }
  }

  private func observe(_ i: Int, _ observations: MutableMatrixView) {
    let (size, hidden) = (body.model.dofCount, body.hiddenPositions)
    for dof in hidden..<size {
      observations[i, dof - hidden] = simulation.qpos(environment: i, dof: dof)
    }
    for dof in 0..<size {
      observations[i, size - hidden + dof] = simulation.qvel(environment: i, dof: dof)
    }
  }

  private func observe(_ observations: MutableMatrixView) {
    copy(skipping: tasks.body.hiddenPositions, into: observations)
  }

  private func copy(skipping hidden: Int, into rows: MutableMatrixView) {
    simulation.copyObservations(
      skipping: hidden,
      into: UnsafeMutableBufferPointer(start: rows.pointer, count: rows.count))
  }
}
