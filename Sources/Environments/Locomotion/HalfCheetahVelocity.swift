/// A half-cheetah whose task is to run at a given velocity.
///
/// Actions, observations and start are those of ``HalfCheetahDirection``.
///
/// - Reward: `-|v - g| - c Σ a²` with the mean velocity `v` of the step along x.
/// - Episode end: none; truncated at the horizon, 200 steps of 0.05 s.
/// - Task: the velocity `g` in m/s, uniform in 0...3; 0...2 in the code of MAML (``greatestVelocity``).
/// - Source: section 5 and appendix H of the paper.
/// - Version history: 1, first version.
public struct HalfCheetahVelocity: VelocityTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings
  /// The bound of the velocities, in m/s.
  public var greatestVelocity: Double

  /// Creates the distribution; the default control cost is that of the published code.
  public init(
    _ settings: LocomotionSettings = LocomotionSettings(controlCost: 0.05),
    greatestVelocity: Double = 3
  ) {
    (self.settings, self.greatestVelocity) = (settings, greatestVelocity)
  }

  /// `half-cheetah-velocity`
  public var name: String { "half-cheetah-velocity" }
  /// A short description.
  public var summary: String { "A half-cheetah whose task is to run at a given velocity" }
  /// The half-cheetah.
  public var body: LocomotionBody { .halfCheetah }

  /// From 0 to the greatest velocity.
  public var velocities: Range<Double> { 0..<greatestVelocity }

  /// Those of the settings, and the greatest velocity.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields.map { $0.on(\Self.settings) } + [
      Field.number(
        "greatest-velocity", "The bound of the velocities of tasks, in m/s.", \.greatestVelocity,
        0...1e6, exclusive: true
      ).neutral { $0.greatestVelocity == 3 }
    ]
  }
}
