import Foundation
import Testing

@testable import Simulator

/// Small models, each with something that the reader has to get right, against recorded MuJoCo results.
@Suite struct ReaderModelTests {
  @Test func everyModelMovesLikeMuJoCo() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/reader_models.json"))
    let recorded = try JSONDecoder().decode(ReaderModels.self, from: data)
    #expect(recorded.models.count > 60)
    var constrained = 0
    for entry in recorded.models {
      let model = try CompiledModel(MJCFLoader().load(xml: Data(entry.xml.utf8)))
      let dynamics = ForwardDynamics(model: model)
      let batch = BatchSimulation(model: model, count: 1)
      #expect(!entry.samples.isEmpty)
      for (place, sample) in entry.samples.enumerated() {
        let stages = dynamics.evaluate(qpos: sample.qpos, qvel: sample.qvel, ctrl: sample.ctrl)
        batch.reset(environment: 0, qpos: sample.qpos, qvel: sample.qvel)
        batch.step(controls: sample.ctrl, frames: sample.steps)
        let errors = [
          error(stages.passive, sample.passive), error(stages.acceleration, sample.qacc),
          error(batch.qpos(environment: 0), sample.qposNext),
          error(batch.qvel(environment: 0), sample.qvelNext),
        ]
        constrained += sample.rows > 0 ? 1 : 0
        // 1e-9 for what the constraint solver amplifies: without rows it is rounding
        let bound = sample.rows == 0 ? 1e-12 : 1e-9
        #expect(
          errors.allSatisfy { $0 < bound },
          "\(entry.name), sample \(place): passive, qacc, qpos, qvel are off by \(errors)")
      }
    }
    #expect(constrained >= 10, "\(constrained)")
  }

  /// `max |x - y| / (1 + max |y|)`.
  private func error(_ values: [Double], _ expected: [Double]) -> Double {
    guard values.count == expected.count else { return .infinity }
    let difference = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
    return difference / (1 + (expected.map(abs).max() ?? 0))
  }
}

private struct ReaderModels: Decodable {
  struct Model: Decodable {
    var name: String
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
  }
  var models: [Model]
}
