/// A walker with random masses, inertias, dampings and frictions, whose task is to walk forwards.
///
/// Actions, observations, start and falls are those of ``Walker2DDirection``; an action is held for one
/// environment step of Gymnasium's.
///
/// - Reward: `v - c Σ a² + 1` with the mean velocity `v` of the step along x.
/// - Task: the factors of ``RandomBodyTasks``; with factors of 1 it is Gymnasium's walker.
/// - Source: `rand_param_envs`; body and observation of `Walker2d-v5`.
/// - Version history: 1, first version.
public struct Walker2DRandomParameters: RandomBodyTasks, TaskOptions, Equatable {
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

  /// `walker2d-random-parameters`
  public var name: String { "walker2d-random-parameters" }
  /// A short description.
  public var summary: String {
    "A walker of random masses, dampings and frictions that walks forwards"
  }
  /// The walker.
  public var body: LocomotionBody { .walker2d }
}
