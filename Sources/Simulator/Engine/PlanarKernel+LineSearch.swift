/// Slope and curvature of the cost along a line, and the rows switched since the last evaluation.
private struct LineState {
  var slope: Lanes
  var curvature: Lanes
  var switched: LaneMask

  /// Adds a row with residual `r`, slope `p` along the search direction and weight `weight`.
  ///
  /// A row that has become active since the start of the line adds its force. A row that has become
  /// inactive takes back its part of the quadratic model.
  @inline(__always)
  mutating func add(_ r: Lanes, _ p: Lanes, _ weight: Lanes, _ alpha: Lanes, _ last: Lanes) {
    let next = fnma(alpha, p, r)
    let isNow = next .< 0
    let previously = fnma(last, p, r) .< 0
    let change = Lanes.select(weight, where: isNow) - Lanes.select(weight, where: r .< 0)
    let pull = change * p
    slope = fnma(pull, next, slope)
    curvature = fma(pull, p, curvature)
    switched = switched .| ((isNow .^ previously) .& (weight .> 0))
  }

  /// Adds dry friction, or the elliptic cones.
  @inline(__always)
  mutating func add(_ others: (slope: Lanes, curvature: Lanes, switched: LaneMask)) {
    slope += others.slope
    curvature += others.curvature
    switched = switched .| others.switched
  }
}

extension PlanarKernel {
  /// Line search: the exact minimum of the cost along `acceleration - alpha direction`.
  ///
  /// Reads `direction`, the residuals and weights. Writes `limitSlope`, `contactSlope`,
  /// `contactTangentSlope` (`J direction`) and `stepLength` (alpha). Returns the lanes in which
  /// some row switches between active and inactive on the way.
  ///
  /// The slope of the cost is `-kappa + kappa alpha` as long as no row switches, because
  /// `H direction = gradient`; each switched row adds a term. The slope is piecewise linear and
  /// increasing. Newton's method, kept inside a bracket, finds its zero exactly once two iterates
  /// lie on the same piece. With elliptic cones the slope may be curved, see
  /// `searchCurvedLine`. The search stops early if the squared slope is below `slopeBound`, as
  /// in MuJoCo. Lanes that have stopped have a zero direction and keep alpha 1.
  @inline(__always)
  func searchLine(
    kappa: Lanes, slopeBound: Lanes, stopped: LaneMask, hasCones: Bool
  ) -> LaneMask {
    let w = work
    for place in 0..<w.counts[3] {
      let slot = w.openLimits[place]
      w.limits[slot].slope = w.limits[slot].sign * w.direction[w.limitSlots[slot]]
    }
    if tables.frictionCount > 0 { aimFriction() }
    if hasCones { aimCones() }
    for place in 0..<w.counts[4] {
      let slot = w.openContacts[place]
      let product = contactProduct(slot, w.direction)
      w.contacts[slot].slope = product.normal
      w.contacts[slot].tangentSlope = product.tangent
    }

    var alpha = broadcast(1)
    var last: Lanes
    var low = Lanes.zero
    var high = broadcast(.infinity)
    var state = fullStep(kappa: kappa, hasCones: hasCones)
    let changed = state.switched .& .!stopped
    var searching = changed .& .!(state.slope * state.slope .< slopeBound)
    w.stepLength[0] = alpha
    guard any(searching) else { return changed }
    if hasCones {
      searchCurvedLine(kappa: kappa, slopeBound: slopeBound, lanes: searching, state)
      return changed
    }

    for _ in 0..<64 {
      // shrink the bracket around the zero of the slope, step to the zero of this piece
      let isLow = state.slope .< 0
      low = low.replacing(with: alpha, where: isLow)
      high = alpha.replacing(with: high, where: isLow)
      var next = alpha - state.slope / state.curvature
      let settled = (next - alpha).magnitude .<= alpha * 0x1p-51
      let inside = (next .> low) .& (next .< high)
      next = (0.5 * (low + high)).replacing(with: next, where: inside .| settled)
      last = alpha
      alpha.replace(with: next, where: searching)
      searching = searching .& .!settled
      if !any(searching) { break }
      state = lineState(kappa: kappa, alpha: alpha, last: last, lanes: searching, hasCones: false)
      var isOpen = state.switched
      // half a bracket of dry friction need not be the zero of its piece
      if tables.frictionCount > 0 { isOpen = isOpen .| .!(inside .| settled) }
      searching = searching .& isOpen .& .!(state.slope * state.slope .< slopeBound)
      if !any(searching) { break }
    }
    w.stepLength[0] = alpha
    return changed
  }

