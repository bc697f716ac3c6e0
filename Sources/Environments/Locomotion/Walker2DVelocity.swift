/// A walker whose task is to walk at a given velocity without falling.
///
/// Actions, observations, start and episode end are those of ``Walker2DDirection``.
///
/// - Reward: `-|v - g| - c Σ a² + 15` with the mean velocity `v` of the step along x.
/// - Task: the velocity `g` in m/s, uniform in 0...10.
/// - Source: Rothfuss et al. (2019), ProMP.
/// - Version history: 1, first version.
public struct Walker2DVelocity: VelocityTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon, solver, and what standing gives.
  public var settings: LocomotionSettings
  /// The bound of the velocities, in m/s.
  public var greatestVelocity: Double

  /// Creates the distribution; the defaults are those of ProMP's code.
  public init(_ settings: LocomotionSettings? = nil, greatestVelocity: Double = 10) {
    var standard = LocomotionSettings.walkers
    standard.health.reward = 15
    (self.settings, self.greatestVelocity) = (settings ?? standard, greatestVelocity)
  }

  /// `walker2d-velocity`
  public var name: String { "walker2d-velocity" }
  /// A short description.
  public var summary: String { "A walker whose task is to walk at a given velocity" }
  /// The walker.
  public var body: LocomotionBody { .walker2d }

  /// From 0 to the greatest velocity.
  public var velocities: Range<Double> { 0..<greatestVelocity }

  /// Those of the settings, and the greatest velocity.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields(of: body).map { $0.on(\Self.settings) } + [
      .number(
        "greatest-velocity", "The bound of the velocities of tasks, in m/s.", \.greatestVelocity,
        0...1e6, exclusive: true)
    ]
  }
}
