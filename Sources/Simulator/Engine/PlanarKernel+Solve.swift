extension PlanarKernel {
  /// Constraint solve without rows in `alive` lanes: `qacc = a_s`, and no slots.
  @inline(__always)
  func skipConstraints() {
    work.counts[0] = 0
    work.counts[1] = 0
    work.counts[2] = 0
    for index in 0..<tables.dofCount {
      work.acceleration[index] = work.smoothAcceleration[index]
    }
  }

  /// Constraint solve: Newton's method on the cost of ``ConstraintSolver``.
  ///
  /// Reads the rows, `mass`, `massFactor`, `smoothAcceleration`, `inverseTrace`. Writes
  /// `acceleration` (the minimiser `qacc`), the residuals there, and as scratch
  /// `constraintForce`, `gradient`, `direction`, `difference`, `massDifference`, `matrix`.
  ///
  /// Lanes outside `lanes` keep `qacc = a_s`. A lane that has stopped is frozen while others
  /// continue, so its result is the same as if it ran alone.
  ///
  /// - Complexity: per iteration one factorisation and one solve; usually at most two iterations.
  @inline(__always)
  func solveConstraints(warm: UnsafePointer<Lanes>, lanes: LaneMask) {
    if tables.hasCones { return solveConstraintsWithCones(warm: warm, lanes: lanes) }
    start(warm: warm, lanes: lanes, hasCones: false)
    iterate(lanes: lanes, hasCones: false)
  }

  /// The same with elliptic cones, apart from what has none.
  @inline(never)
  private func solveConstraintsWithCones(warm: UnsafePointer<Lanes>, lanes: LaneMask) {
    start(warm: warm, lanes: lanes, hasCones: true)
    iterate(lanes: lanes, hasCones: true)
  }

  /// Chooses the start with the smaller cost, `warm` or `a_s`, and the gradient there.
  @inline(__always)
  private func start(warm: UnsafePointer<Lanes>, lanes: LaneMask, hasCones: Bool) {
    let w = work
    for index in 0..<tables.dofCount {
      w.difference[index] = warm[index] - w.smoothAcceleration[index]
    }
    multiply(w.mass, w.difference, into: w.massDifference)
    var warmCost = Lanes.zero
    for index in 0..<tables.dofCount {
      warmCost = fma(w.difference[index], w.massDifference[index], warmCost)
    }

    // residuals at a_s, and their change up to warm
    var smoothCost = Lanes.zero
    for slot in 0..<w.counts[0] {
      let dof = w.limitSlots[slot]
      let sign = w.limits[slot].sign
      let weight = w.limits[slot].weight
      let residual = fma(sign, w.smoothAcceleration[dof], w.limits[slot].reference.negated)
      let change = sign * w.difference[dof]
      w.limits[slot].residual = residual
      w.limits[slot].slope = change
      let before = residual.negativePart
      let after = (residual + change).negativePart
      smoothCost = fma(weight * before, before, smoothCost)
      warmCost = fma(weight * after, after, warmCost)
    }
    if tables.frictionCount > 0 {
      let cost = startFriction()
      smoothCost += cost.smooth
      warmCost += cost.warm
    }
    if hasCones {
      let cost = startCones()
      smoothCost += cost.smooth
      warmCost += cost.warm
    }
    let edgedCount = hasCones ? 0 : w.counts[1]
    for slot in 0..<edgedCount {
      let friction = tables.contacts[w.contactSlots[slot]].friction
      let plain = plainRows(slot)
      var residual = contactProduct(slot, w.smoothAcceleration)
      residual.normal -= w.contacts[slot].reference
      residual.tangent = fnma(
        w.contacts[slot].tangentReference, broadcast(friction), residual.tangent)
      let change = contactProduct(slot, w.difference)
      w.contacts[slot].residual = residual.normal
      w.contacts[slot].tangentResidual = residual.tangent
      w.contacts[slot].slope = change.normal
      w.contacts[slot].tangentSlope = change.tangent
      let weight = w.contacts[slot].weight
      smoothCost += squaredViolation(residual, plain: plain, weight: weight)
      residual.normal += change.normal
      residual.tangent += change.tangent
      warmCost += squaredViolation(residual, plain: plain, weight: weight)
    }

    let useWarm =
      tables.startsWarm ? .!(warmCost .> smoothCost) .& lanes : LaneMask(repeating: false)
    let share = Lanes.select(broadcast(1), where: useWarm)
    for slot in 0..<w.counts[0] {
      w.limits[slot].residual = fma(share, w.limits[slot].slope, w.limits[slot].residual)
    }
    if tables.frictionCount > 0 { moveFriction(share) }
    if hasCones { moveCones(share) }
    for slot in 0..<edgedCount {
      w.contacts[slot].residual = fma(share, w.contacts[slot].slope, w.contacts[slot].residual)
      w.contacts[slot].tangentResidual = fma(
        share, w.contacts[slot].tangentSlope, w.contacts[slot].tangentResidual)
    }

    // gradient M (a - a_s) - JᵀF
    constraintForces()
    for index in 0..<tables.dofCount {
      w.acceleration[index] = fma(share, w.difference[index], w.smoothAcceleration[index])
      w.gradient[index] = fma(share, w.massDifference[index], w.constraintForce[index].negated)
    }
  }

  /// Newton steps until every lane has met the stopping rule.
  @inline(__always)
  private func iterate(lanes: LaneMask, hasCones: Bool) {
    let w = work
    let scale = w.inverseTrace[0]
    let tolerance: Double
    // whether with cones the expected decrease alone says when to stop, as with stiff contacts
    var isPatient = false
    switch solver {
    // with stiff contacts the active rows need not repeat, and the cost of cones is not quadratic, so
    // there is a least expected decrease
    case .exact:
      tolerance = tables.isStiff || hasCones ? Self.leastTolerance : 0
      isPatient = hasCones
    // where rounding, dry friction or cones of several trees make the last steps uncertain, they are
    // all done
    case .stopping(let value):
      let isUncertain = tables.frictionCount > 0 || (hasCones && tables.hasTrees)
      let strict = tables.isStiff || isUncertain ? 1e-6 * value : value
      tolerance = tables.isStiff || hasCones ? max(strict, Self.leastTolerance) : strict
      isPatient = hasCones && isUncertain
    }
    let bound = broadcast(tolerance)
    // the line search may stop at a slope of tolerance * ls_tolerance * |direction| / scale
    let slopeTolerance =
      max(tolerance, hasCones ? Self.coneTolerance : 0) * ConstraintSolver.lineTolerance
      / scale
    let slopeScale = slopeTolerance * slopeTolerance
    var stopped = .!lanes
    var flat = isFlat(scale, bound)

    // start: nothing to do where the gradient and M⁻¹ gradient are small
    if any(flat .& lanes) {
      for index in 0..<tables.dofCount { w.direction[index] = w.gradient[index] }
      solve(w.massFactor, w.direction)
      stopped = stopped .| (flat .& (0.5 * scale * expectedDecrease() .< bound))
    }

    openAllSlots(hasCones: hasCones)
    for iteration in 0..<tables.iterationLimit {
      if all(stopped) { return }
      if iteration > 0 { keepOpenSlots(.!stopped) }
      // Newton direction p = H⁻¹ gradient; kappa = gradient · p
      hessian(.!stopped)
      if tables.frictionCount > 0 { addFrictionCurvature() }
      if hasCones { addConeCurvature(.!stopped) }
      factor(w.matrix)
      for index in 0..<tables.dofCount { w.direction[index] = w.gradient[index] }
      solve(w.matrix, w.direction)
      let kappa = expectedDecrease()
      let small = 0.5 * scale * kappa .< bound
      stopped = stopped .| (iteration == 0 ? small .& flat : small)
      let norm = directionNormSquared()
      stopped = stopped .| .!(norm .>= broadcast(1e-30))
      if all(stopped) { return }
      for index in 0..<tables.dofCount {
        w.direction[index].replace(with: Lanes.zero, where: stopped)
      }

      let changed = searchLine(
        kappa: kappa, slopeBound: slopeScale * norm, stopped: stopped, hasCones: hasCones)
      let decrease = advance(kappa: kappa, changed: changed, hasCones: hasCones)
      if tables.isStiff {
        // the decrease is that of rounding; the expected one says when to stop
        refreshGradient()
        continue
      }
      if hasCones {
        refreshGradient()
        if isPatient { continue }
      }
      stopped = stopped .| .!(decrease .> 0)
      if tolerance > 0 {
        flat = isFlat(scale, bound)
        stopped = stopped .| flat .| (scale * decrease .< bound)
      } else {
        stopped = stopped .| .!changed
      }
    }
  }

  /// The smallest tolerance with stiff contacts and cones.
  private static var leastTolerance: Double { 1e-14 }

  /// The smallest tolerance from which that of the line search follows where the cost is not quadratic
  /// along the line, so that rounding could keep the search from an end.
  private static var coneTolerance: Double { 1e-8 }

  /// Writes the gradient `M (a - a_s) - JᵀF` anew, from the residuals as they are rounded.
  ///
  /// A stiff constraint turns the rounding of its residual into a force, which further iterations then
  /// balance. The gradient of cones is not linear.
  @inline(never)
  private func refreshGradient() {
    let w = work
    for index in 0..<tables.dofCount {
      w.difference[index] = w.acceleration[index] - w.smoothAcceleration[index]
    }
    multiply(w.mass, w.difference, into: w.massDifference)
    constraintForces()
    for index in 0..<tables.dofCount {
      w.gradient[index] = w.massDifference[index] - w.constraintForce[index]
    }
  }

  /// Writes `constraintForce = M (a - a_s)`, which equals `JᵀF` at the minimiser.
  ///
  /// An edge of a friction pyramid is stored as a sum of two residuals. Where these cancel, the huge
  /// weight of a stiff contact turns their rounding into a force; the acceleration is not so sensitive.
  @inline(never)
  func balancedForces() {
    let w = work
    for index in 0..<tables.dofCount {
      w.difference[index] = w.acceleration[index] - w.smoothAcceleration[index]
    }
    multiply(w.mass, w.difference, into: w.constraintForce)
  }

  /// Lists all slots as open.
  @inline(__always)
  private func openAllSlots(hasCones: Bool) {
    let w = work
    for slot in 0..<w.counts[0] { w.openLimits[slot] = slot }
    for slot in 0..<w.counts[1] { w.openContacts[slot] = slot }
    w.counts[3] = w.counts[0]
    w.counts[4] = hasCones ? 0 : w.counts[1]
  }

  /// Strikes the slots that act in none of `lanes` off the lists of open ones.
  ///
  /// In lanes that have stopped the direction is zero and the residuals rest; a slot without weight
  /// in the other lanes adds only zeros.
  @inline(__always)
  private func keepOpenSlots(_ lanes: LaneMask) {
    let w = work
    var count = 0
    for place in 0..<w.counts[3] {
      let slot = w.openLimits[place]
      w.openLimits[count] = slot
      if any((w.limits[slot].weight .> 0) .& lanes) { count &+= 1 }
    }
    w.counts[3] = count
    count = 0
    for place in 0..<w.counts[4] {
      let slot = w.openContacts[place]
      w.openContacts[count] = slot
      if any((w.contacts[slot].weight .> 0) .& lanes) { count &+= 1 }
    }
    w.counts[4] = count
  }

  /// Lanes where `scale |gradient| < bound`.
  @inline(__always)
  private func isFlat(_ scale: Lanes, _ bound: Lanes) -> LaneMask {
    var sum = Lanes.zero
    for index in 0..<tables.dofCount {
      sum = fma(work.gradient[index], work.gradient[index], sum)
    }
    return scale * scale * sum .< bound * bound
  }

  /// `gradient · direction`.
  @inline(__always)
  private func expectedDecrease() -> Lanes {
    var sum = Lanes.zero
    for index in 0..<tables.dofCount {
      sum = fma(work.gradient[index], work.direction[index], sum)
    }
    return sum
  }

  /// `|direction|²`.
  @inline(__always)
  private func directionNormSquared() -> Lanes {
    var sum = Lanes.zero
    for index in 0..<tables.dofCount {
      sum = fma(work.direction[index], work.direction[index], sum)
    }
    return sum
  }
}
