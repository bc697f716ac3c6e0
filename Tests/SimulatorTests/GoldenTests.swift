import Foundation
import Testing

@testable import Simulator

@Suite struct GoldenTests {
  @Test(arguments: Subject.allCases, [ConstraintSolver.mujoco, .exact])
  func everyStageAgreesWithMuJoCo(subject: Subject, solver: ConstraintSolver) throws {
    let verification = GoldenVerification(
      model: try CompiledModel(subject.model), controlCost: subject.controlCost, solver: solver)
    let report = try verification.verify(directory: fixtures)
    #expect(report.stateCount == 212)
    #expect(report.environmentStepCount == 2000)
    for stage in report.stages {
      #expect(stage.passed, "\(stage.name): \(stage.error) at \(stage.worst)")
    }
    // every stage has compared something, and with the default solver everything
    let step = try #require(report.stages.first { $0.name == "environment step" })
    #expect(step.count >= 1990)
    #expect(solver == .exact || step.count == 2000)
  }

  /// A verification that cannot fail verifies nothing: a model that is off by 1e-6 is reported.
  @Test func aWrongModelIsReported() throws {
    var model = PlanarModel.halfCheetah
    model.bodies[2].hinge.damping *= 1 + 1e-6
    let verification = GoldenVerification(model: try CompiledModel(model), controlCost: 0.1)
    let report = try verification.verify(directory: fixtures)
    let failed = report.stages.filter { !$0.passed }.map(\.name)
    #expect(!report.passed)
    #expect(failed.contains("passive"))
    #expect(failed.contains("physics step"))
    #expect(!failed.contains("mass matrix"))
  }

  @Test func missingAndForeignDataGiveErrors() throws {
    let cheetah = GoldenVerification(model: try CompiledModel(.halfCheetah), controlCost: 0.1)
    #expect(throws: GoldenDataError.self) { try cheetah.verify(directory: "/nowhere") }

    // the swimmer's data under the half-cheetah's name
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("golden-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for part in ["states", "rollouts"] {
      try FileManager.default.copyItem(
        atPath: "\(fixtures)/swimmer_\(part).json",
        toPath: directory.appendingPathComponent("half_cheetah_\(part).json").path)
    }
    #expect(throws: GoldenDataError.self) { try cheetah.verify(directory: directory.path) }
  }

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
