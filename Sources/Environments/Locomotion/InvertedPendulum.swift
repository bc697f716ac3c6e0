import CLibrary
import Simulator

/// Carts that balance a pole, each task with a pole of another length and mass.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0 | force on the cart along x, times 100 N | ±3 after scaling |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | position of the cart | m |
/// | 1 | angle of the pole, 0 when upright, positive towards x | rad |
/// | 2 | velocity of the cart | m/s |
/// | 3 | angular velocity of the pole | rad/s |
///
/// - Reward: 1 for being upright, less a control cost `c Σ a²` that is 0 by default.
/// - Start: positions and velocities uniform in ±0.01.
/// - Episode end: when the magnitude of the angle is above 0.2 rad, in a step that pays nothing; truncated at the
///   horizon, 200 steps of 0.04 s.
/// - Task: factors of the length and of the mass of the pole, `1.5^u` with `u` uniform in ±1 (`spread`). The
///   mass is that of a pole of the new length times its factor. With factors of 1 it is Gymnasium's.
/// - Source: body, observation and reward of `InvertedPendulum-v5`.
/// - Version history: 1, first version.
public struct InvertedPendulum: BodyTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon, solver, and what being upright gives.
  public var settings: LocomotionSettings
  /// The bound of the exponents of the factors.
  public var spread: Double

  /// Creates the distribution; with factors of 1 the defaults are Gymnasium's.
  public init(
    _ settings: LocomotionSettings = LocomotionSettings(controlCost: 0), spread: Double = 1
  ) {
    (self.settings, self.spread) = (settings, spread)
  }

  /// `inverted-pendulum`
  public var name: String { "inverted-pendulum" }
  /// A short description.
  public var summary: String { "A cart that balances a pole of unknown length and mass" }
  /// The cart with its pole.
  public var body: LocomotionBody { .invertedPendulum }

  /// The factors of length and mass.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    drawFactors(2, base: 1.5, spread: spread, using: &stream)
  }

  /// 0: being upright is paid for by the body.
  public func reward(of motion: BodyMotion, task: TaskParameters) -> Double { 0 }

  /// "balance a pole l times as long and m times as heavy"
  public func goal(of task: TaskParameters) -> String {
    let factors = task.map { ($0 * 100).rounded() / 100 }
    guard factors.count == 2 else { return "balance a pole" }
    return "balance a pole \(factors[0]) times as long and \(factors[1]) times as heavy"
  }

  /// The cart with the pole of a task.
  public func model(of task: TaskParameters) throws(ModelError) -> CompiledModel? {
    var model = body.source
    try model.requireFactors(task)
    let pole = 2
    for geom in model.bodies[pole].geoms.indices {
      model.bodies[pole].geoms[geom].stretch(length: task[0])
    }
    (model.bodies[pole].massFactor, model.bodies[pole].inertiaFactor) = (task[1], task[1])
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
