/// Two geoms in the world: centres and half axes of two capsules; a sphere has no axis.
private struct PlacedPair {
  /// The centre of the first geom, and from the second centre to the first.
  var x, y, dx, dy: Lanes
  /// From each centre to one end of the axis.
  var ax, ay, bx, by: Lanes
}

/// The places on both axes where two geoms are nearest, from -1 to 1.
struct NearestPlaces {
  var first, second: Lanes
}

extension PlanarKernel {
  /// Detection of contacts between bodies, after that of the others.
  ///
  /// Reads `origin`, `sine`, `cosine`. Appends contact slots to those of the ground, with their
  /// `pairContacts`, and adds to `pattern`. Returns the lanes with any such contact.
  ///
  /// Capsules `a` and `b` with centres `p_a`, `p_b` touch between the nearest points `p_a + t a` and
  /// `p_b + u b` of their axes. Axes that form an angle below 1e-4 count as parallel: the capsules
  /// touch where they begin and where they cease to lie side by side.
  ///
  /// Edge cases: the normal of capsules whose axes cross is that of the plane, along which nothing
  /// moves. What is left is friction along both axes of the plane: two slots, or none without
  /// friction. Spheres with the same centre and capsules with the same axis get no slot.
  ///
  /// - Source: MuJoCo documentation, "Computation", collision detection; Ericson (2005), "Real-Time
  ///   Collision Detection", section 5.1.9.
  @inline(never)
  func detectPairs() -> LaneMask {
    var touching = LaneMask(repeating: false)
    for index in 0..<tables.pairCount {
      let pair = tables.pairs[index]
      let placed = place(pair)
      let isNear =
        fma(placed.dx, placed.dx, placed.dy * placed.dy) .< broadcast(pair.squaredRange)
      guard any(isNear) else { continue }
      let u = fma(placed.ax, placed.dx, placed.ay * placed.dy).negated
      let v = fma(placed.bx, placed.dx, placed.by * placed.dy)
      let b = fma(placed.ax, placed.bx, placed.ay * placed.by).negated
      // (a × b)² is the determinant of the equations of the nearest points
      let product = fnma(placed.ay, placed.bx, placed.ax * placed.by)
      let determinant = product * product
      var hit = LaneMask(repeating: false)
      if pair.first.squaredLength == 0 || pair.second.squaredLength == 0 {
        // a sphere has only its centre
        let places = NearestPlaces(
          first: clamped(u * pair.first.inverseSquaredLength),
          second: clamped(v * pair.second.inverseSquaredLength))
        hit = touch(index, placed, places, in: isNear)
      } else {
        let isParallel =
          determinant
          .< broadcast(
            1e-8 * pair.first.squaredLength * pair.second.squaredLength)
        let safe = determinant.replacing(with: broadcast(1), where: isParallel)
        let (places, isCrossing) = nearestPlaces(pair.first, pair.second, u, v, b, safe)
        let isBent = isNear .& .!isParallel
        hit = touch(index, placed, places, in: isBent .& .!isCrossing)
        if tables.contacts[tables.pointCount &+ index].friction > 0 {
          hit = hit .| cross(index, placed, places, in: isBent .& isCrossing)
        }
        if any(isParallel .& isNear) {
          hit = hit .| touchParallel(index, placed, u, v, b, in: isNear .& isParallel)
        }
      }
      touching = touching .| hit
      work.pattern[0] |= bits(hit, tables.limitCount &+ tables.pointCount &+ index)
    }
    return touching
  }

  /// The geoms of a pair in the world.
  @inline(__always)
  private func place(_ pair: PairConstants) -> PlacedPair {
    let (a, b) = (work.bodies + pair.first.body, work.bodies + pair.second.body)
    @inline(__always)
    func turned(_ body: UnsafePointer<BodyState>, _ x: Double, _ y: Double) -> (Lanes, Lanes) {
      let (s, c) = (body.pointee.sine, body.pointee.cosine)
      return (fnma(s, broadcast(y), c * x), fma(s, broadcast(x), c * y))
    }
    let (ax, ay) = turned(a, pair.first.reachX, pair.first.reachY)
    let (bx, by) = turned(b, pair.second.reachX, pair.second.reachY)
    let (firstX, firstY) = turned(a, pair.first.x, pair.first.y)
    let (secondX, secondY) = turned(b, pair.second.x, pair.second.y)
    let x = a.pointee.originX + firstX
    let y = a.pointee.originY + firstY
    return PlacedPair(
      x: x, y: y, dx: x - (b.pointee.originX + secondX), dy: y - (b.pointee.originY + secondY),
      ax: ax, ay: ay, bx: bx, by: by)
  }

