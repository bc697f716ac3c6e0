/// A walker whose task is to walk forwards or backwards without falling.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1, 2 | torque of the right thigh, leg, foot, times 100 N m | ±1 after scaling |
/// | 3, 4, 5 | the same of the left leg | ±1 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | height of the torso, 1.25 when standing | m |
/// | 1 | pitch, positive nose down | rad |
/// | 2-4, 5-7 | angles of the right and the left leg: thigh, leg, foot | rad |
/// | 8, 9 | velocity of the torso along x and z, clipped to ±10 | m/s |
/// | 10-16 | angular velocities of torso and joints, clipped to ±10 | rad/s |
///
/// - Reward: `g v - c Σ a² + 1` with the mean velocity `v` of the step along x. The 1 for standing is paid
///   in the step of the fall too, as in ProMP's code; Gymnasium's `Walker2d-v5` does not pay it there
///   (`pays-fall`).
/// - Start: positions and velocities uniform in ±0.005 around standing.
/// - Episode end: when the torso is not between 0.8 and 2 m high, or its pitch is not between ±1; truncated
///   at the horizon, 200 steps of 0.016 s, in which an action is held for two environment steps of
///   Gymnasium's (`action-repeat`).
/// - Task: the direction `g`, -1 or 1.
/// - Source: Rothfuss et al. (2019), ProMP; body and observation of `Walker2d-v5`.
/// - Version history: 1, first version.
public struct Walker2DDirection: DirectionTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon, solver, and what standing gives.
  public var settings: LocomotionSettings

  /// Creates the distribution; the defaults are those of ProMP's code.
  public init(_ settings: LocomotionSettings = .walkers) { self.settings = settings }

  /// `walker2d-direction`
  public var name: String { "walker2d-direction" }
  /// A short description.
  public var summary: String { "A walker whose task is to walk forwards or backwards" }
  /// The walker.
  public var body: LocomotionBody { .walker2d }
}

extension LocomotionSettings {
  /// Those of ProMP's walkers: an action is held for 0.016 s, and the step of a fall pays for standing.
  public static let walkers = LocomotionSettings(
    controlCost: 1e-3, actionRepeat: 2, health: HealthSettings(paysFall: true))
}
