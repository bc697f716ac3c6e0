import Testing

@testable import Simulator

/// What a batch keeps of its steps, against evaluations of single environments.
@Suite struct StepQuantitiesTests {
  /// A model, the steps of an action, and a point of one of its bodies.
  struct Subject: Sendable {
    let model: PlanarModel
    let frames: Int
    let point: StepQuantities.Point
    /// How far starts are from the authored pose, and how fast.
    var spread = 0.1
    var speed = 0.5
  }

  static let subjects: [String: Subject] = [
    // poles that fall, and carts that reach the ends of their rails
    "inverted-double-pendulum": Subject(
      model: .invertedDoublePendulum, frames: 5,
      point: .init(body: 3, offset: SIMD2(0, 0.6)), spread: 0.9, speed: 3),
    "reacher": Subject(
      model: .reacher, frames: 2, point: .init(body: 2, offset: SIMD2(0.11, 0)), spread: 3,
      speed: 20),
    "walker2d": Subject(
      model: .walker2d, frames: 4, point: .init(body: 3, offset: SIMD2(0.1, -0.2))),
    "half-cheetah": Subject(
      model: .halfCheetah, frames: 3, point: .init(body: 0, offset: SIMD2(0.5, 0.1))),
    "swimmer": Subject(
      model: .swimmer, frames: 2, point: .init(body: 2, offset: SIMD2(-0.5, 0)), spread: 1.7,
      speed: 3),
  ]
  static let names = subjects.keys.sorted()

  private func subject(_ name: String) throws -> (Subject, CompiledModel) {
    let subject = try #require(Self.subjects[name])
    return (subject, try CompiledModel(subject.model))
  }

  private func start(
    _ subject: Subject, _ model: CompiledModel, _ random: inout SeededGenerator
  ) -> (qpos: [Double], qvel: [Double]) {
    let offsets = random.vector(model.dofCount, scale: subject.spread)
    return (
      zip(model.referencePositions, offsets).map(+),
      random.vector(model.dofCount, scale: subject.speed)
    )
  }

  /// The positions and the constraint forces of the last evaluation of forces in a physics step.
  private func lastEvaluation(
    _ dynamics: ForwardDynamics, before batch: BatchSimulation, _ environment: Int,
    ctrl: [Double]
  ) -> (qpos: [Double], forces: [Double]) {
    let (qpos, qvel) = (batch.qpos(environment: environment), batch.qvel(environment: environment))
    let warm = batch.warmStart(environment: environment)
    let source = dynamics.model.source
    let reaches =
      source.integrator == .rungeKutta4 ? [0.5, 0.5, 1].map { $0 * source.timestep } : []
    var (q, v) = (qpos, qvel)
    for reach in reaches {
      let rates = dynamics.evaluate(qpos: q, qvel: v, ctrl: ctrl, warmStart: warm).acceleration
      q = qpos.indices.map { qpos[$0].addingProduct(reach, v[$0]) }
      v = qvel.indices.map { qvel[$0].addingProduct(reach, rates[$0]) }
    }
    let last = dynamics.evaluate(qpos: q, qvel: v, ctrl: ctrl, warmStart: warm)
    return (q, last.constraintForce)
  }

  private func expectPlace(
    _ batch: BatchSimulation, _ environment: Int, of point: StepQuantities.Point, at qpos: [Double],
    _ comment: Comment
  ) {
    let frame = batch.model.source.placedFrames(at: qpos)[point.body]
    let miss = frame.place(of: point.offset) - batch.place(environment: environment)
    #expect(max(miss.x.magnitude, miss.y.magnitude) < 1e-13, comment)
    #expect((frame.angle - batch.angle(environment: environment)).magnitude < 1e-13, comment)
  }

  private func forces(_ batch: BatchSimulation, _ environment: Int) -> [Double] {
    (0..<batch.model.dofCount).map { batch.constraintForce(environment: environment, dof: $0) }
  }

