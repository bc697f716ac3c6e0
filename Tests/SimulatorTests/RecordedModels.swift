@testable import Simulator

/// Models with MuJoCo's results for some of their states.
struct RecordedModels: Decodable {
  struct Model: Decodable {
    var name: String?
    var xml: String
    var samples: [Sample]
  }
  struct Sample: Decodable {
    var qpos: [Double]
    var qvel: [Double]
    var ctrl: [Double]
    var steps: Int
    var passive: [Double]
    var qacc: [Double]
    var qposNext: [Double]
    var qvelNext: [Double]
    var rows: Int
    var touching: Int?
    var crossing: Int?
  }
  var models: [Model]
}

/// Repeats recorded samples of one model.
struct Replay {
  private let dynamics: ForwardDynamics
  private let batch: BatchSimulation

  init(_ model: CompiledModel) {
    dynamics = ForwardDynamics(model: model)
    batch = BatchSimulation(model: model, count: 1)
  }

  /// The errors of the passive forces, of the acceleration, and of positions and velocities after the
  /// sample's steps.
  func errors(of sample: RecordedModels.Sample) -> [Double] {
    let stages = dynamics.evaluate(qpos: sample.qpos, qvel: sample.qvel, ctrl: sample.ctrl)
    batch.reset(environment: 0, qpos: sample.qpos, qvel: sample.qvel)
    batch.step(controls: sample.ctrl, frames: sample.steps)
    return [
      error(stages.passive, sample.passive), error(stages.acceleration, sample.qacc),
      error(batch.qpos(environment: 0), sample.qposNext),
      error(batch.qvel(environment: 0), sample.qvelNext),
    ]
  }

  /// `max |x - y| / (1 + max |y|)`; infinite if the lengths differ.
  private func error(_ values: [Double], _ expected: [Double]) -> Double {
    guard values.count == expected.count else { return .infinity }
    let difference = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
    return difference / (1 + (expected.map(abs).max() ?? 0))
  }
}
