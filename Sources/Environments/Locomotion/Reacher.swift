/// Arms of two links that reach for a target.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1 | torque of the two joints, times 200 N m | ±1 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0, 1 | cosines of the angles of the joints | |
/// | 2, 3 | their sines | |
/// | 4, 5 | angular velocities of the joints | rad/s |
/// | 6, 7 | the fingertip, x and y | m |
///
/// | with `sees-target` | meaning | unit |
/// |---|---|---|
/// | 4, 5 | the target, x and y | m |
/// | 6, 7 | angular velocities of the joints | rad/s |
/// | 8, 9 | the way from the target to the fingertip | m |
///
/// - Reward: `-d - c Σ a²` with the distance `d` from the fingertip to the target.
/// - Start: angles uniform in ±0.1, velocities in ±0.005.
/// - Episode end: none; truncated at the horizon, 50 steps of 0.02 s.
/// - Task: the target `(x, y)`, uniform in the disk of radius 0.2 m around the arm's root.
///
/// Gymnasium shows the target, so a policy needs no adaptation; here it has to be found, unless `sees-target` is
/// set. With `draws-target` every episode has a target of its own, as in Gymnasium, and the task's has no effect.
/// The place of the fingertip is that of the last evaluation of the step, as Gymnasium has it
/// (``LocomotionBody/Tip``).
///
/// - Source: body, observation and reward of `Reacher-v5`.
/// - Version history: 1, first version.
public struct Reacher: BodyTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings
  /// Whether the target is a part of the observation.
  public var seesTarget: Bool
  /// Whether every episode draws a target.
  public var drawsTarget: Bool

  /// Creates the distribution; Gymnasium's control cost is 1.
  public init(
    _ settings: LocomotionSettings = LocomotionSettings(controlCost: 1, horizon: 50),
    seesTarget: Bool = false, drawsTarget: Bool = false
  ) {
    (self.settings, self.seesTarget, self.drawsTarget) = (settings, seesTarget, drawsTarget)
  }

  /// `reacher`
  public var name: String { "reacher" }
  /// A short description.
  public var summary: String { "An arm of two links that reaches for a target" }
  /// The arm.
  public var body: LocomotionBody { seesTarget ? .reacher : .reacherInTheDark }

  /// A target, uniform in the disk.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    let target = Self.target(using: &stream)
    return [target.x, target.y]
  }

  /// The task's target, or a new one.
  public func drawTarget(
    of task: TaskParameters, using stream: inout RandomStream
  ) -> SIMD2<Double> {
    drawsTarget ? Self.target(using: &stream) : SIMD2(task[0], task[1])
  }

  private static func target(using stream: inout RandomStream) -> SIMD2<Double> {
    while true {
      let place = SIMD2(stream.uniform(in: -0.2..<0.2), stream.uniform(in: -0.2..<0.2))
      if (place * place).sum() < 0.04 { return place }
    }
  }

  /// `-d`
  public func reward(of motion: BodyMotion, task: TaskParameters) -> Double {
    let offset = motion.tip - motion.target
    return -(offset * offset).sum().squareRoot()
  }

  /// "reach for (x, y)"
  public func goal(of task: TaskParameters) -> String {
    let place = task.map { "\(($0 * 1000).rounded() / 1000)" }.joined(separator: ", ")
    return drawsTarget ? "reach for a target" : "reach for (\(place)) m"
  }

  /// Those of the settings, and what is known of the target.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields.map { $0.on(\Self.settings) } + [
      .flag(
        "sees-target", "Whether the target is observed, as in Gymnasium's Reacher.",
        \.seesTarget),
      .flag(
        "draws-target",
        "Whether every episode draws a target of its own, as in Gymnasium's Reacher.",
        \.drawsTarget),
    ]
  }
}
