/// A hopper with random masses, inertias, dampings and frictions, whose task is to hop forwards.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1, 2 | torque of thigh, leg, foot, times 200 N m | ±1 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | height of the torso, 1.25 when standing | m |
/// | 1 | pitch, positive nose down | rad |
/// | 2-4 | angles of thigh, leg, foot | rad |
/// | 5, 6 | velocity of the torso along x and z, clipped to ±10 | m/s |
/// | 7-10 | angular velocities of torso and joints, clipped to ±10 | rad/s |
///
/// - Reward: `v - c Σ a² + 1` with the mean velocity `v` of the step along x; the 1 for standing is paid in
///   the step of the fall too, unlike in Gymnasium's `Hopper-v5` (`pays-fall`).
/// - Start: positions and velocities uniform in ±0.005 around standing.
/// - Episode end: when the torso is not above 0.7 m, its pitch is not between ±0.2, or another number of the
///   state is not between ±100; truncated at the horizon, 200 steps of 0.008 s.
/// - Task: the factors of ``RandomBodyTasks``; with factors of 1 it is Gymnasium's hopper.
/// - Source: `rand_param_envs`; body and observation of `Hopper-v5`.
/// - Version history: 1, first version.
public struct HopperRandomParameters: RandomBodyTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon, solver, and what standing gives.
  public var settings: LocomotionSettings
  /// The bound of the exponents.
  public var spread: Double
  /// Which inverse weights the contact solver uses.
  public var inverseWeights: InverseWeightRule

  /// Creates the distribution; the defaults are those of `rand_param_envs`.
  public init(
    _ settings: LocomotionSettings = .randomBodies, spread: Double = 3,
    inverseWeights: InverseWeightRule = .stale
  ) {
    (self.settings, self.spread) = (settings, spread)
    self.inverseWeights = inverseWeights
  }

  /// `hopper-random-parameters`
  public var name: String { "hopper-random-parameters" }
  /// A short description.
  public var summary: String {
    "A hopper of random masses, dampings and frictions that hops forwards"
  }
  /// The hopper.
  public var body: LocomotionBody { .hopper }
}

extension LocomotionSettings {
  /// Those of bodies with random parameters: the step of a fall pays for standing.
  public static let randomBodies = LocomotionSettings(
    controlCost: 1e-3, health: HealthSettings(paysFall: true))
}
