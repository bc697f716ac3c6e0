extension PlanarKernel {
  /// Constraint solve without rows: `qacc = a_s`, no constraint force.
  @inline(__always)
  func skipConstraints() {
    for index in 0..<tables.dofCount {
      work.acceleration[index] = work.smoothAcceleration[index]
      work.constraintForce[index] = .zero
    }
  }

  /// Constraint solve: Newton's method on the cost of ``ConstraintSolver``.
  ///
  /// Reads the rows, `mass`, `massFactor`, `smoothAcceleration`, `inverseTrace`. Writes
  /// `acceleration` (the minimiser `qacc`) and `constraintForce` (`Jᵀ F`), the residuals, and as
  /// scratch `gradient`, `direction`, `difference`, `massDifference`, `matrix`.
  ///
  /// Lanes outside `lanes` keep `qacc = a_s`. A lane that has stopped is frozen while others go
  /// on, so its result is the one it would have alone.
  ///
  /// - Complexity: per iteration one factorisation and one solve; usually at most two iterations.
  @inline(__always)
  func solveConstraints(warm: UnsafePointer<Lanes>, lanes: LaneMask) {
    start(warm: warm, lanes: lanes)
    iterate(lanes: lanes)
    constraintForces()
  }

  /// Chooses the start with the smaller cost, `warm` or `a_s`, and the gradient there.
  @inline(__always)
  private func start(warm: UnsafePointer<Lanes>, lanes: LaneMask) {
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
      let sign = w.limitSign[slot]
      let weight = w.limitWeight[slot]
      let residual = fma(sign, w.smoothAcceleration[dof], w.limitReference[slot].negated)
      let change = sign * w.difference[dof]
      w.limitResidual[slot] = residual
      w.limitSlope[slot] = change
      let before = residual.negativePart
      let after = (residual + change).negativePart
      smoothCost = fma(weight * before, before, smoothCost)
      warmCost = fma(weight * after, after, warmCost)
    }
    for slot in 0..<w.counts[1] {
      let friction = tables.points[w.contactSlots[slot]].friction
      var residual = contactProduct(slot, w.smoothAcceleration)
      residual.normal -= w.contactReference[slot]
      residual.tangent = fnma(
        w.contactTangentReference[slot], broadcast(friction), residual.tangent)
      let change = contactProduct(slot, w.difference)
      w.contactResidual[slot] = residual.normal
      w.contactTangentResidual[slot] = residual.tangent
      w.contactSlope[slot] = change.normal
      w.contactTangentSlope[slot] = change.tangent
      let weight = w.contactWeight[slot]
      smoothCost += squaredViolation(residual, weight: weight)
      residual.normal += change.normal
      residual.tangent += change.tangent
      warmCost += squaredViolation(residual, weight: weight)
    }

    let useWarm = .!(warmCost .> smoothCost) .& lanes
    let share = Lanes.select(broadcast(1), where: useWarm)
    for slot in 0..<w.counts[0] {
      w.limitResidual[slot] = fma(share, w.limitSlope[slot], w.limitResidual[slot])
    }
    for slot in 0..<w.counts[1] {
      w.contactResidual[slot] = fma(share, w.contactSlope[slot], w.contactResidual[slot])
      w.contactTangentResidual[slot] = fma(
        share, w.contactTangentSlope[slot], w.contactTangentResidual[slot])
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
  private func iterate(lanes: LaneMask) {
    let w = work
    let scale = w.inverseTrace[0]
    let tolerance: Double
    switch solver {
    case .exact: tolerance = 0
    case .stopping(let value): tolerance = value
    }
    let bound = broadcast(tolerance)
    // the line search may stop at a slope of tolerance * ls_tolerance * |direction| / scale
    let slopeTolerance = tolerance * ConstraintSolver.lineTolerance / scale
    let slopeScale = slopeTolerance * slopeTolerance
    var stopped = .!lanes
    var flat = isFlat(scale, bound)

    // start: nothing to do where the gradient and M⁻¹ gradient are small
    if any(flat .& lanes) {
      for index in 0..<tables.dofCount { w.direction[index] = w.gradient[index] }
      solve(w.massFactor, w.direction)
      stopped = stopped .| (flat .& (0.5 * scale * expectedDecrease() .< bound))
    }

    for iteration in 0..<ConstraintSolver.iterationLimit {
      if all(stopped) { return }
      // Newton direction p = H⁻¹ gradient; kappa = gradient · p
      hessian()
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
        kappa: kappa, slopeBound: slopeScale * norm, stopped: stopped)
      let decrease = advance(kappa: kappa, changed: changed)
      stopped = stopped .| .!(decrease .> 0)
      if tolerance > 0 {
        flat = isFlat(scale, bound)
        stopped = stopped .| flat .| (scale * decrease .< bound)
      } else {
        stopped = stopped .| .!changed
      }
    }
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
