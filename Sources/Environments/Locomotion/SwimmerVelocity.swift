/// A swimmer whose task is to move at a given velocity.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0, 1 | torque of the two joints, times 150 N m | ±1 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | heading of the first link | rad |
/// | 1, 2 | angles of the two joints | rad |
/// | 3, 4 | velocity of the first link along x and y | m/s |
/// | 5, 6, 7 | angular velocities of heading and joints | rad/s |
///
/// - Reward: `-|v - g| - c Σ a²` with the mean velocity `v` of the step along x. The published code
///   has the sign `+|v - g|`, which rewards *missing* the goal. This is almost certainly a mistake;
///   it is available as ``paysForMissing``.
/// - Start: positions and velocities uniform in ±0.1.
/// - Episode end: none; truncated at the horizon, 200 steps of 0.04 s.
/// - Task: the velocity `g` in m/s, uniform in 0.1...0.2.
/// - Source: section 5 and appendix H of the paper; body and observation of `Swimmer-v5`.
/// - Version history: 1, first version.
public struct SwimmerVelocity: VelocityTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings
  /// Whether the sign of the published code is used.
  public var paysForMissing: Bool

  /// Creates the distribution; the default control cost is that of the published code.
  public init(
    _ settings: LocomotionSettings = LocomotionSettings(controlCost: 1e-4),
    paysForMissing: Bool = false
  ) {
    self.settings = settings
    self.paysForMissing = paysForMissing
  }

  /// `swimmer-velocity`
  public var name: String { "swimmer-velocity" }
  /// A short description.
  public var summary: String { "A swimmer whose task is to move at a given velocity" }
  /// The swimmer.
  public var body: LocomotionBody { .swimmer }

  /// 0.1...0.2
  public var velocities: Range<Double> { 0.1..<0.2 }

  /// `-|v - g|`, or with the sign of the published code.
  public func reward(velocity: Double, task: TaskParameters) -> Double {
    let distance = (velocity - task[0]).magnitude
    return paysForMissing ? distance : -distance
  }

  /// Those of the settings, and the sign of the reward.
  public var fields: [Field<Self>] {
    var fields = LocomotionSettings.fields.map { $0.on(\Self.settings) }
    fields.insert(
      .flag(
        "pays-for-missing",
        "Whether the reward has the sign of the published code, which rewards missing the goal; almost certainly a mistake.",
        \.paysForMissing), at: fields.count - 1)
    return fields
  }
}