  /// The rest of the line search with elliptic cones, from the state at `alpha = 1` in `lanes`.
  ///
  /// Where the slope is curved, Newton's steps inside the bracket may alternate between two points. So the
  /// bracket is halved where a step is not less than half of the one before the last.
  @inline(never)
  private func searchCurvedLine(
    kappa: Lanes, slopeBound: Lanes, lanes: LaneMask, _ start: LineState
  ) {
    var (state, searching, alpha) = (start, lanes, broadcast(1))
    var (low, high) = (Lanes.zero, broadcast(.infinity))
    var (lastStep, earlierStep) = (high, high)
    for _ in 0..<64 {
      let isLow = state.slope .< 0
      low = low.replacing(with: alpha, where: isLow)
      high = alpha.replacing(with: high, where: isLow)
      var next = alpha - state.slope / state.curvature
      let settled = (next - alpha).magnitude .<= alpha * 0x1p-51
      let isSlow = (next - alpha).magnitude .> 0.5 * earlierStep
      let inside =
        (next .> low) .& (next .< high) .& .!(isSlow .& (high .< broadcast(.infinity)))
      next = (0.5 * (low + high)).replacing(with: next, where: inside .| settled)
      (earlierStep, lastStep) = (lastStep, (next - alpha).magnitude)
      let last = alpha
      alpha.replace(with: next, where: searching)
      searching = searching .& .!settled
      if !any(searching) { break }
      state = lineState(kappa: kappa, alpha: alpha, last: last, lanes: searching, hasCones: true)
      // half a bracket need not be the zero of its piece
      searching =
        searching .& (state.switched .| .!(inside .| settled))
        .& .!(state.slope * state.slope .< slopeBound)
      if !any(searching) { break }
    }
    work.stepLength[0] = alpha
  }

  /// The cost's slope and curvature at `alpha = 1`, and the lanes with a row that has switched.
  ///
  /// Slots in which no row switches, the most frequent kind, cost two operations per row.
  @inline(__always)
  private func fullStep(kappa: Lanes, hasCones: Bool) -> LineState {
    let w = work
    let one = broadcast(1)
    var state = LineState(
      slope: Lanes.zero, curvature: kappa, switched: LaneMask(repeating: false))
    for place in 0..<w.counts[3] {
      let slot = w.openLimits[place]
      let (r, p, weight) = (w.limits[slot].residual, w.limits[slot].slope, w.limits[slot].weight)
      let switched = ((r .< 0) .^ (r - p .< 0)) .& (weight .> 0)
      if any(switched) { state.add(r, p, weight, one, Lanes.zero) }
    }
    if tables.frictionCount > 0 { state.add(lineFriction(alpha: one, last: .zero)) }
    if hasCones { state.add(lineCones(alpha: one, last: .zero)) }
    for place in 0..<w.counts[4] {
      let slot = w.openContacts[place]
      let (r, t) = (w.contacts[slot].residual, w.contacts[slot].tangentResidual)
      let (p, pt) = (w.contacts[slot].slope, w.contacts[slot].tangentSlope)
      let weight = w.contacts[slot].weight
      let (next, nextT) = (r - p, t - pt)
      guard any(switches(r, t, next, nextT) .& (weight .> 0)) else { continue }
      let plain = plainRows(slot)
      state.add(r, p, plain * weight, one, Lanes.zero)
      state.add(r + t, p + pt, weight, one, Lanes.zero)
      state.add(r - t, p - pt, weight, one, Lanes.zero)
    }
    return state
  }

