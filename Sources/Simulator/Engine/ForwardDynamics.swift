import Requirements

/// Evaluates the stages of one environment in turn and returns every intermediate result.
///
/// For tests, verification and analysis. It runs the same kernels as ``BatchSimulation``, in the
/// first lane of a group. It allocates its results and is not optimised for speed.
public final class ForwardDynamics {
  /// The model.
  public let model: CompiledModel

  let storage: BatchStorage
  let kernel: PlanarKernel

  /// Creates an evaluator for one environment at a time.
  public init(model: CompiledModel, solver: ConstraintSolver = .mujoco) {
    self.model = model
    storage = BatchStorage(model, count: 1)
    kernel = PlanarKernel(
      tables: storage.tables, work: storage.work, solver: solver.adapted(to: model.source))
  }

  /// Evaluates all stages at a state.
  ///
  /// - Parameters:
  ///   - qpos: Positions, `[nv]`.
  ///   - qvel: Velocities, `[nv]`.
  ///   - ctrl: Controls, `[motors]`, clamped as in a step.
  ///   - warmStart: A start for the constraint solver, `[nv]`; nil for zero.
  /// - Returns: The output of every stage.
  /// - Precondition: the lengths match.
  public func evaluate(
    qpos: [Double], qvel: [Double], ctrl: [Double], warmStart: [Double]? = nil
  ) -> ForwardEvaluation {
    let size = model.dofCount
    require(
      qpos.count == size && qvel.count == size && ctrl.count == model.motorCount
        && (warmStart?.count ?? size) == size,
      "expected \(size) positions and velocities and \(model.motorCount) controls, got "
        + "\(qpos.count), \(qvel.count), \(ctrl.count), warm start \(warmStart?.count ?? size)")
    for dof in 0..<size {
      storage[0, .position, dof] = qpos[dof]
      storage[0, .velocity, dof] = qvel[dof]
      storage[0, .warmStart, dof] = warmStart?[dof] ?? 0
    }
    ctrl.withUnsafeBufferPointer { storage.loadControls(0, from: $0) }
    kernel.evaluate(
      q: storage.vectors(0, .position), v: storage.vectors(0, .velocity),
      warm: storage.vectors(0, .warmStart), alive: storage.alive[0])
    kernel.constraintForces()
    return collect(qvel: qvel)
  }

  /// Reads the first lane of the workspace.
  private func collect(qvel: [Double]) -> ForwardEvaluation {
    let work = storage.work
    func vector(_ values: UnsafeMutablePointer<Lanes>) -> [Double] {
      (0..<model.dofCount).map { storage.read(values, $0, lane: 0) }
    }
    return ForwardEvaluation(
      massMatrix: lowerTriangle(), bias: vector(work.bias), passive: vector(work.passive),
      actuator: vector(work.actuator), smoothAcceleration: vector(work.smoothAcceleration),
      contacts: touchingSlots.filter { !isSecondOfCrossing($0) && !isRepeated($0) }.map(contact),
      rows: limitRows(qvel)
        + (storage.tables.hasCones
          ? coneRows(qvel) : touchingSlots.flatMap { contactRows($0, qvel) }),
      constraintForce: vector(work.constraintForce), acceleration: vector(work.acceleration))
  }

  /// The dense lower triangle of the tree-sparse mass matrix, in the model's coordinates.
  private func lowerTriangle() -> [Double] {
    let (mass, tables) = (storage.work.mass, storage.tables)
    var rows = [[mass[0][0]], [mass[1][0], mass[2][0]]]
    for index in model.bodies.indices {
      let body = tables.bodies[index]
      var row = [Double](repeating: 0, count: index + 3)
      row[0] = mass[body.row][0]
      row[1] = mass[body.row + 1][0]
      for link in 0...body.links {
        row[tables.chainDofs[body.chain + link]] =
          mass[body.row + tables.chainColumns[body.chain + link]][0]
      }
      rows.append(row)
    }
    return rows.dropFirst(tables.firstDof).enumerated().flatMap { place, row in
      row.dropFirst(tables.firstDof).enumerated().map { column, value in
        storage.turned(storage.turned(value, column), place)
      }
    }
  }

  /// The contact slots that are active in the first lane.
  var touchingSlots: [Int] {
    (0..<storage.work.counts[1]).filter { storage.work.contacts[$0].violation[0] < 0 }
  }

  /// Whether a slot is the second one of capsules whose axes cross.
  private func isSecondOfCrossing(_ slot: Int) -> Bool {
    isCrossing(slot) && storage.work.pairContacts[slot].tangentX[0] > 0
  }

  /// Whether a slot holds further edges of the contact in the slot before.
  private func isRepeated(_ slot: Int) -> Bool {
    guard constants(slot).isSpatial, slot > 0 else { return false }
    let work = storage.work
    return work.contactSlots[slot] == work.contactSlots[slot - 1]
      && work.contacts[slot].x[0] == work.contacts[slot - 1].x[0]
      && work.pairContacts[slot].y[0] == work.pairContacts[slot - 1].y[0]
  }

