/// A half-cheetah whose task is to run forwards or backwards.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1, 2 | torque of back thigh, shin, foot, times 120, 90, 60 N m | ±1 after scaling |
/// | 3, 4, 5 | torque of front thigh, shin, foot, times 120, 60, 30 N m | ±1 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | height of the torso relative to its start | m |
/// | 1 | pitch, positive nose down | rad |
/// | 2-4, 5-7 | angles of the back and the front leg: thigh, shin, foot | rad |
/// | 8, 9 | velocity of the torso along x and z | m/s |
/// | 10 | angular velocity of the torso | rad/s |
/// | 11-13, 14-16 | angular velocities of the legs | rad/s |
///
/// - Reward: `g v - c Σ a²` with the mean velocity `v` of the step along x.
/// - Start: positions uniform in ±0.1, velocities Gaussian with standard deviation 0.1.
/// - Episode end: none; truncated at the horizon, 200 steps of 0.05 s.
/// - Task: the direction `g`, -1 or 1.
/// - Source: section 5 and appendix H of the paper; body and observation of `HalfCheetah-v5`.
/// - Version history: 1, first version.
public struct HalfCheetahDirection: DirectionTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings

  /// Creates the distribution; the default control cost is that of the published code.
  public init(_ settings: LocomotionSettings = LocomotionSettings(controlCost: 0.05)) {
    self.settings = settings
  }

  /// `half-cheetah-direction`
  public var name: String { "half-cheetah-direction" }
  /// A short description.
  public var summary: String { "A half-cheetah whose task is to run forwards or backwards" }
  /// The half-cheetah.
  public var body: LocomotionBody { .halfCheetah }
}
