import Foundation
import Testing

@testable import Simulator

/// Small models, each with something that the reader has to get right, against recorded MuJoCo results.
@Suite struct ReaderModelTests {
  @Test func everyModelMovesLikeMuJoCo() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/reader_models.json"))
    let recorded = try JSONDecoder().decode(RecordedModels.self, from: data)
    #expect(recorded.models.count > 60)
    var constrained = 0
    for entry in recorded.models {
      let model = try CompiledModel(MJCFLoader().load(xml: Data(entry.xml.utf8)))
      let replay = Replay(model)
      #expect(!entry.samples.isEmpty)
      for (place, sample) in entry.samples.enumerated() {
        let errors = replay.errors(of: sample)
        constrained += sample.rows > 0 ? 1 : 0
        // 1e-9 for what the constraint solver amplifies: without rows it is rounding
        let bound = sample.rows == 0 ? 1e-12 : 1e-9
        #expect(
          errors.allSatisfy { $0 < bound },
          "\(entry.name ?? entry.xml), sample \(place): passive, qacc, qpos, qvel are off by \(errors)"
        )
      }
    }
    #expect(constrained >= 10, "\(constrained)")
  }
}
