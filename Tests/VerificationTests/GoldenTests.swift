import Foundation
import Simulator
import Testing

@testable import Verification

/// The folder of recorded MuJoCo data, which the simulator's own tests read too.
private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("SimulatorTests/Fixtures").path

@Suite struct GoldenTests {
  /// A recorded model and the control cost of its rewards.
  enum Subject: CaseIterable {
    case halfCheetah, swimmer, walker2d, hopper

    var model: PlanarModel {
      switch self {
      case .halfCheetah: .halfCheetah
      case .swimmer: .swimmer
      case .walker2d: .walker2d
      case .hopper: .hopper
      }
    }
    var controlCost: Double {
      switch self {
      case .halfCheetah: 0.1
      case .swimmer: 1e-4
      case .walker2d, .hopper: 1e-3
      }
    }
    /// The numbers of recorded states and environment steps.
    var size: (states: Int, steps: Int) {
      switch self {
      case .halfCheetah, .swimmer: (212, 2000)
      case .walker2d: (212, 750)
      case .hopper: (272, 750)
      }
    }
  }

  @Test(arguments: Subject.allCases, [ConstraintSolver.mujoco, .exact])
  func everyStageAgreesWithMuJoCo(subject: Subject, solver: ConstraintSolver) throws {
    let verification = GoldenVerification(
      model: try CompiledModel(subject.model), controlCost: subject.controlCost, solver: solver)
    let report = try verification.verify(directory: fixtures)
    #expect(report.stateCount == subject.size.states)
    #expect(report.environmentStepCount == subject.size.steps)
    for stage in report.stages {
      #expect(stage.passed, "\(stage.name): \(stage.error) at \(stage.worst)")
    }
    // every stage has compared something, and with the default solver everything
    let step = try #require(report.stages.first { $0.name == "environment step" })
    #expect(step.count >= subject.size.steps - 10)
    #expect(solver == .exact || step.count == subject.size.steps)
  }

  /// Steps of any model are compared; wrong ones and those of another model are told.
  @Test func recordedStepsOfAnyModelAreCompared() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/hopper_steps.json").path
    let recording = try ModelRecording(contentsOf: path)
    let hopper = try CompiledModel(.hopper)
    let report = try recording.verify(hopper, path: path, tolerance: 1e-12)
    #expect(report.passed && report.stateCount == 12)
    #expect(report.stages.map(\.count) == [12, 12])
    var wrong = PlanarModel.hopper
    wrong.bodies[2].hinge.damping *= 1.01
    #expect(
      try !recording.verify(CompiledModel(wrong), path: path, tolerance: 1e-9).passed)
    #expect(throws: GoldenDataError.self) {
      _ = try recording.verify(CompiledModel(.swimmer), path: path, tolerance: 1e-9)
    }
    #expect(throws: GoldenDataError.self) { _ = try ModelRecording(contentsOf: path + ".no") }
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

  /// Where MuJoCo finds contacts, the caps of the placed capsules reach into the ground as deep.
  @Test func contactsAreWhereMuJoCoFindsThem() throws {
    let golden = GoldenDirectory(path: fixtures, model: try CompiledModel(.halfCheetah))
    var count = 0
    for state in try golden.states() {
      let placed = PlanarModel.halfCheetah.placedGeoms(at: state.qpos)
      let depths = placed.flatMap { geom in
        geom.ends.map { (x: $0.x, depth: $0.y - geom.radius) }
      }.filter { $0.depth < 0 }
      #expect(depths.count == state.contacts.count)
      #expect(placed.flatMap(\.touches).count { $0 } == depths.count)
      for contact in state.contacts {
        let nearest = depths.map { hypot($0.x - contact.pos[0], $0.depth / 2 - contact.pos[2]) }
        #expect((nearest.min() ?? 1) < 1e-12)
        count += 1
      }
    }
    #expect(count > 50)
  }
}