  /// Forces to the bit, places to rounding, in a batch whose environments change lanes and are reset in
  /// between; and the states are those of a batch that keeps nothing.
  @Test(arguments: names)
  func areThoseOfTheLastEvaluation(name: String) throws {
    let (subject, model) = try subject(name)
    let count = 21
    let batch = BatchSimulation(
      model: model, count: count,
      keeping: StepQuantities(point: subject.point, constraintForces: true))
    let plain = BatchSimulation(model: model, count: count)
    let dynamics = ForwardDynamics(model: model)
    var random = SeededGenerator(5)
    func reset(_ environment: Int) {
      let (qpos, qvel) = start(subject, model, &random)
      batch.reset(environment: environment, qpos: qpos, qvel: qvel)
      plain.reset(environment: environment, qpos: qpos, qvel: qvel)
    }
    for environment in 0..<count { reset(environment) }
    var largest = 0.0
    for step in 0..<25 {
      for environment in stride(from: step % 7, to: step > 0 ? count : 0, by: 5) {
        reset(environment)
        // some are asked at once, some with others, some never
        guard environment % 3 > 0 else { continue }
        let (qpos, qvel) = (
          batch.qpos(environment: environment), batch.qvel(environment: environment)
        )
        let ctrl = [Double](repeating: 0, count: model.motorCount)
        let expected = dynamics.evaluate(qpos: qpos, qvel: qvel, ctrl: ctrl).constraintForce
        #expect(forces(batch, environment) == expected, "\(environment) at \(step)")
        expectPlace(
          batch, environment, of: subject.point, at: qpos, "\(environment) at \(step)")
      }
      let controls = random.vector(count * model.motorCount, scale: 1.2)
      batch.step(controls: controls, frames: subject.frames)
      plain.step(controls: controls, frames: subject.frames - 1)
      let expected = (0..<count).map { environment in
        let first = environment * model.motorCount
        return lastEvaluation(
          dynamics, before: plain, environment,
          ctrl: Array(controls[first..<first + model.motorCount]))
      }
      plain.step(controls: controls, frames: 1)
      for environment in 0..<count {
        #expect(
          forces(batch, environment) == expected[environment].forces, "\(environment) at \(step)")
        expectPlace(
          batch, environment, of: subject.point, at: expected[environment].qpos,
          "\(environment) at \(step)")
        #expect(batch.qpos(environment: environment) == plain.qpos(environment: environment))
        #expect(batch.qvel(environment: environment) == plain.qvel(environment: environment))
        largest = max(largest, forces(batch, environment).map(\.magnitude).max() ?? 0)
      }
    }
    #expect(batch.invalidStates.isEmpty)
    // constraints act, weak ones in light models
    #expect(largest > (["swimmer", "reacher"].contains(name) ? 0 : 100))
  }

  /// A point that should be where the step ends is there, also after a reset.
  @Test(arguments: names)
  func aCurrentPointIsThatOfThePositions(name: String) throws {
    var (subject, model) = try subject(name)
    subject = Subject(
      model: subject.model, frames: subject.frames,
      point: .init(body: subject.point.body, offset: subject.point.offset, isCurrent: true))
    let batch = BatchSimulation(
      model: model, count: 10, keeping: StepQuantities(point: subject.point))
    var random = SeededGenerator(6)
    expectPlace(batch, 9, of: subject.point, at: model.referencePositions, "at rest")
    for step in 0..<10 {
      let (qpos, qvel) = start(subject, model, &random)
      batch.reset(environment: step, qpos: qpos, qvel: qvel)
      expectPlace(batch, step, of: subject.point, at: qpos, "reset \(step)")
      batch.step(
        controls: random.vector(10 * model.motorCount, scale: 1), frames: subject.frames)
      for environment in 0..<10 {
        expectPlace(
          batch, environment, of: subject.point, at: batch.qpos(environment: environment),
          "\(environment) at \(step)")
      }
    }
  }

  /// Without frames, nothing changes; an environment that fails keeps what it had.
  @Test func whatIsKeptStaysWithoutAValidStep() throws {
    let (subject, model) = try subject("inverted-double-pendulum")
    let batch = BatchSimulation(
      model: model, count: 9, keeping: StepQuantities(point: subject.point, constraintForces: true))
    let zero = [Double](repeating: 0, count: model.dofCount)
    for environment in 0..<9 {
      batch.reset(environment: environment, qpos: [1.2, 0.1, 0], qvel: zero)
    }
    let controls = [Double](repeating: 0.3, count: 9)
    batch.step(controls: controls, frames: 2)
    let (place, force) = (batch.place(environment: 4), forces(batch, 4))
    #expect(force[0] < -10)
    batch.step(controls: controls, frames: 0)
    #expect(batch.place(environment: 4) == place && forces(batch, 4) == force)
    batch.reset(environment: 4, qpos: [0, 0.5, 0], qvel: zero)
    let start = batch.place(environment: 4)
    #expect(start != place && forces(batch, 4) == zero)
    #expect(forces(batch, 3) == force)
    batch.reset(environment: 4, qpos: [0, 0.5, 0], qvel: [1e10, 1e9, 0])
    _ = batch.place(environment: 4)
    batch.step(controls: controls, frames: 1)
    #expect(batch.invalidStates.map(\.environment) == [4])
    #expect(batch.place(environment: 4) == start)
    #expect(forces(batch, 4).allSatisfy { $0.isFinite })
    #expect(batch.place(environment: 3) != place)
  }
}
