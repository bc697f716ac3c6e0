import Foundation
import Testing

@testable import Simulator

/// The walker and the hopper against recorded MuJoCo data.
@Suite struct WalkerTests {
  /// The derived constants are those that MuJoCo's compiler computes.
  @Test(arguments: Walker.allCases)
  func derivedConstantsAgreeWithMuJoCo(walker: Walker) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/walker_constants.json"))
    let recorded = try #require(
      try JSONDecoder().decode([String: RecordedConstants].self, from: data)[walker.rawValue])
    let model = try CompiledModel(walker.model)
    func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-13 * (1 + abs(b)) }
    #expect(agree(model.totalMass, recorded.total_mass))
    #expect(model.referencePositions[1] == recorded.ref[1])
    for (body, expected) in zip(model.bodies, recorded.bodies) {
      #expect(agree(body.inertia.mass, expected.mass), "\(body.name)")
      #expect(agree(body.inertia.center.x, expected.com[0]))
      #expect(agree(body.inertia.center.y, expected.com[1]))
      #expect(agree(body.inertia.normalInertia, expected.inertia))
      #expect(agree(body.inverseWeight, expected.invweight0_translation))
    }
    for (dof, expected) in zip(model.dofs, recorded.dofs) {
      #expect(agree(dof.inverseWeight, expected.invweight0), "\(dof.name)")
      #expect(dof.armature == expected.armature && dof.damping == expected.damping)
      guard expected.limited else { continue }
      #expect(agree(dof.range?.lowerBound ?? .nan, expected.range[0]))
      #expect(agree(dof.range?.upperBound ?? .nan, expected.range[1]))
    }
    for (index, capsule) in recorded.capsules.enumerated() {
      let point = model.contactPoints[2 * index]
      #expect(
        point.body == capsule.body && point.contact.friction == capsule.floor_contact_friction)
      #expect(agree(point.center.x, capsule.end_plus[0]))
      #expect(agree(point.center.y, capsule.end_plus[1]))
    }
    #expect(model.contactPairs.count == (walker == .hopper ? 3 : 0))
  }

  /// Every stage of a forward evaluation.
  @Test(arguments: Walker.allCases)
  func everyStageAgreesWithMuJoCo(walker: Walker) throws {
    let states = try walker.read("states", as: RecordedStates.self).states
    let dynamics = ForwardDynamics(model: try CompiledModel(walker.model))
    var errors: [String: LargestError] = [:]
    var kinds: [String: Int] = [:]
    for (index, state) in states.enumerated() {
      let place = "state \(index) (\(state.kind))"
      kinds[state.kind, default: 0] += 1
      let result = dynamics.evaluate(
        qpos: state.qpos, qvel: state.qvel, ctrl: state.ctrl, warmStart: state.warm.values)
      func compare(_ name: String, _ values: [Double], _ expected: [Double]) {
        errors[name, default: LargestError()].add(values, expected, at: place)
      }
      compare("mass matrix", result.massMatrix, state.M)
      compare("bias", result.bias, state.bias)
      compare("passive", result.passive, state.passive)
      compare("actuator", result.actuator, state.actuator)
      compare("smooth acceleration", result.smoothAcceleration, state.qacc_smooth)
      let contacts = state.contacts.filter { !$0.isCrossing && $0.dist < $0.margin }
      compare("contacts", result.contacts.flatMap(numbers), contacts.flatMap(numbers))
      compare("constraint force", result.constraintForce, state.qfrc_constraint)
      compare("acceleration", result.acceleration, state.qacc)
      guard let rows = state.efc else { continue }
      // a row along the normal of the plane moves nothing
      let used = rows.J.indices.filter { row in rows.J[row].contains { $0.magnitude > 1e-12 } }
      let types = result.rows.map { row -> Double in
        switch row.kind {
        case .limit: 3
        case .frictionlessContact: 5
        case .contact: 6
        case .coneNormal, .coneFriction: 7
        }
      }
      compare("row type", types, used.map { Double(rows.type[$0]) })
      compare("row jacobian", result.rows.flatMap(\.jacobian), used.flatMap { rows.J[$0] })
      compare("row position", result.rows.map(\.position), used.map { rows.pos[$0] })
      compare("row velocity", result.rows.map(\.velocity), used.map { rows.vel[$0] })
      compare("row regularizer", result.rows.map(\.regularizer), used.map { rows.R[$0] })
      compare("row reference", result.rows.map(\.reference), used.map { rows.aref[$0] })
      compare("row force", result.rows.map(\.force), used.map { rows.force[$0] })
    }
    for (name, error) in errors.sorted(by: { $0.key < $1.key }) {
      error.expect(below: 1e-11, "\(walker) \(name)")
    }
    let expected = ["airborne", "contact", "limit", "fast", "visited", "early"]
    #expect(Set(kinds.keys).isSuperset(of: expected))
    #expect(walker == .walker2d || Set(kinds.keys).isSuperset(of: ["margin", "self", "crossing"]))
  }

  /// The four stages of Runge-Kutta, whose solvers all start from the same vector.
  @Test(arguments: Walker.allCases)
  func everyRungeKuttaStageAgreesWithMuJoCo(walker: Walker) throws {
    let model = try CompiledModel(walker.model)
    let dynamics = ForwardDynamics(model: model)
    var error = LargestError()
    for (index, state) in try walker.read("states", as: RecordedStates.self).states.enumerated() {
      guard let stages = state.stages else { continue }
      var (q, v) = (state.qpos, state.qvel)
      for (stage, expected) in stages.enumerated() {
        let result = dynamics.evaluate(
          qpos: q, qvel: v, ctrl: state.ctrl, warmStart: state.warm.values)
        error.add(result.acceleration, expected.qacc, at: "state \(index), stage \(stage)")
        let reach = model.timestep * (stage == 2 ? 1 : 0.5)
        (q, v) = (plus(state.qpos, reach, v), plus(state.qvel, reach, result.acceleration))
      }
    }
    error.expect(below: 1e-11, "\(walker) Runge-Kutta stages")
    #expect(error.count >= 90)
  }

  /// One physics step from every state, and what it leaves as the next start of the solver.
  @Test(arguments: Walker.allCases)
  func onePhysicsStepAgreesWithMuJoCo(walker: Walker) throws {
    let states = try walker.read("states", as: RecordedStates.self).states
    let batch = BatchSimulation(model: try CompiledModel(walker.model), count: states.count)
    for (index, state) in states.enumerated() {
      batch.reset(
        environment: index, qpos: state.qpos, qvel: state.qvel, warmStart: state.warm.values)
    }
    batch.step(controls: states.flatMap(\.ctrl), frames: 1)
    var (step, warm) = (LargestError(), LargestError())
    for (index, state) in states.enumerated() {
      let place = "state \(index) (\(state.kind))"
      step.add(
        batch.state(index), state.qpos_next + state.qvel_next, isRelative: false, at: place)
      warm.add(batch.warmStart(environment: index), state.warm_next, at: place)
    }
    step.expect(below: 1e-10, "\(walker) physics step")
    warm.expect(below: 1e-11, "\(walker) warm start")
  }

  /// Environment steps from recorded states, and whole rollouts without corrections.
  @Test(arguments: Walker.allCases)
  func rolloutsAgreeWithMuJoCo(walker: Walker) throws {
    let data = try walker.read("rollouts", as: RecordedRollouts.self)
    let model = try CompiledModel(walker.model)
    let (step, drift) = compare(data.rollouts, model: model, frames: data.frame_skip)
    step.expect(below: 1e-10, "\(walker) environment step")
    drift.expect(below: 1, "\(walker) free run over its bound")
  }

  /// A path is bit-identical alone, in company and at another place, also while links of a body
  /// touch.
  @Test(arguments: Walker.allCases)
  func lanesAreIndependent(walker: Walker) throws {
    let model = try CompiledModel(walker.model)
    let states = try walker.read("states", as: RecordedStates.self).states
    let chosen = states.filter { $0.kind != "airborne" }.enumerated().filter { $0.offset % 7 == 3 }
      .map(\.element)
    var random = SeededGenerator(51)
    let actions = (0..<20).map { _ in chosen.map { _ in random.vector(model.motorCount) } }
    func run(_ order: [Int]) -> [[UInt64]] {
      let batch = BatchSimulation(model: model, count: order.count)
      for (place, index) in order.enumerated() {
        batch.reset(environment: place, qpos: chosen[index].qpos, qvel: chosen[index].qvel)
      }
      for action in actions { batch.step(controls: order.flatMap { action[$0] }, frames: 2) }
      return order.indices.map { place in batch.state(place).map(\.bitPattern) }
    }
    let together = run(Array(chosen.indices))
    #expect(run(chosen.indices.reversed()) == together.reversed())
    for index in stride(from: 0, to: chosen.count, by: 4) {
      #expect(run([index]) == [together[index]], "state \(index)")
    }
  }

  /// A new batch stands in the authored pose, and states are read as they were set.
  @Test(arguments: Walker.allCases)
  func coordinatesKeepTheirSigns(walker: Walker) throws {
    let model = try CompiledModel(walker.model)
    let batch = BatchSimulation(model: model, count: 9)
    #expect(batch.qpos(environment: 8) == model.referencePositions)
    var random = SeededGenerator(52)
    let (q, v) = (random.vector(model.dofCount), random.vector(model.dofCount))
    batch.reset(environment: 3, qpos: q, qvel: v, warmStart: v)
    #expect(batch.state(3) == q + v && batch.warmStart(environment: 3) == v)
    #expect(batch.qpos(environment: 3, dof: 4) == q[4])
    #expect(batch.qvel(environment: 3, dof: 5) == v[5])
    let width = 2 * model.dofCount - 1
    var buffer = [Double](repeating: .nan, count: 9 * width)
    buffer.withUnsafeMutableBufferPointer { batch.copyObservations(skipping: 1, into: $0) }
    #expect(Array(buffer[3 * width..<4 * width]) == q.dropFirst() + v)
  }

  /// The placed geoms touch the ground where the engine finds contacts.
  @Test(arguments: Walker.allCases)
  func placedGeomsTouchWhereTheEngineFindsContacts(walker: Walker) throws {
    let dynamics = ForwardDynamics(model: try CompiledModel(walker.model))
    var count = 0
    for state in try walker.read("states", as: RecordedStates.self).states {
      let touches = walker.model.placedGeoms(at: state.qpos).map { geom in
        geom.touches.count { $0 }
      }
      let contacts = dynamics.evaluate(qpos: state.qpos, qvel: state.qvel, ctrl: state.ctrl)
        .contacts.filter { $0.otherGeom == nil }
      for (geom, found) in touches.enumerated() {
        #expect(contacts.count { $0.geom == geom } == found)
      }
      count += contacts.count
    }
    #expect(count > 100)
  }

  /// Geoms of both numbers, distance, position and normal of a contact.
  private func numbers(_ contact: ForwardEvaluation.Contact) -> [Double] {
    [
      Double((contact.otherGeom ?? -1) + 1), Double(contact.geom + 1), contact.distance,
      contact.position.x, contact.position.y, contact.normal.x, contact.normal.y,
    ]
  }

  private func numbers(_ contact: RecordedState.Contact) -> [Double] {
    [
      Double(contact.geom1), Double(contact.geom), contact.dist, contact.pos[0], contact.pos[2],
      contact.frame[0], contact.frame[2],
    ]
  }
}

