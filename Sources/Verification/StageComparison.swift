import Simulator

/// Compares the stages of a forward evaluation with recorded states.
struct StageComparison {
  private let dynamics: ForwardDynamics
  private let bar = 1e-11

  init(model: CompiledModel, solver: ConstraintSolver) {
    dynamics = ForwardDynamics(model: model, solver: solver)
  }

  /// The largest error of each stage over all states.
  ///
  /// `skip` decides by the recorded gap whether a state has no comparable solver output.
  func compare(
    _ states: [GoldenState], skippingGaps skip: (Double) -> Bool
  ) -> [VerificationReport.Stage] {
    let names = [
      "mass matrix", "bias", "passive", "actuator", "smooth acceleration", "contacts",
      "row jacobian", "row position", "row velocity", "row regularizer", "row reference",
      "row force", "constraint force", "acceleration",
    ]
    var stages = names.map { VerificationReport.Stage($0, .relative, bar: bar) }
    for state in states {
      let place = "state \(state.id) (\(state.kind))"
      let result = dynamics.evaluate(
        qpos: state.qpos, qvel: state.qvel, ctrl: state.ctrl, warmStart: state.warm.values)
      stages[0].compare(result.massMatrix, state.massMatrix, at: place)
      stages[1].compare(result.bias, state.bias, at: place)
      stages[2].compare(result.passive, state.passive, at: place)
      stages[3].compare(result.actuator, state.actuator, at: place)
      stages[4].compare(result.smoothAcceleration, state.smoothAcceleration, at: place)
      stages[5].compare(
        result.contacts.flatMap(numbers),
        state.contacts.filter { $0.movesSomething }.flatMap(numbers), at: place)
      if let rows = state.rows {
        compareRows(result.rows, rows, at: place, skip: skip(state.gap), into: &stages)
      }
      guard !skip(state.gap) else { continue }
      stages[12].compare(result.constraintForce, state.constraintForce, at: place)
      stages[13].compare(result.acceleration, state.acceleration, at: place)
    }
    return stages
  }

  private func compareRows(
    _ rows: [ForwardEvaluation.ConstraintRow], _ golden: GoldenRows, at place: String,
    skip: Bool, into stages: inout [VerificationReport.Stage]
  ) {
    // rows along the normal of the plane move nothing; the simulator has none
    let used = golden.jacobian.indices.filter { row in
      golden.jacobian[row].contains { $0.magnitude > 1e-12 }
    }
    guard rows.map({ number(of: $0.kind) }) == used.map({ golden.type[$0] }) else {
      stages[6].record(.infinity, at: "\(place): other rows than recorded")
      return
    }
    func compare(_ stage: Int, _ values: [Double], _ recorded: [Double]) {
      stages[stage].compare(values, used.map { recorded[$0] }, at: place)
    }
    stages[6].compare(
      rows.flatMap(\.jacobian), used.flatMap { golden.jacobian[$0] }, at: place)
    compare(7, rows.map(\.position), golden.pos)
    compare(8, rows.map(\.velocity), golden.vel)
    compare(9, rows.map(\.regularizer), golden.regularizer)
    compare(10, rows.map(\.reference), golden.aref)
    if !skip { compare(11, rows.map(\.force), golden.force) }
  }

  /// MuJoCo's number of a kind of row.
  private func number(of kind: ForwardEvaluation.Kind) -> Int {
    switch kind {
    case .limit: 3
    case .frictionlessContact: 5
    case .contact: 6
    case .coneNormal, .coneFriction: 7
    }
  }

  /// Geoms, distance, position and normal of a contact, and for one with the ground the tangents;
  /// MuJoCo's geom 0 is the ground.
  private func numbers(_ contact: ForwardEvaluation.Contact) -> [Double] {
    let (normal, s) = (contact.normal, contact.tangentSign)
    let isGrounded = contact.otherGeom == nil
    return [
      Double((contact.otherGeom ?? -1) + 1), Double(contact.geom + 1), contact.distance,
      contact.position.x, 0, contact.position.y, normal.x, 0, normal.y,
    ] + (isGrounded ? [s, 0, 0, 0, s, 0] : [])
  }

  private func numbers(_ contact: GoldenContact) -> [Double] {
    let other = contact.geom1 ?? 0
    return [Double(other), Double(contact.geom), contact.dist] + contact.pos
      + contact.frame.prefix(other == 0 ? 9 : 3)
  }
}