  /// The nearest points of two axes that are not parallel, and whether that is where they cross.
  ///
  /// Where the nearest point of one line lies beyond the end of its axis, the end counts, and then
  /// the point of the other line nearest to it.
  @inline(__always)
  func nearestPlaces(
    _ first: PairConstants.Side, _ second: PairConstants.Side, _ u: Lanes, _ v: Lanes, _ b: Lanes,
    _ determinant: Lanes
  ) -> (NearestPlaces, isCrossing: LaneMask) {
    let (a, c) = (broadcast(first.squaredLength), broadcast(second.squaredLength))
    let free = fnma(b, v, c * u) / determinant
    let place = clamped(free)
    let isBeyond = free.magnitude .> broadcast(1)
    let other = (fnma(b, u, a * v) / determinant).replacing(
      with: fnma(b, place, v) * second.inverseSquaredLength, where: isBeyond)
    let end = clamped(other)
    let nearest = clamped(fnma(b, end, u) * first.inverseSquaredLength)
    let isOutside = other.magnitude .> broadcast(1)
    let places = NearestPlaces(
      first: place.replacing(with: nearest, where: isOutside), second: end)
    return (places, .!(isBeyond .| isOutside))
  }

  /// The two contacts of parallel capsules: where they begin and cease to lie side by side, which is
  /// twice the same if they do not.
  @inline(never)
  private func touchParallel(
    _ index: Int, _ placed: PlacedPair, _ u: Lanes, _ v: Lanes, _ b: Lanes, in lanes: LaneMask
  ) -> LaneMask {
    let pair = tables.pairs[index]
    // one end of each axis or the other, where the axes have opposite directions
    let end = broadcast(1).replacing(with: broadcast(-1), where: b .< 0)
    let (first, second) = (pair.first, pair.second)
    return touch(index, placed, endPlaces(first, second, u, v, b, end), in: lanes)
      .| touch(index, placed, endPlaces(first, second, u, v, b, end.negated), in: lanes)
  }

  /// The nearest points of two parallel axes, one of them at an end of the second if that is beside
  /// the first.
  @inline(__always)
  func endPlaces(
    _ first: PairConstants.Side, _ second: PairConstants.Side, _ u: Lanes, _ v: Lanes, _ b: Lanes,
    _ end: Lanes
  ) -> NearestPlaces {
    let free = fnma(b, end, u) * first.inverseSquaredLength
    let place = clamped(free)
    let nearest = clamped(fnma(b, place, v) * second.inverseSquaredLength)
    return NearestPlaces(
      first: place, second: end.replacing(with: nearest, where: free.magnitude .> broadcast(1)))
  }

  /// The distance of two geoms at the given places, and the way from one axis to the other.
  @inline(__always)
  private func gap(
    _ pair: PairConstants, _ placed: PlacedPair, _ places: NearestPlaces
  ) -> (x: Lanes, y: Lanes, length: Lanes, distance: Lanes) {
    let x = fma(places.second, placed.bx, fnma(places.first, placed.ax, placed.dx.negated))
    let y = fma(places.second, placed.by, fnma(places.first, placed.ay, placed.dy.negated))
    let length = fma(x, x, y * y).squareRoot()
    return (x, y, length, length - pair.radii)
  }

  /// Writes a slot for the contact at the given places, if there is one in any of `lanes`.
  @inline(__always)
  private func touch(
    _ index: Int, _ placed: PlacedPair, _ places: NearestPlaces, in lanes: LaneMask
  ) -> LaneMask {
    let pair = tables.pairs[index]
    let gap = gap(pair, placed, places)
    let hit = lanes .& (gap.distance .< broadcast(pair.margin)) .& (gap.length .> 0)
    guard any(hit) else { return hit }
    let length = broadcast(1).replacing(with: gap.length, where: hit)
    let nx = Lanes.select(gap.x / length, where: hit)
    let ny = Lanes.select(gap.y / length, where: hit)
    let depth = fma(gap.distance, broadcast(0.5), broadcast(pair.first.radius))
    addSlot(
      index, Lanes.select(gap.distance - pair.margin, where: hit),
      x: fma(depth, nx, fma(places.first, placed.ax, placed.x)),
      PairContactState(
        normalX: nx, normalY: ny, tangentX: ny, tangentY: nx.negated,
        y: fma(depth, ny, fma(places.first, placed.ay, placed.y))))
    return hit
  }

