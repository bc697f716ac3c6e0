import Foundation
import Testing

@testable import Simulator

@Suite struct GoldenTests {
  /// The derived constants are those that MuJoCo's compiler computes from the same geometry.
  @Test(arguments: Subject.allCases)
  func derivedConstantsAgreeWithMuJoCo(subject: Subject) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/constants.json"))
    let constants = try JSONDecoder().decode([String: RecordedConstants].self, from: data)
    let model = try CompiledModel(subject.model)
    let recorded = try #require(constants[model.source.name])
    func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-13 * (1 + abs(b)) }
    for (body, expected) in zip(model.bodies, recorded.bodies) {
      #expect(agree(body.inertia.mass, expected.mass), "\(body.name)")
      #expect(agree(body.inertia.center.x, expected.com[0]))
      #expect(agree(body.inertia.center.y, expected.com[1]))
      #expect(agree(body.inertia.normalInertia, expected.inertia))
      #expect(agree(body.inverseWeight, expected.invweight0_translation))
    }
    for (dof, expected) in zip(model.dofs, recorded.dofs) {
      #expect(agree(dof.inverseWeight, expected.invweight0), "\(dof.name)")
      #expect(dof.armature == expected.armature)
    }
  }
}

private struct RecordedConstants: Decodable {
  struct Body: Decodable {
    var mass: Double
    var com: [Double]
    var inertia: Double
    var invweight0_translation: Double
  }
  struct Dof: Decodable {
    var armature: Double
    var invweight0: Double
  }
  var bodies: [Body]
  var dofs: [Dof]
}
