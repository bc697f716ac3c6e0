import Foundation
import Testing

@testable import Simulator

@Suite struct BatchTests {
  /// An environment's path is bit-identical alone, in company, and at another place in the batch.
  @Test(arguments: Subject.allCases, [ConstraintSolver.mujoco, .exact])
  func lanesAreIndependent(subject: Subject, solver: ConstraintSolver) throws {
    let model = try CompiledModel(subject.model)
    let count = 21
    var random = SeededGenerator(11)
    var starts: [(q: [Double], v: [Double])] = []
    for index in 0..<count {
      var q = random.vector(model.dofCount, scale: 0.1)
      var v = random.vector(model.dofCount, scale: 0.3)
      // some start in violent contact or beyond their limits, one at rest
      if index % 4 == 1 { q[1] -= 0.25 }
      if index % 4 == 2 { v = random.vector(model.dofCount, scale: 12) }
      if index == 7 { (q, v) = (q.map { _ in 0 }, v.map { _ in 0 }) }
      starts.append((q, v))
    }
    let steps = 60
    let actions = (0..<steps).map { _ in
      (0..<count).map { _ in random.vector(model.motorCount, scale: 1.2) }
    }

    func run(_ order: [Int]) -> [[[UInt64]]] {
      let batch = BatchSimulation(model: model, count: order.count, solver: solver)
      for (place, index) in order.enumerated() {
        batch.reset(environment: place, qpos: starts[index].q, qvel: starts[index].v)
      }
      return actions.map { action in
        batch.step(controls: order.flatMap { action[$0] }, frames: subject.frames)
        return order.indices.map { place in
          (batch.qpos(environment: place) + batch.qvel(environment: place)).map(\.bitPattern)
        }
      }
    }

    let together = run(Array(0..<count))
    let backwards = run((0..<count).reversed())
    for time in 0..<steps { #expect(together[time] == backwards[time].reversed()) }
    for index in [0, 1, 2, 5, 7, 9, 14, 20] {
      let alone = run([index])
      for time in 0..<steps where alone[time][0] != together[time][index] {
        Issue.record("environment \(index) differs at step \(time)")
        break
      }
    }
  }

  /// A state that leaves the range is reported with place and time, halts, and can be reset.
  @Test(arguments: Subject.allCases)
  func invalidStatesAreReported(subject: Subject) throws {
    let model = try CompiledModel(subject.model)
    let zero = [Double](repeating: 0, count: model.dofCount)
    let batch = BatchSimulation(model: model, count: 10)
    let reference = BatchSimulation(model: model, count: 10)
    var controls = SeededGenerator(12).vectorCopy(10 * model.motorCount)
    batch.step(controls: controls, frames: 3)
    reference.step(controls: controls, frames: 3)

    // environment 4 gets an absurd velocity, environment 9 a control that is not a number
    var wild = zero
    wild[2] = 1e9
    batch.reset(environment: 4, qpos: zero, qvel: wild)
    controls[9 * model.motorCount] = .nan
    batch.step(controls: controls, frames: 2)
    controls[9 * model.motorCount] = 0
    reference.step(controls: controls, frames: 2)

    #expect(Set(batch.invalidStates.map(\.environment)) == [4, 9])
    let failure = try #require(batch.invalidStates.first { $0.environment == 9 })
    #expect(failure.step == 3)
    #expect(failure.model == model.source.name)
    #expect(failure.value.isNaN)
    #expect(!failure.description.isEmpty)
    #expect(batch.invalidStates.first { $0.environment == 4 }?.step == 0)
    #expect(!batch.isValid(environment: 9))
    // the halted one keeps its last valid state, the others do not notice
    #expect(batch.qpos(environment: 9).allSatisfy { $0.isFinite })
    for other in [0, 1, 2, 3, 5, 6, 7, 8] {
      #expect(batch.qpos(environment: other) == reference.qpos(environment: other))
      #expect(batch.isValid(environment: other))
    }
    let halted = batch.qpos(environment: 9)
    batch.step(controls: controls, frames: 5)
    #expect(batch.qpos(environment: 9) == halted)
    #expect(batch.invalidStates.count == 2)

    // a reset brings it back
    batch.clearInvalidStates()
    batch.reset(environment: 9, qpos: zero, qvel: zero)
    batch.step(controls: controls, frames: 5)
    #expect(batch.isValid(environment: 9))
    #expect(batch.invalidStates.isEmpty)
    #expect(batch.qpos(environment: 9) != zero)
  }

  @Test func observationsAreRowMajor() throws {
    let model = try CompiledModel(.swimmer)
    let batch = BatchSimulation(model: model, count: 9)
    var random = SeededGenerator(13)
    for environment in 0..<9 {
      batch.reset(
        environment: environment, qpos: random.vector(5), qvel: random.vector(5))
    }
    var buffer = [Double](repeating: .nan, count: 9 * 8)
    buffer.withUnsafeMutableBufferPointer { batch.copyObservations(skipping: 2, into: $0) }
    for environment in 0..<9 {
      let expected =
        batch.qpos(environment: environment)[2...] + batch.qvel(environment: environment)
      #expect(Array(buffer[environment * 8..<environment * 8 + 8]) == Array(expected))
      #expect(batch.qpos(environment: environment, dof: 3) == expected[1 + 2])
    }
  }

  /// Splitting the frames of an action changes nothing.
  @Test(arguments: Subject.allCases)
  func framesAdd(subject: Subject) throws {
    let model = try CompiledModel(subject.model)
    let once = BatchSimulation(model: model, count: 3)
    let twice = BatchSimulation(model: model, count: 3)
    var random = SeededGenerator(14)
    for _ in 0..<20 {
      let controls = random.vector(3 * model.motorCount)
      once.step(controls: controls, frames: 7)
      twice.step(controls: controls, frames: 3)
      twice.step(controls: controls, frames: 4)
    }
    for environment in 0..<3 {
      #expect(once.qpos(environment: environment) == twice.qpos(environment: environment))
      #expect(once.warmStart(environment: environment) == twice.warmStart(environment: environment))
    }
  }
}

extension SeededGenerator {
  /// ``vector(_:scale:)`` of a generator that is used once.
  func vectorCopy(_ count: Int) -> [Double] {
    var copy = self
    return copy.vector(count)
  }
}
