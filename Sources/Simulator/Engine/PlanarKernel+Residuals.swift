/// The two residual-like numbers that describe all four rows of a contact: the rows are `normal`
/// (twice), `normal + tangent` and `normal - tangent`, with the friction coefficient in `tangent`.
struct ContactPair {
  var normal: Lanes
  var tangent: Lanes
}

extension PlanarKernel {
  /// `J x` of a contact slot.
  @inline(__always)
  func contactProduct(_ slot: Int, _ x: UnsafePointer<Lanes>) -> ContactPair {
    let contact = tables.contacts + work.contactSlots[slot]
    let tangent = work.contactTangent + slot &* tables.chainLength
    let normal = work.contactNormal + slot &* tables.chainLength
    let chain = tables.chainDofs + contact.pointee.chain
    let links = contact.pointee.links
    var along = Lanes.zero
    var up = Lanes.zero
    if contact.pointee.hasSlides {
      along = x[0]
      up = x[1]
    }
    var link = 0
    while link <= links {
      let value = x[chain[link]]
      along = fma(tangent[link], value, along)
      up = fma(normal[link], value, up)
      link &+= 1
    }
    return ContactPair(normal: up, tangent: along * contact.pointee.friction)
  }

  /// Adds `sign Jᵀ f` of a contact slot to `x`, for a normal force `up` and a tangential force
  /// `along` (friction coefficient included).
  @inline(__always)
  func addTransposed(
    _ slot: Int, up: Lanes, along: Lanes, to x: UnsafeMutablePointer<Lanes>
  ) {
    let contact = tables.contacts + work.contactSlots[slot]
    let tangent = work.contactTangent + slot &* tables.chainLength
    let normal = work.contactNormal + slot &* tables.chainLength
    let chain = tables.chainDofs + contact.pointee.chain
    let links = contact.pointee.links
    if contact.pointee.hasSlides {
      x[0] += along
      x[1] += up
    }
    var link = 0
    while link <= links {
      let entry = x + chain[link]
      entry.pointee = fma(tangent[link], along, fma(normal[link], up, entry.pointee))
      link &+= 1
    }
  }

  /// How many rows of a slot are just the normal one; without spatial contacts no table is read.
  @inline(__always)
  func plainRows(_ slot: Int) -> Double {
    tables.spatialCount == 0 ? 2 : tables.contacts[work.contactSlots[slot]].plain
  }

  /// `Σ D min(0, r)²` over the rows of a contact, of which `plain` are the normal one.
  @inline(__always)
  func squaredViolation(_ residual: ContactPair, plain: Double, weight: Lanes) -> Lanes {
    let normal = residual.normal.negativePart
    let plus = (residual.normal + residual.tangent).negativePart
    let minus = (residual.normal - residual.tangent).negativePart
    return weight * fma(plain * normal, normal, fma(plus, plus, minus * minus))
  }

  /// Writes `constraintForce = Jᵀ F` with `F = -D min(0, r)` for the residuals in the slots.
  @inline(__always)
  func constraintForces() {
    let w = work
    for index in 0..<tables.dofCount { w.constraintForce[index] = .zero }
    if tables.isStiff { return stiffForces() }
    for slot in 0..<w.counts[0] {
      let dof = w.limitSlots[slot]
      let force = w.limits[slot].weight * w.limits[slot].residual.negativePart
      w.constraintForce[dof] = fnma(w.limits[slot].sign, force, w.constraintForce[dof])
    }
    if tables.frictionCount > 0 { addFrictionForces() }
    if tables.hasCones { return addConeForces() }
    for slot in 0..<w.counts[1] {
      let r = w.contacts[slot].residual
      let t = w.contacts[slot].tangentResidual
      let weight = w.contacts[slot].weight
      let plus = (r + t).negativePart
      let minus = (r - t).negativePart
      let contact = tables.contacts + w.contactSlots[slot]
      let friction = contact.pointee.friction
      let up = weight.negated * (plainRows(slot) * r.negativePart + plus + minus)
      addTransposed(
        slot, up: up, along: weight * (minus - plus) * friction, to: w.constraintForce)
    }
  }

  /// The same for stiff contacts, whose large residuals would cancel in the tangential force.
  @inline(never)
  private func stiffForces() {
    let w = work
    for slot in 0..<w.counts[0] {
      let dof = w.limitSlots[slot]
      let force = w.limits[slot].weight * w.limits[slot].residual.negativePart
      w.constraintForce[dof] = fnma(w.limits[slot].sign, force, w.constraintForce[dof])
    }
    if tables.frictionCount > 0 { addFrictionForces() }
    for slot in 0..<w.counts[1] {
      let (r, t) = (w.contacts[slot].residual, w.contacts[slot].tangentResidual)
      let (plus, minus) = ((r + t).negativePart, (r - t).negativePart)
      let pull = (minus - plus).replacing(with: -2 * t, where: (r + t .< 0) .& (r - t .< 0))
      let (contact, weight) = (tables.contacts + w.contactSlots[slot], w.contacts[slot].weight)
      addTransposed(
        slot, up: weight.negated * (plainRows(slot) * r.negativePart + plus + minus),
        along: weight * pull * contact.pointee.friction, to: w.constraintForce)
    }
  }
}