  /// Writes two slots for the friction of capsules whose axes cross in any of `lanes`.
  @inline(never)
  private func cross(
    _ index: Int, _ placed: PlacedPair, _ places: NearestPlaces, in lanes: LaneMask
  ) -> LaneMask {
    let pair = tables.pairs[index]
    let gap = gap(pair, placed, places)
    let hit = lanes .& (gap.distance .< broadcast(pair.margin))
    guard any(hit) else { return hit }
    let one = Lanes.select(broadcast(1), where: hit)
    let violation = Lanes.select(gap.distance - pair.margin, where: hit)
    var state = PairContactState(
      normalX: .zero, normalY: .zero, tangentX: .zero, tangentY: one,
      y: fma(places.first, placed.ay, placed.y))
    let x = fma(places.first, placed.ax, placed.x)
    addSlot(index, violation, x: x, state)
    (state.tangentX, state.tangentY) = (one, .zero)
    addSlot(index, violation, x: x, state)
    return hit
  }

  /// Appends a contact slot.
  @inline(__always)
  private func addSlot(_ index: Int, _ violation: Lanes, x: Lanes, _ state: PairContactState) {
    let slot = work.counts[1]
    work.contactSlots[slot] = tables.pointCount &+ index
    work.contacts[slot].violation = violation
    work.contacts[slot].x = x
    work.pairContacts[slot] = state
    work.counts[1] = slot &+ 1
  }

  /// The nearest number from -1 to 1.
  @inline(__always)
  func clamped(_ x: Lanes) -> Lanes {
    x.clamped(lowerBound: broadcast(-1), upperBound: broadcast(1))
  }

  /// The row Jacobians of a contact between bodies, see ``constraintRows(_:)``.
  ///
  /// Hinges that move only the second geom move it along the normal, those that move only the first
  /// one against it. Returns the velocities along normal and tangent.
  @inline(__always)
  func pairRows(_ slot: Int, _ v: UnsafePointer<Lanes>) -> (up: Lanes, along: Lanes) {
    let w = work
    let contact = tables.contacts[w.contactSlots[slot]]
    let state = w.pairContacts[slot]
    let (x, y) = (w.contacts[slot].x, state.y)
    let tangent = w.contactTangent + slot * tables.chainLength
    let normal = w.contactNormal + slot * tables.chainLength
    var up = Lanes.zero
    var along = Lanes.zero
    for link in 0...contact.links {
      let body = tables.chains[contact.chain + link]
      let side = broadcast(tables.chainSides[contact.chain + link])
      var jx = broadcast(tables.sense) * (w.bodies[body].originY - y)
      var jy = broadcast(tables.sense) * (x - w.bodies[body].originX)
      if tables.bodies[body].isSlide {
        jx = w.slideAxes[2 * body]
        jy = w.slideAxes[2 * body + 1]
      }
      jx *= side
      jy *= side
      let jn = fma(state.normalX, jx, state.normalY * jy)
      let jt = fma(state.tangentX, jx, state.tangentY * jy)
      normal[link] = jn
      tangent[link] = jt
      up = fma(jn, v[body + 2], up)
      along = fma(jt, v[body + 2], along)
    }
    if contact.isSpatial { along += addSpin(slot, contact, v) }
    return (up, along)
  }

  /// Adds what turning adds to the tangential row of a spatial contact, and returns its velocity.
  @inline(never)
  private func addSpin(
    _ slot: Int, _ contact: ContactConstants, _ v: UnsafePointer<Lanes>
  ) -> Lanes {
    let tangent = work.contactTangent + slot * tables.chainLength
    var along = Lanes.zero
    for link in 0...contact.links {
      let body = tables.chains[contact.chain + link]
      guard !tables.bodies[body].isSlide else { continue }
      let spin = work.spins[slot] * tables.chainSides[contact.chain + link]
      tangent[link] += spin
      along = fma(spin, v[body + 2], along)
    }
    return along
  }
}
