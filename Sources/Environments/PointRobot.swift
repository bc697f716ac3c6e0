import LinearAlgebra
import Requirements

/// A point in the plane that is rewarded near a goal, or that wind carries off.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1 | displacement along x and y, after ``actionScale`` | clipped to ±0.1 |
///
/// | observation | meaning |
/// |---|---|
/// | 0, 1 | position x and y |
///
/// - Reward: with the distance `d` to the goal after the step, `1 - d` if `d` is at most ``radius``, else 0
///   (sparse), or `-d` (dense).
/// - Start: the origin.
/// - Episode end: truncated at the horizon, 20 steps.
/// - Task: of `sparse-point-robot` the goal `(x, y)` on the upper half of the circle of radius 1, its angle uniform;
///   of `point-robot-wind` the wind, a displacement `(x, y)` that is added in every step, uniform in ±0.05, and the
///   goal is `(1, 0)`.
///
/// Standing still earns 0 with sparse rewards. The published code trains on dense rewards of its training tasks
/// and tests with sparse ones: train with ``Reward/dense`` for that.
///
/// - Source: Rakelly et al. (2019), PEARL, section 6.3 and the code that was published with it; the wind is that of
///   Li, Yang and Luo (2021), FOCAL.
/// - Version history: 1, first version.
public struct PointRobot: PlanarTasks, TaskOptions, Equatable {
  /// What differs between tasks.
  public enum Kind: Sendable {
    /// The goal.
    case goals
    /// The wind.
    case wind
  }

  /// The reward of a step.
  public enum Reward: String, CaseIterable, Sendable {
    /// `1 - d` near the goal, else 0.
    case sparse
    /// `-d`
    case dense
  }

  /// What differs between tasks.
  public let kind: Kind
  /// The reward of a step.
  public var reward: Reward
  /// The distance from the goal up to which a sparse reward is paid.
  public var radius: Double
  /// The factor of the action before clipping.
  public var actionScale: Double
  /// The maximum number of steps of an episode.
  public var horizon: Int

  /// Creates the distribution; the defaults are those of the published code, with dense rewards in wind.
  ///
  /// - Precondition: radius, action scale and horizon are positive.
  public init(
    _ kind: Kind, reward: Reward? = nil, radius: Double = 0.2, actionScale: Double = 1,
    horizon: Int = 20
  ) {
    require(
      horizon > 0 && actionScale > 0 && radius > 0,
      "Radius, horizon and action scale must be positive.")
    (self.kind, self.reward) = (kind, reward ?? (kind == .goals ? .sparse : .dense))
    (self.radius, self.actionScale, self.horizon) = (radius, actionScale, horizon)
  }

  /// `sparse-point-robot` or `point-robot-wind`
  public var name: String { kind == .goals ? "sparse-point-robot" : "point-robot-wind" }
  /// A short description.
  public var summary: String {
    switch kind {
    case .goals: "A point robot that is rewarded near a goal on a half circle"
    case .wind: "A point robot that moves to a goal against unknown wind"
    }
  }

  /// The position.
  public var observationSpace: Space { .unbounded(size: 2) }
  /// The displacement, before scaling.
  public var actionSpace: Space { .box(size: 2, in: -0.1 / actionScale...0.1 / actionScale) }

  /// A goal on the half circle, or a wind.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    switch kind {
    case .goals:
      let place = boundedSineAndCosine(Double.pi * stream.uniform())
      return [place.cosine, place.sine]
    case .wind: return [stream.uniform(in: -0.05..<0.05), stream.uniform(in: -0.05..<0.05)]
    }
  }

  /// "go to (x, y)" or "go to (1, 0) in wind (x, y)"
  public func goal(of task: TaskParameters) -> String {
    let place = task.map { "\(($0 * 1000).rounded() / 1000)" }.joined(separator: ", ")
    return kind == .goals ? "go to (\(place))" : "go to (1, 0) in wind (\(place))"
  }

  /// The goal.
  public func place(of task: TaskParameters) -> [Double] { kind == .goals ? task : [1, 0] }

  /// 1
  public var extent: Double { 1 }

  /// Reward, radius and scaling.
  public var fields: [Field<Self>] {
    [
      .choice("reward", "The reward of a step.", \.reward),
      .number(
        "radius", "The distance from the goal up to which a sparse reward is paid.", \.radius,
        0...1e9, exclusive: true),
      .number(
        "action-scale", "Multiplies the policy's action before it is clipped.", \.actionScale,
        0...1e9, exclusive: true),
    ]
  }

  /// The same distribution with the given horizon.
  public func makeTasks(horizon: Int) -> any TaskDistribution {
    var tasks = self
    tasks.horizon = horizon
    return tasks
  }
}

extension PointRobot: PointTasks {
  func course(of task: TaskParameters) -> (goal: SIMD2<Double>, drift: SIMD2<Double>) {
    require(task.count == 2, "A task of \(name) is two numbers, not \(task).")
    let numbers = SIMD2(task[0], task[1])
    return kind == .goals ? (numbers, .zero) : (SIMD2(1, 0), numbers)
  }

  func moved(_ position: Double, _ action: Double, drift: Double) -> Double {
    position + min(max(action * actionScale, -0.1), 0.1) + drift
  }

  func reward(_ dx: Double, _ dy: Double) -> Double {
    let distance = (dx * dx + dy * dy).squareRoot()
    guard reward == .sparse else { return -distance }
    return distance <= radius ? 1 - distance : 0
  }

  func ends(_ dx: Double, _ dy: Double) -> Bool { false }
}
