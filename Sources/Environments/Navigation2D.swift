import Requirements

/// A point in the plane whose task is to move to a goal.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1 | displacement along x and y, after ``actionScale`` | clipped to ±0.1 |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0, 1 | position x and y | side of the square |
///
/// - Reward: ``Reward``, evaluated at the position after the step.
/// - Start: the origin.
/// - Episode end: within 0.01 of the goal in each coordinate, if ``terminatesAtGoal``; truncated at
///   ``horizon`` steps.
/// - Task: the goal `(x, y)`, uniform in the unit square around the origin.
///
/// Standing still scores `-E|goal|² = -1/6` per step with the squared distance and `-0.3826` with
/// the distance. Compare every result with these.
///
/// - Source: section 5 of the paper; variants marked `published code` are the choices of the code
///   that was published with it.
/// - Version history: 1, first version.
public struct Navigation2D: PlanarTasks, Equatable {
  /// The reward of a step.
  public enum Reward: String, CaseIterable, Sendable {
    /// `-|position - goal|²` (paper)
    case negativeSquaredDistance = "negative-squared-distance"
    /// `-|position - goal|` (published code)
    case negativeDistance = "negative-distance"
  }

  /// The reward of a step.
  public var reward: Reward
  /// Whether the position is clipped to the unit square (published code).
  public var clipsPosition: Bool
  /// Whether an episode ends at its goal (published code).
  public var terminatesAtGoal: Bool
  /// The factor of the action before clipping; 0.01 in the published code.
  public var actionScale: Double
  /// The maximum number of steps of an episode.
  public var horizon: Int

  /// Creates the distribution; the defaults are the paper's.
  public init(
    reward: Reward = .negativeSquaredDistance, clipsPosition: Bool = false,
    terminatesAtGoal: Bool = false, actionScale: Double = 1, horizon: Int = 100
  ) {
    require(horizon > 0 && actionScale > 0, "Horizon and action scale must be positive.")
    self.reward = reward
    self.clipsPosition = clipsPosition
    self.terminatesAtGoal = terminatesAtGoal
    self.actionScale = actionScale
    self.horizon = horizon
  }

  /// `navigation-2d`
  public var name: String { "navigation-2d" }
  /// The position.
  public var observationSpace: Space {
    clipsPosition ? .box(size: 2, in: -0.5...0.5) : .unbounded(size: 2)
  }
  /// The displacement, before scaling.
  public var actionSpace: Space { .box(size: 2, in: -0.1 / actionScale...0.1 / actionScale) }

  /// Draws a goal, uniform in the unit square around the origin.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [stream.uniform(in: -0.5..<0.5), stream.uniform(in: -0.5..<0.5)]
  }

  /// Creates a batch of points.
  public func makeEnvironment(count: Int) -> any Environment {
    Batch(settings: self, count: count)
  }

  private final class Batch: RestartableEnvironment {
    let settings: Navigation2D
    let count: Int
    var task: TaskParameters = [0, 0]
    /// The task of the current episodes.
    private var goal: TaskParameters = [0, 0]
    private var x: [Double]
    private var y: [Double]

    init(settings: Navigation2D, count: Int) {
      self.settings = settings
      self.count = count
      x = [Double](repeating: 0, count: count)
      y = x
    }

    func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
      require(task.count == 2, "A task of 2D navigation is a goal (x, y), not \(task).")
      goal = task
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
      let (goalX, goalY) = (goal[0], goal[1])
      for i in 0..<count {
        x[i] = moved(x[i], actions[i, 0])
        y[i] = moved(y[i], actions[i, 1])
        let (dx, dy) = (x[i] - goalX, y[i] - goalY)
        let squared = dx * dx + dy * dy
        result.rewards[i] =
          settings.reward == .negativeDistance ? -squared.squareRoot() : -squared
        result.terminated[i] =
          settings.terminatesAtGoal && dx.magnitude < 0.01 && dy.magnitude < 0.01
        (observations[i, 0], observations[i, 1]) = (x[i], y[i])
      }
    }

    private func moved(_ position: Double, _ action: Double) -> Double {
      let next = position + min(max(action * settings.actionScale, -0.1), 0.1)
      return settings.clipsPosition ? min(max(next, -0.5), 0.5) : next
    }
  }
}

extension Navigation2D {
  /// The reward of a step in which the point stays at the origin.
  public func standingStillReward(_ task: TaskParameters) -> Double? {
    require(task.count == 2, "A task of 2D navigation is a goal (x, y), not \(task).")
    let squared = task[0] * task[0] + task[1] * task[1]
    return reward == .negativeDistance ? -squared.squareRoot() : -squared
  }
}

extension Navigation2D: TaskOptions {
  /// A short description.
  public var summary: String { "A point in the plane whose task is to move to a goal" }

  /// Reward, scaling, clipping and end.
  public var fields: [Field<Self>] {
    [
      .choice("reward", "The reward of a step.", \.reward),
      .number(
        "action-scale", "Multiplies the policy's action before it is clipped.", \.actionScale,
        0...1e9, exclusive: true),
      .flag(
        "clips-position", "Whether positions are clipped to the unit square.", \.clipsPosition),
      .flag(
        "terminates-at-goal", "Whether an episode ends within 0.01 of its goal.",
        \.terminatesAtGoal),
    ]
  }

  /// The same distribution with the given horizon.
  public func makeTasks(horizon: Int) -> any TaskDistribution {
    var tasks = self
    tasks.horizon = horizon
    return tasks
  }

  /// "go to (x, y)"
  public func goal(of task: TaskParameters) -> String {
    "go to (\(task.map { "\(($0 * 100).rounded() / 100)" }.joined(separator: ", ")))"
  }
}
