import Requirements

/// A batch of episodes of a tabular process.
final class TabularBatch<Tasks: TabularTaskDistribution>: RestartableEnvironment {
  private let tasks: Tasks
  let count: Int
  var task: TaskParameters = []
  private var activeTask: TaskParameters = []
  /// The process of the current episodes; nil before the first reset.
  private var process: TabularMDP?
  private var states: [Int]

  init(_ tasks: Tasks, count: Int) {
    (self.tasks, self.count) = (tasks, count)
    states = [Int](repeating: 0, count: count)
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    if process == nil || task != activeTask {
      do { process = try tasks.process(of: task) } catch {
        requirementFailure("A task of \(tasks.name): \(error)")
      }
      activeTask = task
    }
    restart(Array(0..<count), into: observations, using: stream)
  }

  func restart(
    _ rows: [Int], into observations: MutableMatrixView, using stream: (Int) -> RandomStream
  ) {
    let process = activeProcess
    for i in rows {
      var stream = stream(i)
      states[i] = stream.categorical(process.initial)
      writeState(i, to: observations)
    }
  }

  func restart(
    _ rows: [Int], from given: MatrixView, observations: MutableMatrixView
  ) -> Int? {
    for i in rows {
      guard let state = Int(exactly: given[i, 0]), (0..<tasks.stateCount).contains(state)
      else { return i }
    }
    for i in rows {
      states[i] = Int(given[i, 0])
      writeState(i, to: observations)
    }
    return nil
  }

  /// The index of the state.
  var stateParts: [StatePart] { [StatePart("state", size: 1)] }

  func copyStates(into copies: MutableMatrixView) {
    for i in 0..<count { copies[i, 0] = Double(states[i]) }
  }

  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    let process = activeProcess
    for i in 0..<count {
      let (state, number) = (states[i], actions[i, 0])
      guard let action = Int(exactly: number), action >= 0 && action < process.actionCount else {
        requirementFailure(
          "There is no action \(number): actions are the indices 0 to \(process.actionCount - 1).")
      }
      var stream = stream(i)
      result.rewards[i] = process.rewardNoise.draw(
        mean: process.reward[state][action], using: &stream)
      states[i] = stream.categorical(process.transition[state][action])
      result.terminated[i] = process.isTerminal[states[i]]
      writeState(i, to: observations)
    }
  }

  private var activeProcess: TabularMDP {
    guard let process else {
      requirementFailure("Episodes of \(tasks.name) have to be reset before anything else.")
    }
    return process
  }

  private func writeState(_ i: Int, to observations: MutableMatrixView) {
    for state in 0..<tasks.stateCount { observations[i, state] = state == states[i] ? 1 : 0 }
  }
}
