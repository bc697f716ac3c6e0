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
/// - Task: the goal `(x, y)`, uniform in the unit square around the origin; of `navigation-2d-corners` one of
///   its corners, with equal probability.
///
/// Standing still scores `-E|goal|² = -1/6` per step with the squared distance and `-0.3826` with
/// the distance. Compare every result with these.
///
/// - Source: section 5 of the paper; variants marked `published code` are the choices of the code
///   that was published with it. The corners are the goals of ProMP's point environment (Rothfuss et al., 2019)
///   in this square.
/// - Version history: 1, first version.
public struct Navigation2D: PlanarTasks, Equatable {
  /// The reward of a step.
  public enum Reward: String, CaseIterable, Sendable {
    /// `-|position - goal|²` (paper)
    case negativeSquaredDistance = "negative-squared-distance"
    /// `-|position - goal|` (published code)
    case negativeDistance = "negative-distance"
  }

  /// Where goals are.
  public enum Goals: Sendable {
    /// Anywhere in the square.
    case square
    /// At one of its corners.
    case corners
  }

  /// Where goals are.
  public let goals: Goals
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
    terminatesAtGoal: Bool = false, actionScale: Double = 1, horizon: Int = 100,
    goals: Goals = .square
  ) {
    require(horizon > 0 && actionScale > 0, "Horizon and action scale must be positive.")
    self.goals = goals
    self.reward = reward
    self.clipsPosition = clipsPosition
    self.terminatesAtGoal = terminatesAtGoal
    self.actionScale = actionScale
    self.horizon = horizon
  }

  /// `navigation-2d` or `navigation-2d-corners`
  public var name: String { goals == .square ? "navigation-2d" : "navigation-2d-corners" }
  /// The position.
  public var observationSpace: Space {
    clipsPosition ? .box(size: 2, in: -0.5...0.5) : .unbounded(size: 2)
  }
  /// The displacement, before scaling.
  public var actionSpace: Space { .box(size: 2, in: -0.1 / actionScale...0.1 / actionScale) }

  /// Draws a goal, uniform in the unit square around the origin or among its corners.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    if goals == .corners {
      return [stream.uniform() < 0.5 ? -0.5 : 0.5, stream.uniform() < 0.5 ? -0.5 : 0.5]
    }
    return [stream.uniform(in: -0.5..<0.5), stream.uniform(in: -0.5..<0.5)]
  }
}

extension Navigation2D: PointTasks {
  func course(of task: TaskParameters) -> (goal: SIMD2<Double>, drift: SIMD2<Double>) {
    require(task.count == 2, "A task of 2D navigation is a goal (x, y), not \(task).")
    return (SIMD2(task[0], task[1]), .zero)
  }

  func moved(_ position: Double, _ action: Double, drift: Double) -> Double {
    let next = position + min(max(action * actionScale, -0.1), 0.1)
    return clipsPosition ? min(max(next, -0.5), 0.5) : next
  }

  func reward(_ dx: Double, _ dy: Double) -> Double {
    let squared = dx * dx + dy * dy
    return reward == .negativeDistance ? -squared.squareRoot() : -squared
  }

  func ends(_ dx: Double, _ dy: Double) -> Bool {
    terminatesAtGoal && dx.magnitude < 0.01 && dy.magnitude < 0.01
  }
}

extension Navigation2D: TaskOptions {
  /// A short description.
  public var summary: String {
    goals == .square
      ? "A point in the plane whose task is to move to a goal"
      : "A point in the plane whose task is to move to one of four corners"
  }

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
