/// The dry friction of one joint at the current point of the solver.
///
/// Its cost is Huber's: `D r²/2` while the force `-D r` is below the limit `f`, `f |r| - f²/(2 D)`
/// beyond.
private struct DryFriction {
  let limit: Lanes
  let weight: Lanes

  @inline(__always)
  init(_ constants: FrictionConstants) {
    limit = broadcast(constants.limit)
    weight = broadcast(constants.weight)
  }

  /// Where the force is below the limit.
  @inline(__always)
  func holds(_ r: Lanes) -> LaneMask { (r * weight).magnitude .< limit }

  /// The slope of the cost.
  @inline(__always)
  func slope(_ r: Lanes) -> Lanes {
    (r * weight).clamped(lowerBound: limit.negated, upperBound: limit)
  }

  /// The curvature of the cost.
  @inline(__always)
  func curvature(_ r: Lanes) -> Lanes { Lanes.select(weight, where: holds(r)) }

  /// Twice the cost.
  @inline(__always)
  func doubleCost(_ r: Lanes) -> Lanes {
    let linear = fma(2 * limit, r.magnitude, (limit * limit / weight).negated)
    return linear.replacing(with: weight * r * r, where: holds(r))
  }
}

extension PlanarKernel {
  /// Residuals of dry friction at `a_s`, and their changes up to the warm start; returns twice the
  /// cost at both.
  @inline(never)
  func startFriction() -> (smooth: Lanes, warm: Lanes) {
    let w = work
    var cost = (smooth: Lanes.zero, warm: Lanes.zero)
    for place in 0..<tables.frictionCount {
      let constants = tables.frictions[place]
      let friction = DryFriction(constants)
      let residual = w.smoothAcceleration[constants.dof] - w.frictions[place].reference
      let change = w.difference[constants.dof]
      w.frictions[place].residual = residual
      w.frictions[place].slope = change
      cost.smooth += friction.doubleCost(residual)
      cost.warm += friction.doubleCost(residual + change)
    }
    return cost
  }

  /// Moves the residuals of dry friction by a share of their changes.
  @inline(never)
  func moveFriction(_ share: Lanes) {
    for place in 0..<tables.frictionCount {
      work.frictions[place].residual = fma(
        share, work.frictions[place].slope, work.frictions[place].residual)
    }
  }

  /// Adds the forces of dry friction to `constraintForce`.
  @inline(never)
  func addFrictionForces() {
    let w = work
    for place in 0..<tables.frictionCount {
      let constants = tables.frictions[place]
      w.constraintForce[constants.dof] -= DryFriction(constants).slope(w.frictions[place].residual)
    }
  }

  /// Adds the curvatures of dry friction to `matrix`.
  @inline(never)
  func addFrictionCurvature() {
    let w = work
    for place in 0..<tables.frictionCount {
      let constants = tables.frictions[place]
      w.matrix[tables.diagonals[constants.dof]] += DryFriction(constants).curvature(
        w.frictions[place].residual)
    }
  }

  /// The changes of the residuals of dry friction along the search direction.
  @inline(never)
  func aimFriction() {
    for place in 0..<tables.frictionCount {
      work.frictions[place].slope = work.direction[tables.frictions[place].dof]
    }
  }

  /// What dry friction adds to slope and curvature of the quadratic model at `alpha`, and where it has
  /// begun or ceased to hold since `last`.
  @inline(never)
  func lineFriction(
    alpha: Lanes, last: Lanes
  ) -> (slope: Lanes, curvature: Lanes, switched: LaneMask) {
    var result = (slope: Lanes.zero, curvature: Lanes.zero, switched: LaneMask(repeating: false))
    for place in 0..<tables.frictionCount {
      let friction = DryFriction(tables.frictions[place])
      let (r, p) = (work.frictions[place].residual, work.frictions[place].slope)
      let next = fnma(alpha, p, r)
      let model = friction.curvature(r)
      let extra = friction.slope(next) - fma(model, next - r, friction.slope(r))
      result.slope = fnma(extra, p, result.slope)
      result.curvature = fma((friction.curvature(next) - model) * p, p, result.curvature)
      let previous = fnma(last, p, r)
      // beyond the limit on either side
      let isOther =
        (friction.holds(next) .^ friction.holds(previous))
        .| (.!friction.holds(next) .& (next * previous .< 0))
      result.switched = result.switched .| isOther
    }
    return result
  }

  /// Moves the residuals of dry friction to `alpha`, adds to the gradient what the quadratic model lacks,
  /// and returns twice what the cost exceeds the model by.
  @inline(never)
  func advanceFriction(alpha: Lanes) -> Lanes {
    let w = work
    var excess = Lanes.zero
    for place in 0..<tables.frictionCount {
      let constants = tables.frictions[place]
      let friction = DryFriction(constants)
      let r = w.frictions[place].residual
      let next = fnma(alpha, w.frictions[place].slope, r)
      w.frictions[place].residual = next
      let (change, slope, model) = (next - r, friction.slope(r), friction.curvature(r))
      w.gradient[constants.dof] += friction.slope(next) - fma(model, change, slope)
      let predicted = fma(model * change, change, 2 * slope * change)
      excess += friction.doubleCost(next) - friction.doubleCost(r) - predicted
    }
    return excess
  }
}
