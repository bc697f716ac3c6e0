import Simulator

/// Carts that balance two poles, one on top of the other, each task with poles of other masses.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0 | force on the cart along x, times 500 N | ±1 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | position of the cart | m |
/// | 1, 2 | sine of the angle of the lower pole, and of the upper one relative to it | |
/// | 3, 4 | their cosines | |
/// | 5 | velocity of the cart, clipped to ±10 | m/s |
/// | 6, 7 | angular velocities of the poles, clipped to ±10 | rad/s |
/// | 8 | force of the end of the rail on the cart, clipped to ±10 | N |
///
/// - Reward: `10 - (0.01 x² + (y - 2)²) - (0.001 ω₁² + 0.005 ω₂²)` with the place `(x, y)` of the upper tip and the
///   angular velocities of the poles, less a control cost `c Σ a²` that is 0 by default. The 10 are not paid in
///   the step that ends the episode.
/// - Start: positions uniform in ±0.1, velocities Gaussian with standard deviation 0.1.
/// - Episode end: when the tip, 1.2 m high at most, is not above 1 m; truncated at the horizon, 200 steps of 0.05 s.
/// - Task: factors of the masses of the lower and the upper pole, `1.5^u` with `u` uniform in ±1 (`spread`). With
///   factors of 1 it is Gymnasium's.
///
/// The place of the tip and the force are those of the last evaluation of the step, as Gymnasium has them
/// (``LocomotionBody/Tip``).
///
/// - Source: body, observation and reward of `InvertedDoublePendulum-v5`.
/// - Version history: 1, first version.
public struct InvertedDoublePendulum: BodyTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon, solver, and what being upright gives.
  public var settings: LocomotionSettings
  /// The bound of the exponents of the factors.
  public var spread: Double

  /// Creates the distribution; with factors of 1 the defaults are Gymnasium's.
  public init(_ settings: LocomotionSettings? = nil, spread: Double = 1) {
    self.settings =
      settings
      ?? LocomotionSettings(controlCost: 0, health: HealthSettings(reward: 10))
    self.spread = spread
  }

  /// `inverted-double-pendulum`
  public var name: String { "inverted-double-pendulum" }
  /// A short description.
  public var summary: String { "A cart that balances two poles of unknown masses" }
  /// The cart with its poles.
  public var body: LocomotionBody { .invertedDoublePendulum }

  /// The factors of the masses.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    drawFactors(2, base: 1.5, spread: spread, using: &stream)
  }

  /// 0: all is paid for by the body.
  public func reward(of motion: BodyMotion, task: TaskParameters) -> Double { 0 }

  /// "balance poles m and n times as heavy"
  public func goal(of task: TaskParameters) -> String {
    let factors = task.map { "\(($0 * 100).rounded() / 100)" }
    return "balance poles \(factors.joined(separator: " and ")) times as heavy"
  }

  /// The cart with the poles of a task.
  public func model(of task: TaskParameters) throws(ModelError) -> CompiledModel? {
    var model = body.source
    try model.requireFactors(task)
    for (pole, factor) in zip([2, 3], task) {
      (model.bodies[pole].massFactor, model.bodies[pole].inertiaFactor) = (factor, factor)
    }
    return try CompiledModel(model)
  }

  /// Those of the settings, and the spread of the factors.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields(of: body).map { $0.on(\Self.settings) } + [
      .number(
        "spread", "The bound of the exponents u of the factors, 1.5^u.", \.spread, 0...10)
    ]
  }
}
