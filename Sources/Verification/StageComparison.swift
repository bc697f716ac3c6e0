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
        result.contacts.flatMap(numbers), state.contacts.flatMap(numbers), at: place)
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
    // MuJoCo numbers limits 3 and pyramidal contacts 6
    let kinds = golden.type.map { Double($0) }
    guard rows.map({ $0.kind == .limit ? 3.0 : 6.0 }) == kinds else {
      stages[6].record(.infinity, at: "\(place): other rows than recorded")
      return
    }
    stages[6].compare(
      rows.flatMap(\.jacobian), golden.jacobian.flatMap { $0 }, at: place)
    stages[7].compare(rows.map(\.position), golden.pos, at: place)
    stages[8].compare(rows.map(\.velocity), golden.vel, at: place)
    stages[9].compare(rows.map(\.regularizer), golden.regularizer, at: place)
    stages[10].compare(rows.map(\.reference), golden.aref, at: place)
    if !skip { stages[11].compare(rows.map(\.force), golden.force, at: place) }
  }

  /// Geom, distance, position and frame of a contact; MuJoCo's geom 0 is the ground.
  private func numbers(_ contact: ForwardEvaluation.Contact) -> [Double] {
    let s = contact.tangentSign
    return [Double(contact.geom + 1), contact.distance, contact.position.x, 0, contact.position.y]
      + [0, 0, 1, s, 0, 0, 0, s, 0]
  }

  private func numbers(_ contact: GoldenContact) -> [Double] {
    [Double(contact.geom), contact.dist] + contact.pos + contact.frame
  }
}