/// The errors of environment steps from recorded states, and those of free runs as parts of
/// `1e-11 + 100 max sens` so far, MuJoCo's own drift under rounding noise.
func compare(
  _ rollouts: [RecordedRollout], model: CompiledModel, frames: Int
) -> (step: LargestError, drift: LargestError) {
  var (step, drift) = (LargestError(), LargestError())
  for (index, rollout) in rollouts.enumerated() {
    let forced = BatchSimulation(model: model, count: rollout.actions.count)
    for time in rollout.actions.indices {
      forced.reset(
        environment: time, qpos: rollout.qpos[time], qvel: rollout.qvel[time],
        warmStart: rollout.warm[time])
    }
    forced.step(controls: rollout.actions.flatMap { $0 }, frames: frames)
    let free = BatchSimulation(model: model, count: 1)
    free.reset(
      environment: 0, qpos: rollout.qpos[0], qvel: rollout.qvel[0], warmStart: rollout.warm[0])
    var allowed = 1e-11
    for (time, action) in rollout.actions.enumerated() {
      let place = "rollout \(index) (\(rollout.kind)), step \(time)"
      step.add(
        forced.state(time), rollout.qpos[time + 1] + rollout.qvel[time + 1], isRelative: false,
        at: place)
      free.step(controls: action, frames: frames)
      allowed = max(allowed, 1e-11 + 100 * rollout.sens[time])
      let error = zip(free.qpos(environment: 0), rollout.qpos[time + 1]).map { abs($0 - $1) }.max()
      drift.add((error ?? .infinity) / allowed, at: place)
    }
  }
  return (step, drift)
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
    var damping: Double
    var limited: Bool
    var range: [Double]
    var invweight0: Double
  }
  struct Capsule: Decodable {
    var body: Int
    var end_plus: [Double]
    var floor_contact_friction: Double
  }
  var ref: [Double]
  var bodies: [Body]
  var dofs: [Dof]
  var capsules: [Capsule]
  var total_mass: Double
}
