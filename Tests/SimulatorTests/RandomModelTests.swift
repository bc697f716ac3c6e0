import Foundation
import Testing

@testable import Simulator

/// Random models of everything that the loader accepts, against recorded MuJoCo results.
@Suite struct RandomModelTests {
  @Test func everyModelMovesLikeMuJoCo() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/random_models.json"))
    let recorded = try JSONDecoder().decode(RecordedModels.self, from: data)
    #expect(recorded.models.count == 240)
    var coverage: [String: Int] = [:]
    for (index, entry) in recorded.models.enumerated() {
      let model = try CompiledModel(MJCFLoader().load(xml: Data(entry.xml.utf8)))
      for trait in traits(of: model) { coverage[trait, default: 0] += 1 }
      let dynamics = ForwardDynamics(model: model)
      let batch = BatchSimulation(model: model, count: 1)
      for (place, sample) in entry.samples.enumerated() {
        let stages = dynamics.evaluate(qpos: sample.qpos, qvel: sample.qvel, ctrl: sample.ctrl)
        batch.reset(environment: 0, qpos: sample.qpos, qvel: sample.qvel)
        batch.step(controls: sample.ctrl, frames: sample.steps)
        let errors = [
          error(stages.passive, sample.passive), error(stages.acceleration, sample.qacc),
          error(batch.qpos(environment: 0), sample.qposNext),
          error(batch.qvel(environment: 0), sample.qvelNext),
        ]
        // 1e-9 for what the constraint solver amplifies: without rows it is rounding
        let bound = sample.rows == 0 ? 1e-12 : 1e-9
        #expect(
          errors.allSatisfy { $0 < bound },
          "model \(index), sample \(place): passive, qacc, qpos, qvel are off by \(errors)")
        if sample.rows > 0 { coverage["constrained sample", default: 0] += 1 }
      }
    }
    // a fuzz that misses something does not test it
    for (trait, least) in [
      "vertical": 80, "horizontal": 80, "Runge-Kutta": 40, "Euler": 80, "medium": 80,
      "turned capsule in a medium": 30, "turned sphere in a medium": 3, "several geoms": 80,
      "ground": 40, "limited slide": 40, "limited hinge": 100, "constrained sample": 250,
    ] {
      #expect(coverage[trait, default: 0] >= least, "\(trait): \(coverage[trait, default: 0])")
    }
  }

  private func traits(of model: CompiledModel) -> [String] {
    let source = model.source
    let isDense = source.density > 0
    let alone = source.bodies.filter { $0.geoms.count == 1 }.map { $0.geoms[0] }
    let turned = alone.filter { $0.frame != nil }
    return [
      ("vertical", source.plane == .vertical), ("horizontal", source.plane == .horizontal),
      ("Runge-Kutta", source.integrator == .rungeKutta4), ("Euler", source.integrator == .euler),
      ("medium", isDense),
      ("turned capsule in a medium", isDense && turned.contains { $0.shape != .sphere }),
      (
        "turned sphere in a medium",
        isDense && model.bodies.contains { !$0.fluidBox.oblique.isEmpty }
      ),
      ("several geoms", source.bodies.contains { $0.geoms.count > 1 }),
      ("ground", source.ground != nil),
      ("limited slide", source.slides.contains { $0.limit != nil }),
      ("limited hinge", source.bodies.contains { $0.hinge.limit != nil }),
    ].filter(\.1).map(\.0)
  }

  /// `max |x - y| / (1 + max |y|)`.
  private func error(_ values: [Double], _ expected: [Double]) -> Double {
    let difference = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
    return difference / (1 + (expected.map(abs).max() ?? 0))
  }
}

private struct RecordedModels: Decodable {
  struct Model: Decodable {
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
