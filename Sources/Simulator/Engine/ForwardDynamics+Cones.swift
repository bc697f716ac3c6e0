extension ForwardDynamics {
  /// The rows of the elliptic cones that act in the first lane: of each its normal one, then those of
  /// friction. A contact of two geoms in the plane has a row of friction out of it, which is zero.
  func coneRows(_ qvel: [Double]) -> [ForwardEvaluation.ConstraintRow] {
    touchingSlots.filter { storage.work.coneSizes[$0] > 0 }.flatMap { coneRows($0, qvel) }
  }

  private func coneRows(_ slot: Int, _ qvel: [Double]) -> [ForwardEvaluation.ConstraintRow] {
    let work = storage.work
    let state = work.contacts[slot]
    let index = work.contactSlots[slot]
    let contact = constants(slot)
    let slope = storage.tables.coneSlopes[index]
    let force = kernel.coneForces(slot)
    let regularizer = 1 / state.weight[0]
    func row(
      _ kind: ForwardEvaluation.Kind, _ jacobian: [Double], _ reference: Double,
      _ regularizer: Double, _ force: Double
    ) -> ForwardEvaluation.ConstraintRow {
      ForwardEvaluation.ConstraintRow(
        kind: kind, jacobian: jacobian,
        position: kind == .coneFriction ? 0 : state.violation[0] + contact.margin,
        velocity: zip(jacobian, qvel).reduce(0) { $0 + $1.0 * $1.1 }, reference: reference,
        regularizer: regularizer, force: force)
    }
    let normal = contactJacobian(slot, contact, slant: 0)
    let isFrictionless = parameters(index).dimension == .frictionless
    var rows = [
      row(
        isFrictionless ? .frictionlessContact : .coneNormal, normal, state.reference[0],
        regularizer, force.normal[0])
    ]
    guard !isFrictionless else { return rows }
    let coefficients = self.coefficients(index)
    for (place, coefficient) in zip(slot..<slot + work.coneSizes[slot], coefficients) {
      // the Jacobian of a spatial contact contains the coefficient
      let unit = contact.isSpatial ? coefficient : 1
      let jacobian = zip(contactJacobian(place, contact, slant: 1), normal).map {
        ($0 - $1) / unit
      }
      rows.append(
        row(
          .coneFriction, jacobian, work.contacts[place].tangentReference[0] / unit,
          regularizer * slope * slope / (coefficient * coefficient),
          force.tangential[0] * work.contacts[place].tangentResidual[0] * coefficient))
    }
    if rows.count < 3 {
      let zero = [Double](repeating: 0, count: normal.count)
      rows.append(row(.coneFriction, zero, 0, rows[1].regularizer, 0))
    }
    return rows
  }

  /// The parameters of the contact of a slot.
  private func parameters(_ index: Int) -> CompiledContact {
    let (points, pairs) = (model.contactPoints, model.contactPairs)
    if index < points.count { return points[index].contact }
    if index < points.count + pairs.count { return pairs[index - points.count].contact }
    return model.spatialContacts[index - points.count - pairs.count].contact
  }

  /// The coefficients of the directions of friction.
  private func coefficients(_ index: Int) -> [Double] {
    let contact = parameters(index)
    return [
      contact.friction, contact.friction, contact.torsionalFriction, contact.rollingFriction,
      contact.rollingFriction,
    ]
  }
}