  /// The cost's slope and curvature at `alpha`, and the lanes with a row that differs from `last`.
  @inline(__always)
  private func lineState(
    kappa: Lanes, alpha: Lanes, last: Lanes, lanes: LaneMask, hasCones: Bool
  ) -> LineState {
    let w = work
    var state = LineState(
      slope: fma(kappa, alpha, kappa.negated), curvature: kappa,
      switched: LaneMask(repeating: false))
    for place in 0..<w.counts[3] {
      let slot = w.openLimits[place]
      state.add(
        w.limits[slot].residual, w.limits[slot].slope, w.limits[slot].weight, alpha, last)
    }
    if tables.frictionCount > 0 { state.add(lineFriction(alpha: alpha, last: last)) }
    if hasCones { state.add(lineCones(alpha: alpha, last: last)) }
    for place in 0..<w.counts[4] {
      let slot = w.openContacts[place]
      let (r, t) = (w.contacts[slot].residual, w.contacts[slot].tangentResidual)
      let (p, pt) = (w.contacts[slot].slope, w.contacts[slot].tangentSlope)
      let weight = w.contacts[slot].weight
      guard any((weight .> 0) .& lanes) else { continue }
      let plain = plainRows(slot)
      state.add(r, p, plain * weight, alpha, last)
      state.add(r + t, p + pt, weight, alpha, last)
      state.add(r - t, p - pt, weight, alpha, last)
    }
    return state
  }

  /// Moves to `acceleration - alpha direction`: residuals, gradient and the point itself.
  ///
  /// Because `H direction = gradient`, the new gradient is `(1 - alpha) gradient` plus the forces
  /// of the rows that switched. Returns the decrease of the cost: `kappa (alpha - alpha²/2)` minus
  /// what the switched rows add to the quadratic model.
  @inline(__always)
  func advance(kappa: Lanes, changed: LaneMask, hasCones: Bool) -> Lanes {
    let w = work
    let alpha = w.stepLength[0]
    let hasChanges = any(changed)
    let rest = 1 - alpha
    for index in 0..<tables.dofCount {
      w.acceleration[index] = fnma(alpha, w.direction[index], w.acceleration[index])
      w.gradient[index] *= rest
    }
    var excess = Lanes.zero
    for place in 0..<w.counts[3] {
      let slot = w.openLimits[place]
      let r = w.limits[slot].residual
      let next = fnma(alpha, w.limits[slot].slope, r)
      w.limits[slot].residual = next
      guard hasChanges else { continue }
      let dof = w.limitSlots[slot]
      let force = switchedForce(r, next, w.limits[slot].weight)
      excess = fma(force, next, excess)
      w.gradient[dof] = fma(w.limits[slot].sign, force, w.gradient[dof])
    }
    if tables.frictionCount > 0 { excess += advanceFriction(alpha: alpha) }
    if hasCones { excess += advanceCones(alpha: alpha) }
    for place in 0..<w.counts[4] {
      let slot = w.openContacts[place]
      let (r, t) = (w.contacts[slot].residual, w.contacts[slot].tangentResidual)
      let next = fnma(alpha, w.contacts[slot].slope, r)
      let nextT = fnma(alpha, w.contacts[slot].tangentSlope, t)
      w.contacts[slot].residual = next
      w.contacts[slot].tangentResidual = nextT
      guard hasChanges, any(switches(r, t, next, nextT)) else { continue }
      let weight = w.contacts[slot].weight
      let contact = tables.contacts + w.contactSlots[slot]
      let both = plainRows(slot) * switchedForce(r, next, weight)
      let plus = switchedForce(r + t, next + nextT, weight)
      let minus = switchedForce(r - t, next - nextT, weight)
      excess = fma(both, next, excess)
      excess = fma(plus, next + nextT, fma(minus, next - nextT, excess))
      let friction = broadcast(contact.pointee.friction)
      addTransposed(
        slot, up: both + plus + minus, along: friction * (plus - minus), to: w.gradient)
    }
    return fnma(broadcast(0.5), excess, kappa * fnma(0.5 * alpha, alpha, alpha))
  }

  /// Lanes in which a row of a contact switches between two points, given their residuals.
  @inline(__always)
  private func switches(_ r: Lanes, _ t: Lanes, _ next: Lanes, _ nextT: Lanes) -> LaneMask {
    ((r .< 0) .^ (next .< 0)) .| ((r + t .< 0) .^ (next + nextT .< 0))
      .| ((r - t .< 0) .^ (next - nextT .< 0))
  }

  /// `D r` of a row that has switched on, `-D r` of one that has switched off, else zero.
  @inline(__always)
  private func switchedForce(_ r: Lanes, _ next: Lanes, _ weight: Lanes) -> Lanes {
    (Lanes.select(weight, where: next .< 0) - Lanes.select(weight, where: r .< 0)) * next
  }
}
