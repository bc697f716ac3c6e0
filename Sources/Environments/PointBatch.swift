import Requirements

/// Tasks of a point in the plane that an action moves.
protocol PointTasks: TaskDistribution {
  /// The goal of a task, and what is added to the position at every step.
  ///
  /// - Precondition: the task has two numbers.
  func course(of task: TaskParameters) -> (goal: SIMD2<Double>, drift: SIMD2<Double>)
  /// A coordinate after an action.
  func moved(_ position: Double, _ action: Double, drift: Double) -> Double
  /// The reward of a step that ends with an offset from the goal.
  func reward(_ dx: Double, _ dy: Double) -> Double
  /// Whether an episode ends with an offset from the goal.
  func ends(_ dx: Double, _ dy: Double) -> Bool
}

extension PointTasks {
  /// A batch of points.
  public func makeEnvironment(count: Int) -> any Environment { PointBatch(self, count: count) }

  /// The mean reward of a step in which the action is zero.
  public func standingStillReward(_ task: TaskParameters) -> Double? {
    let (goal, drift) = course(of: task)
    guard drift != .zero else { return reward(goal.x, goal.y) }
    var (x, y, sum) = (0.0, 0.0, 0.0)
    for _ in 0..<horizon {
      (x, y) = (moved(x, 0, drift: drift.x), moved(y, 0, drift: drift.y))
      sum += reward(x - goal.x, y - goal.y)
    }
    return sum / Double(horizon)
  }
}

/// A batch of points in the plane.
final class PointBatch<Tasks: PointTasks>: RestartableEnvironment {
  private let tasks: Tasks
  let count: Int
  var task: TaskParameters = [0, 0]
  /// Those of the task of the current episodes.
  private var goal = SIMD2<Double>.zero
  private var drift = SIMD2<Double>.zero
  private var x: [Double]
  private var y: [Double]

  init(_ tasks: Tasks, count: Int) {
    (self.tasks, self.count) = (tasks, count)
    x = [Double](repeating: 0, count: count)
    y = x
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    require(task.count == 2, "A task of \(tasks.name) is two numbers, not \(task).")
    (goal, drift) = tasks.course(of: task)
    restart(Array(0..<count), into: observations, using: stream)
  }

  func restart(
    _ rows: [Int], into observations: MutableMatrixView, using stream: (Int) -> RandomStream
  ) {
    for i in rows {
      (x[i], y[i]) = (0, 0)
      (observations[i, 0], observations[i, 1]) = (0, 0)
    }
  }

  func restart(
    _ rows: [Int], from states: MatrixView, observations: MutableMatrixView
  ) -> Int? {
    for i in rows {
      (x[i], y[i]) = (states[i, 0], states[i, 1])
      (observations[i, 0], observations[i, 1]) = (x[i], y[i])
    }
    return nil
  }

  var stateParts: [StatePart] { [StatePart("position", size: 2)] }

  func copyStates(into states: MutableMatrixView) {
    for i in 0..<count { (states[i, 0], states[i, 1]) = (x[i], y[i]) }
  }

  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    for i in 0..<count {
      x[i] = tasks.moved(x[i], actions[i, 0], drift: drift.x)
      y[i] = tasks.moved(y[i], actions[i, 1], drift: drift.y)
      let (dx, dy) = (x[i] - goal.x, y[i] - goal.y)
      result.rewards[i] = tasks.reward(dx, dy)
      result.terminated[i] = tasks.ends(dx, dy)
      (observations[i, 0], observations[i, 1]) = (x[i], y[i])
    }
  }
}
