import CLibrary

extension PlanarKernel {
  /// Constraint rows: Jacobians, reference accelerations and weights of every slot.
  ///
  /// Reads the slots, `origin`, `v`. Writes `limitReference`, `limitWeight`, `contactTangent`,
  /// `contactNormal`, `contactReference`, `contactTangentReference`, `contactWeight`.
  ///
  /// A constraint acts from its margin on: the violation `r` is the distance minus the margin. A
  /// contact acts at the point midway between the two surfaces. With `jt` and `jn` the tangential
  /// and normal rows of the point's Jacobian, its friction pyramid has the rows `jn + mu jt`,
  /// `jn - mu jt` and twice `jn` (the edges out of the plane), all of weight `D`. Their reference
  /// accelerations differ only by `-+ b mu jt v`, so it is enough to store the normal one and the
  /// tangential `-b jt v`. Weights are zero in lanes without contact.
  ///
  /// - Source: MuJoCo documentation, "Computation", constraint model and friction cones.
  @inline(__always)
  func constraintRows(_ v: UnsafePointer<Lanes>) {
    let w = work
    for slot in 0..<w.counts[0] {
      let index = w.limitSlots[slot]
      let dof = tables.dofs[index]
      let violation = w.limits[slot].violation
      let impedance = impedance(violation, dof.softness)
      let velocity = w.limits[slot].sign * v[index]
      w.limits[slot].reference = reference(dof.softness, velocity, impedance * violation)
      w.limits[slot].weight = weight(impedance, dof.inverseWeight, violation)
    }

    for place in 0..<tables.frictionCount {
      let friction = tables.frictions[place]
      w.frictions[place].reference = v[friction.dof] * -friction.damping
    }

    let sense = broadcast(tables.sense)
    for slot in 0..<w.counts[2] {
      let constants = tables.contacts + w.contactSlots[slot]
      // half the distance above the ground
      let height = fma(
        w.contacts[slot].violation, broadcast(0.5),
        broadcast(tables.groundHeight + 0.5 * constants.pointee.margin))
      let x = w.contacts[slot].x
      let tangent = w.contactTangent + slot * tables.chainLength
      let normal = w.contactNormal + slot * tables.chainLength
      let chain = tables.chains + constants.pointee.chain

      // hinge a moves the point by P (point - o_a)
      var along = v[0]
      var up = v[1]
      for link in 0...constants.pointee.links {
        let body = chain[link]
        var jt = sense * (w.bodies[body].originY - height)
        var jn = sense * (x - w.bodies[body].originX)
        if tables.hasSlides, tables.bodies[body].isSlide {
          jt = w.slideAxes[2 * body]
          jn = w.slideAxes[2 * body + 1]
        }
        tangent[link] = jt
        normal[link] = jn
        along = fma(jt, v[body + 2], along)
        up = fma(jn, v[body + 2], up)
      }
      finish(slot, constants, up: up, along: along)
    }
    for slot in w.counts[2]..<w.counts[1] {
      let velocity = pairRows(slot, v)
      finish(
        slot, tables.contacts + w.contactSlots[slot], up: velocity.up, along: velocity.along)
    }
  }

  /// Reference accelerations and weight of a contact with the given velocities.
  @inline(__always)
  private func finish(
    _ slot: Int, _ constants: UnsafePointer<ContactConstants>, up: Lanes, along: Lanes
  ) {
    let softness = constants.pointee.softness
    let violation = work.contacts[slot].violation
    let impedance = impedance(violation, softness)
    work.contacts[slot].reference = reference(softness, up, impedance * violation)
    work.contacts[slot].tangentReference = along * -softness.damping
    work.contacts[slot].weight = weight(impedance, constants.pointee.regularizer, violation)
  }

  /// The impedance `d` at a violation, see ``ConstraintSoftness``.
  @inline(__always)
  private func impedance(_ violation: Lanes, _ softness: CompiledSoftness) -> Lanes {
    let one = broadcast(1)
    var x = violation * -softness.inverseWidth
    x.replace(with: one, where: x .> one)
    if softness.power != 2 {
      return bentImpedance(
        x, softness.power, softness.midpoint, softness.rise, softness.minimum)
    }
    let rest = one - x
    let low = x * x * (1 / softness.midpoint)
    let high = fnma(rest * rest, broadcast(1 / (1 - softness.midpoint)), one)
    let bend = high.replacing(with: low, where: x .<= broadcast(softness.midpoint))
    return fma(bend, broadcast(softness.rise), broadcast(softness.minimum))
  }

  /// The impedance where the power of its curve is not 2.
  @inline(never)
  private func bentImpedance(
    _ x: Lanes, _ power: Double, _ middle: Double, _ rise: Double, _ minimum: Double
  ) -> Lanes {
    // powers of negative numbers, in lanes where nothing is violated, are no numbers
    var bend = x.replacing(with: Lanes.zero, where: x .< 0)
    if power > 1 {
      for lane in 0..<Lanes.width {
        let place = bend[lane]
        bend[lane] =
          place <= middle
          ? pow(place, power) / pow(middle, power - 1)
          : 1 - pow(1 - place, power) / pow(1 - middle, power - 1)
      }
    }
    return fma(bend, broadcast(rise), broadcast(minimum))
  }

  /// `aref = -b v - k d r`.
  @inline(__always)
  private func reference(
    _ softness: CompiledSoftness, _ velocity: Lanes, _ scaledViolation: Lanes
  ) -> Lanes {
    fnma(
      broadcast(softness.stiffness), scaledViolation, velocity * -softness.damping)
  }

  /// `D = 1/R` with `R = regularizer (1 - d)/d`, at least 1e-15; zero without contact.
  @inline(__always)
  private func weight(_ impedance: Lanes, _ regularizer: Double, _ violation: Lanes) -> Lanes {
    var weight = impedance / ((1 - impedance) * regularizer)
    weight.replace(with: broadcast(1e15), where: weight .> broadcast(1e15))
    return Lanes.select(weight, where: violation .< 0)
  }
}