  /// Whether the normal of a slot leaves the plane.
  private func isCrossing(_ slot: Int) -> Bool {
    guard slot >= storage.work.counts[2], !constants(slot).isSpatial else { return false }
    let state = storage.work.pairContacts[slot]
    return state.normalX[0] == 0 && state.normalY[0] == 0
  }

  func constants(_ slot: Int) -> ContactConstants {
    storage.tables.contacts[storage.work.contactSlots[slot]]
  }

  private func contact(_ slot: Int) -> ForwardEvaluation.Contact {
    let work = storage.work
    let index = work.contactSlots[slot]
    let distance = work.contacts[slot].violation[0] + constants(slot).margin
    let x = work.contacts[slot].x[0]
    guard index < model.contactPoints.count else {
      let place = index - model.contactPoints.count
      let state = work.pairContacts[slot]
      let geoms: (first: Int?, second: Int)
      if place < model.contactPairs.count {
        let pair = model.contactPairs[place]
        geoms = (pair.first.geom, pair.second.geom)
      } else {
        let pair = model.spatialContacts[place - model.contactPairs.count]
        geoms = (pair.firstGeom, pair.secondGeom)
      }
      return ForwardEvaluation.Contact(
        geom: geoms.second, otherGeom: geoms.first, distance: distance,
        position: SIMD2(x, state.y[0]), normal: SIMD2(state.normalX[0], state.normalY[0]),
        tangentSign: 1)
    }
    let point = model.contactPoints[index]
    return ForwardEvaluation.Contact(
      geom: point.geom, otherGeom: nil, distance: distance,
      position: SIMD2(x, storage.tables.groundHeight + distance / 2), normal: SIMD2(0, 1),
      tangentSign: tangentSign(point))
  }

  /// The sign of the first world component of the geom's axis.
  private func tangentSign(_ point: ContactPoint) -> Double {
    let (c, s) = (
      storage.work.bodies[point.body].cosine[0], storage.work.bodies[point.body].sine[0]
    )
    return c * point.axis.x - s * point.axis.y < 0 ? -1 : 1
  }

  private func limitRows(_ qvel: [Double]) -> [ForwardEvaluation.ConstraintRow] {
    let work = storage.work
    return (0..<work.counts[0]).filter { work.limits[$0].violation[0] < 0 }.map { slot in
      let dof = work.limitSlots[slot] - storage.tables.firstDof
      var jacobian = [Double](repeating: 0, count: model.dofCount)
      jacobian[dof] = storage.turned(work.limits[slot].sign[0], dof)
      let weight = work.limits[slot].weight[0]
      return ForwardEvaluation.ConstraintRow(
        kind: .limit, jacobian: jacobian,
        position: work.limits[slot].violation[0] + model.dofs[dof].margin,
        velocity: jacobian[dof] * qvel[dof], reference: work.limits[slot].reference[0],
        regularizer: 1 / weight, force: -weight * min(0, work.limits[slot].residual[0]))
    }
  }

  private func contactRows(
    _ slot: Int, _ qvel: [Double]
  ) -> [ForwardEvaluation.ConstraintRow] {
    let state = storage.work.contacts[slot]
    let constants = constants(slot)
    let friction = constants.friction
    // factors of the tangential row in the edges; without friction the four are one
    let (slants, share): ([Double], Double)
    if friction > 0 {
      let sign = contact(slot).tangentSign
      let edges = [sign * friction, -sign * friction]
      let plain = isCrossing(slot) || constants.isSpatial ? [] : [0.0, 0.0]
      (slants, share) = (slot < storage.work.counts[2] ? edges + plain : plain + edges, 1)
    } else {
      (slants, share) = ([0], 4)
    }
    let weight = share * state.weight[0]
    return slants.map { slant in
      let jacobian = contactJacobian(slot, constants, slant: slant)
      let reference = state.reference[0] + slant * state.tangentReference[0]
      let tangent = slant == 0 ? 0 : slant / friction * state.tangentResidual[0]
      return ForwardEvaluation.ConstraintRow(
        kind: friction > 0 ? .contact : .frictionlessContact, jacobian: jacobian,
        position: state.violation[0] + constants.margin,
        velocity: zip(jacobian, qvel).reduce(0) { $0 + $1.0 * $1.1 }, reference: reference,
        regularizer: 1 / weight, force: -weight * min(0, state.residual[0] + tangent))
    }
  }

  func contactJacobian(
    _ slot: Int, _ contact: ContactConstants, slant: Double
  ) -> [Double] {
    let start = slot * storage.tables.chainLength
    var row = [Double](repeating: 0, count: storage.tables.dofCount)
    if contact.hasSlides { (row[0], row[1]) = (slant, 1) }
    for link in 0...contact.links {
      row[storage.tables.chainDofs[contact.chain + link]] =
        storage.work.contactNormal[start + link][0]
        + slant * storage.work.contactTangent[start + link][0]
    }
    return row.dropFirst(storage.tables.firstDof).enumerated().map { storage.turned($1, $0) }
  }
}
