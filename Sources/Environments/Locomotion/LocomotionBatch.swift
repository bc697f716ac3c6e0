import Requirements
import Simulator

/// A batch of episodes of a simulated body: the tasks, and the episodes of the body without them.
final class LocomotionBatch<Tasks: BodyTasks>: StatefulEnvironment, RestartableEnvironment,
  InformativeEnvironment
{
  let tasks: Tasks
  let count: Int
  var task: TaskParameters = []
  private var activeTask: TaskParameters = []
  private let episodes: BodyEpisodes

  init(_ tasks: Tasks, count: Int) {
    self.tasks = tasks
    self.count = count
    episodes = BodyEpisodes(tasks.body, tasks.settings, count: count)
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    if task != activeTask { take(task) }
    start(episodes.everyRow, using: stream)
    episodes.forgetFailures()
    episodes.observe(observations)
  }

  /// Makes a task the one of the episodes, with its body if it has one of its own.
  private func take(_ task: TaskParameters) {
    if let objection = tasks.objectionToNumbers(of: task) {
      requirementFailure("A task of \(tasks.name): \(objection)")
    }
    do {
      if let model = try tasks.model(of: task) { episodes.take(model) }
    } catch { requirementFailure("A task of \(tasks.name): \(error)") }
    activeTask = task
  }

  /// Draws the states of episodes.
  private func start(_ rows: [Int], using stream: (Int) -> RandomStream) {
    let body = episodes.body
    for i in rows {
      var stream = stream(i)
      let (qpos, qvel) = body.drawStart(using: &stream)
      episodes.begin(
        i, qpos, qvel,
        target: body.hasTarget ? tasks.drawTarget(of: activeTask, using: &stream) : .zero)
    }
  }

  func restart(
    _ rows: [Int], into observations: MutableMatrixView, using stream: (Int) -> RandomStream
  ) {
    start(rows, using: stream)
    episodes.observe(rows, observations)
  }

  func restart(
    _ rows: [Int], from states: MatrixView, observations: MutableMatrixView
  ) -> Int? {
    let body = episodes.body
    let (size, whole) = (body.model.dofCount, body.stateSize)
    // a target does not move
    for i in rows where (whole + size..<2 * whole).contains(where: { states[i, $0] != 0 }) {
      return i
    }
    for i in rows {
      let state = UnsafeBufferPointer(start: states.row(i), count: 2 * whole)
      let target = body.hasTarget ? SIMD2(state[size], state[size + 1]) : .zero
      episodes.begin(
        i, Array(state[..<size]), Array(state[whole..<whole + size]), target: target)
    }
    episodes.observe(rows, observations)
    return nil
  }

  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    episodes.advance(actions)
    for i in 0..<count {
      episodes.pay(i, tasks.reward(of: episodes.motion(i), task: activeTask))
    }
    episodes.settle(&result)
    episodes.observe(observations)
  }

  /// The positions and velocities of MuJoCo; a target's come behind the body's.
  var stateParts: [StatePart] {
    let size = episodes.body.stateSize
    return [StatePart("qpos", size: size), StatePart("qvel", size: size)]
  }

  func copyStates(into states: MutableMatrixView) { episodes.copyStates(into: states) }

  var infoNames: [String] { episodes.body.infos.map(\.name) }

  func copyInfos(into infos: MutableMatrixView) { episodes.copyInfos(into: infos) }
}
