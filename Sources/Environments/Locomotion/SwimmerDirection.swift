/// A swimmer whose task is to move forwards or backwards.
///
/// Actions, observations and start are those of ``SwimmerVelocity``.
///
/// - Reward: `g v - c Σ a²` with the mean velocity `v` of the step along x.
/// - Episode end: none; truncated at the horizon, 200 steps of 0.04 s.
/// - Task: the direction `g`, -1 or 1.
/// - Source: the description of the swimmer in appendix H of the paper.
/// - Version history: 1, first version.
public struct SwimmerDirection: DirectionTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings

  /// Creates the distribution; the default control cost is that of the published code.
  public init(_ settings: LocomotionSettings = LocomotionSettings(controlCost: 1e-4)) {
    self.settings = settings
  }

  /// `swimmer-direction`
  public var name: String { "swimmer-direction" }
  /// A short description.
  public var summary: String { "A swimmer whose task is to move forwards or backwards" }
  /// The swimmer.
  public var body: LocomotionBody { .swimmer }
}
