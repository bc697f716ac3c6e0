/// A hopper whose task is to hop forwards or backwards without falling.
///
/// Actions, observations, start and episode end are those of the hopper of ``RandomBodies``.
///
/// - Reward: `g v - c Σ a² + 1` with the mean velocity `v` of the step along x. The 1 for standing is paid in the
///   step of the fall too; Gymnasium's `Hopper-v5` does not pay it there (`pays-fall`).
/// - Task: the direction `g`, -1 or 1.
/// - Source: the tasks of ``Walker2DDirection`` with the body and observation of `Hopper-v5`.
/// - Version history: 1, first version.
public struct HopperDirection: DirectionTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon, solver, and what standing gives.
  public var settings: LocomotionSettings

  /// Creates the distribution; the defaults are those of the hopper of random parameters.
  public init(_ settings: LocomotionSettings = .randomBodies) { self.settings = settings }

  /// `hopper-direction`
  public var name: String { "hopper-direction" }
  /// A short description.
  public var summary: String { "A hopper whose task is to hop forwards or backwards" }
  /// The hopper.
  public var body: LocomotionBody { .hopper }
}
