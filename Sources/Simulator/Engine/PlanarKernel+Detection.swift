extension PlanarKernel {
  /// Detection: which limits and which contacts are closer than their margin.
  ///
  /// Reads `q`, `origin`, `sine`, `cosine`. Writes a slot for every limit or contact that is active
  /// in at least one lane: `limitSlots`, `limitSign`, `limitViolation`, `contactSlots`,
  /// `contactViolation`, `contactX`, `counts`, and `pattern`; for contacts between bodies also
  /// `pairContacts`. A violation is negative in the lanes where the constraint is active, and only
  /// there. Returns the lanes with any constraint.
  @inline(__always)
  func detect(_ q: UnsafePointer<Lanes>) -> LaneMask {
    let w = work
    // dry friction always acts
    var touching = LaneMask(repeating: tables.frictionCount > 0)
    var pattern = SIMD8<UInt64>.zero

    // limits: `violation = q - lower` or `upper - q`, Jacobian +1 or -1
    var slots = 0
    for index in 0..<tables.limitCount {
      let limit = tables.limits[index]
      let dof = limit.dof
      let above = q[dof] - limit.lower
      let below = limit.upper - q[dof]
      let isLow = above .< 0
      let hit = isLow .| (below .< 0)
      guard any(hit) else { continue }
      touching = touching .| hit
      pattern |= bits(hit, index)
      w.limitSlots[slots] = dof
      w.limits[slots].sign = broadcast(-1).replacing(with: broadcast(1), where: isLow)
      w.limits[slots].violation = below.replacing(with: above, where: isLow)
      slots += 1
    }
    w.counts[0] = slots

    // contact points: active below the ground or the margin above it
    slots = 0
    for index in 0..<tables.pointCount {
      let point = tables.points[index]
      let s = w.bodies[point.body].sine
      let c = w.bodies[point.body].cosine
      let clearance = w.bodies[point.body].originY - (tables.groundHeight + point.reach)
      let violation = fma(s, broadcast(point.x), fma(c, broadcast(point.y), clearance))
      let hit = violation .< 0
      guard any(hit) else { continue }
      touching = touching .| hit
      pattern |= bits(hit, tables.limitCount &+ index)
      w.contactSlots[slots] = index
      w.contacts[slots].violation = violation
      w.contacts[slots].x = fnma(
        s, broadcast(point.y), fma(c, broadcast(point.x), w.bodies[point.body].originX))
      slots += 1
    }
    w.counts[1] = slots
    w.counts[2] = slots
    w.pattern[0] = pattern
    if tables.pairCount > 0 { touching = touching .| detectPairs() }
    if tables.spatialCount > 0 { touching = touching .| detectSpatial() }
    return touching
  }

  /// A single bit, in the lanes where the mask is true; positions from 64 on wrap around.
  @inline(__always)
  func bits(_ mask: LaneMask, _ place: Int) -> SIMD8<UInt64> {
    unsafeBitCast(mask, to: SIMD8<UInt64>.self) & SIMD8(repeating: 1 &<< UInt64(place & 63))
  }
}
