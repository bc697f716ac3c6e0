extension PlanarKernel {
  /// Constraint rows: Jacobians, reference accelerations and weights of every slot.
  ///
  /// Reads the slots, `origin`, `v`. Writes `limitReference`, `limitWeight`, `contactTangent`,
  /// `contactNormal`, `contactReference`, `contactTangentReference`, `contactWeight`.
  ///
  /// A contact acts at the point midway between the two surfaces. With `jt` and `jn` the tangential
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
      let distance = w.limits[slot].distance
      let impedance = impedance(distance, dof.softness)
      let velocity = w.limits[slot].sign * v[index]
      w.limits[slot].reference = reference(dof.softness, velocity, impedance * distance)
      w.limits[slot].weight = weight(impedance, dof.inverseWeight, distance)
    }

    let sense = broadcast(tables.sense)
    for slot in 0..<w.counts[1] {
      let point = tables.points[w.contactSlots[slot]]
      let distance = w.contacts[slot].distance
      let height = fma(distance, broadcast(0.5), broadcast(tables.groundHeight))
      let x = w.contacts[slot].x
      let tangent = w.contactTangent + slot * tables.chainLength
      let normal = w.contactNormal + slot * tables.chainLength
      let chain = tables.chains + point.body * tables.chainLength

      // hinge a moves the point by P (point - o_a)
      var along = v[0]
      var up = v[1]
      for link in 0...tables.bodies[point.body].links {
        let body = chain[link]
        let jt = sense * (w.bodies[body].originY - height)
        let jn = sense * (x - w.bodies[body].originX)
        tangent[link] = jt
        normal[link] = jn
        along = fma(jt, v[body + 2], along)
        up = fma(jn, v[body + 2], up)
      }
      let impedance = impedance(distance, point.softness)
      w.contacts[slot].reference = reference(point.softness, up, impedance * distance)
      w.contacts[slot].tangentReference = along * -point.softness.damping
      w.contacts[slot].weight = weight(impedance, point.regularizer, distance)
    }
  }

  /// The impedance `d` at a distance, see ``ConstraintSoftness``.
  @inline(__always)
  private func impedance(_ distance: Lanes, _ softness: CompiledSoftness) -> Lanes {
    let one = broadcast(1)
    var x = distance * -softness.inverseWidth
    x.replace(with: one, where: x .> one)
    let rest = one - x
    let low = x * x * (1 / softness.midpoint)
    let high = fnma(rest * rest, broadcast(1 / (1 - softness.midpoint)), one)
    let bend = high.replacing(with: low, where: x .<= broadcast(softness.midpoint))
    return fma(bend, broadcast(softness.rise), broadcast(softness.minimum))
  }

  /// `aref = -b v - k d r`.
  @inline(__always)
  private func reference(
    _ softness: CompiledSoftness, _ velocity: Lanes, _ scaledDistance: Lanes
  ) -> Lanes {
    fnma(
      broadcast(softness.stiffness), scaledDistance, velocity * -softness.damping)
  }

  /// `D = 1/R` with `R = regularizer (1 - d)/d`, at least 1e-15; zero without contact.
  @inline(__always)
  private func weight(_ impedance: Lanes, _ regularizer: Double, _ distance: Lanes) -> Lanes {
    var weight = impedance / ((1 - impedance) * regularizer)
    weight.replace(with: broadcast(1e15), where: weight .> broadcast(1e15))
    return Lanes.select(weight, where: distance .< 0)
  }
}
