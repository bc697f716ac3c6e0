/// A vector of space in every lane: two components in the plane of motion and one along its normal.
private struct LaneVector {
  var x, y, z: Lanes

  init(_ x: Lanes, _ y: Lanes, _ z: Lanes) { (self.x, self.y, self.z) = (x, y, z) }

  init(_ value: SIMD3<Double>) {
    self.init(broadcast(value.x), broadcast(value.y), broadcast(value.z))
  }

  func dot(_ other: LaneVector) -> Lanes { fma(x, other.x, fma(y, other.y, z * other.z)) }

  func cross(_ other: LaneVector) -> LaneVector {
    LaneVector(
      fnma(z, other.y, y * other.z), fnma(x, other.z, z * other.x), fnma(y, other.x, x * other.y))
  }

  /// `self + scale other`.
  func adding(_ scale: Lanes, _ other: LaneVector) -> LaneVector {
    LaneVector(fma(scale, other.x, x), fma(scale, other.y, y), fma(scale, other.z, z))
  }

  func times(_ scale: Lanes) -> LaneVector { LaneVector(x * scale, y * scale, z * scale) }

  func replacing(with other: LaneVector, where mask: LaneMask) -> LaneVector {
    LaneVector(
      x.replacing(with: other.x, where: mask), y.replacing(with: other.y, where: mask),
      z.replacing(with: other.z, where: mask))
  }
}

extension PlanarKernel {
  /// Detection of the contacts of ``SpatialContact``, after that of the others.
  ///
  /// Reads `origin`, `sine`, `cosine`. Appends contact slots with their `pairContacts`, and adds to
  /// `pattern`. Returns the lanes with any such contact.
  ///
  /// The contact of a pyramid with `2 (d - 1)` edges gets `d - 1` slots of two opposite edges each:
  /// those along both tangents, about the normal, and about both tangents. Only the components in the
  /// plane, and of an axis of rotation only that along the normal of the plane, move anything.
  ///
  /// - Source: MuJoCo documentation, "Computation", collision detection and friction cones.
  @inline(never)
  func detectSpatial() -> LaneMask {
    var touching = LaneMask(repeating: false)
    for index in 0..<tables.spatialCount {
      let hit =
        switch tables.spatial[index].kind {
        case .wall: touchWall(index)
        case .capsules: touchCapsules(index)
        case .box: touchBox(index)
        }
      touching = touching .| hit
      work.pattern[0] |= bits(
        hit, tables.limitCount &+ tables.pointCount &+ tables.pairCount &+ index)
    }
    return touching
  }

  /// A direction of a body's frame in the world.
  @inline(__always)
  private func turned(_ body: Int, _ x: Double, _ y: Double, _ z: Double) -> LaneVector {
    let (s, c) = (work.bodies[body].sine, work.bodies[body].cosine)
    return LaneVector(
      fnma(s, broadcast(y), c * x), fma(s, broadcast(x), c * y), broadcast(z))
  }

  /// A point of a body in the world.
  @inline(__always)
  private func placed(_ side: PairConstants.Side, height: Double) -> LaneVector {
    var result = turned(side.body, side.x, side.y, height)
    result.x += work.bodies[side.body].originX
    result.y += work.bodies[side.body].originY
    return result
  }

  /// A ball of a body, or the corner of a box, with a wall.
  private func touchWall(_ index: Int) -> LaneMask {
    let wall = tables.spatial + index
    let side = wall.pointee.second
    let normal = LaneVector(wall.pointee.normal)
    let center = placed(side, height: wall.pointee.secondHeight)
    let distance = normal.dot(center) - (wall.pointee.distance + side.radius)
    var hit = distance .< broadcast(wall.pointee.margin)
    let corner = wall.pointee.corner
    if corner != .zero {
      // corners above the centre of the box do not touch
      hit = hit .& .!(normal.dot(turned(side.body, corner.x, corner.y, corner.z)) .> 0)
    }
    guard any(hit) else { return hit }
    // midway between the surfaces
    let point = center.adding(fma(distance, broadcast(-0.5), broadcast(-side.radius)), normal)
    var tangents = (
      LaneVector(wall.pointee.tangents.0), LaneVector(wall.pointee.tangents.1)
    )
    let axis = wall.pointee.axis
    if axis != .zero {
      let along = turned(side.body, axis.x, axis.y, axis.z)
      let across = along.adding(normal.dot(along).negated, normal)
      let length = across.dot(across).squareRoot()
      let isNone = length .< broadcast(1e-15)
      let safe = length.replacing(with: broadcast(1), where: isNone)
      tangents.0 = across.times(1 / safe).replacing(
        with: LaneVector(wall.pointee.world.x), where: isNone)
      tangents.1 = normal.cross(tangents.0)
    }
    add(index, distance, point, normal, tangents, in: hit)
    return hit
  }

  /// A capsule or sphere with another one.
  private func touchCapsules(_ index: Int) -> LaneMask {
    let pair = tables.spatial + index
    let (one, two) = (pair.pointee.first, pair.pointee.second)
    let first = placed(one, height: pair.pointee.firstHeight)
    let second = placed(two, height: pair.pointee.secondHeight)
    let d = first.adding(broadcast(-1), second)
    let isNear = d.dot(d) .< broadcast(pair.pointee.squaredRange)
    guard any(isNear) else { return isNear }
    let a = turned(one.body, one.reachX, one.reachY, pair.pointee.firstReach)
    let b = turned(two.body, two.reachX, two.reachY, pair.pointee.secondReach)
    let (u, v, product) = (a.dot(d).negated, b.dot(d), a.dot(b).negated)
    func touch(_ places: NearestPlaces, _ lanes: LaneMask) -> LaneMask {
      self.touch(
        index, from: first.adding(places.first, a), one.radius,
        to: second.adding(places.second, b), two.radius, in: lanes)
    }
    if one.squaredLength == 0 || two.squaredLength == 0 {
      let places = NearestPlaces(
        first: clamped(u * one.inverseSquaredLength),
        second: clamped(v * two.inverseSquaredLength))
      return touch(places, isNear)
    }
    let area = a.cross(b)
    let determinant = area.dot(area)
    let isParallel = determinant .< broadcast(1e-8 * one.squaredLength * two.squaredLength)
    let safe = determinant.replacing(with: broadcast(1), where: isParallel)
    var (places, isCrossing) = nearestPlaces(one, two, u, v, product, safe)
    isCrossing = pair.pointee.isLevel ? isCrossing .& isNear .& .!isParallel : .!isNear .& isNear
    var hit = touch(places, isNear .& .!isParallel .& .!isCrossing)
    if any(isCrossing) {
      // the normal is that of the plane
      let distance = broadcast(-(one.radius + two.radius))
      let normal = LaneVector(SIMD3(0, 0, 1))
      add(
        index, distance, first.adding(places.first, a), normal, tangents(index, normal),
        in: isCrossing)
      hit = hit .| isCrossing
    }
    if any(isParallel .& isNear) {
      let end = broadcast(1).replacing(with: broadcast(-1), where: product .< 0)
      for end in [end, end.negated] {
        hit = hit .| touch(endPlaces(one, two, u, v, product, end), isNear .& isParallel)
      }
    }
    return hit
  }

  /// Two balls around the given points.
  private func touch(
    _ index: Int, from first: LaneVector, _ radius: Double, to second: LaneVector,
    _ otherRadius: Double, in lanes: LaneMask
  ) -> LaneMask {
    let way = second.adding(broadcast(-1), first)
    let length = way.dot(way).squareRoot()
    let distance = length - (radius + otherRadius)
    let hit = lanes .& (distance .< broadcast(tables.spatial[index].margin)) .& (length .> 0)
    guard any(hit) else { return hit }
    let normal = way.times(1 / length.replacing(with: broadcast(1), where: .!hit))
    let point = first.adding(fma(distance, broadcast(0.5), broadcast(radius)), normal)
    add(index, distance, point, normal, tangents(index, normal), in: hit)
    return hit
  }

  /// A sphere with a box: from the sphere's centre to the nearest point of the box, or out of the box
  /// by the nearest face.
  private func touchBox(_ index: Int) -> LaneMask {
    let pair = tables.spatial + index
    let (ball, box) = (pair.pointee.first, pair.pointee.second)
    let radius = broadcast(ball.radius)
    let center = placed(ball, height: pair.pointee.firstHeight)
    let d = center.adding(broadcast(-1), placed(box, height: pair.pointee.secondHeight))
    let isNear = d.dot(d) .< broadcast(pair.pointee.squaredRange)
    guard any(isNear) else { return isNear }
    let axes = pair.pointee.axes
    let (ex, ey, ez) = (
      turned(box.body, axes.x.x, axes.x.y, axes.x.z),
      turned(box.body, axes.y.x, axes.y.y, axes.y.z),
      turned(box.body, axes.z.x, axes.z.y, axes.z.z)
    )
    let local = LaneVector(ex.dot(d), ey.dot(d), ez.dot(d))
    let size = pair.pointee.halfSizes
    func beyond(_ x: Lanes, _ half: Double) -> Lanes {
      x.clamped(lowerBound: broadcast(-half), upperBound: broadcast(half)) - x
    }
    let way = LaneVector(
      beyond(local.x, size.x), beyond(local.y, size.y), beyond(local.z, size.z))
    let length = way.dot(way).squareRoot()
    let isInside = length .<= broadcast(1e-15)
    let hit = isNear .& (length - radius .< broadcast(pair.pointee.margin))
    guard any(hit) else { return hit }
    var direction = way.times(1 / length.replacing(with: broadcast(1), where: isInside))
    var distance = length - radius
    if any(isInside .& hit) {
      // the faces in MuJoCo's order: against and along each axis; the first of the nearest counts
      var least = broadcast(2 * (size.x + size.y + size.z))
      var out = LaneVector(.zero)
      for (axis, coordinate) in [local.x, local.y, local.z].enumerated() {
        for sign in [-1.0, 1] {
          let gap = (broadcast(sign * size[axis]) - coordinate).magnitude
          let isLess = gap .< least
          least.replace(with: gap, where: isLess)
          var face = SIMD3<Double>.zero
          // the normal points from the sphere to the box, against the way out
          face[axis] = -sign
          out = out.replacing(with: LaneVector(face), where: isLess)
        }
      }
      direction = direction.replacing(with: out, where: isInside)
      distance.replace(with: least.negated - radius, where: isInside)
    }
    let normal = LaneVector(.zero).adding(direction.x, ex).adding(direction.y, ey)
      .adding(direction.z, ez)
    let point = center.adding(fma(distance, broadcast(0.5), radius), normal)
    add(index, distance, point, normal, tangents(index, normal), in: hit)
    return hit
  }

  /// The tangents across a normal: the first one towards the world's y axis, or z where y is near the
  /// normal.
  private func tangents(_ index: Int, _ normal: LaneVector) -> (LaneVector, LaneVector) {
    let world = tables.spatial[index].world
    let (y, z) = (LaneVector(world.y), LaneVector(world.z))
    let start = z.replacing(with: y, where: normal.dot(y).magnitude .< broadcast(0.5))
    let across = start.adding(normal.dot(start).negated, normal)
    let first = across.times(1 / across.dot(across).squareRoot())
    return (first, normal.cross(first))
  }

  /// Appends the slots of one contact.
  private func add(
    _ index: Int, _ distance: Lanes, _ point: LaneVector, _ normal: LaneVector,
    _ tangents: (LaneVector, LaneVector), in hit: LaneMask
  ) {
    let contact = tables.spatial + index
    let violation = Lanes.select(distance - contact.pointee.margin, where: hit)
    let (slide, twist, roll) = (
      contact.pointee.friction, contact.pointee.torsionalFriction, contact.pointee.rollingFriction
    )
    func masked(_ x: Lanes) -> Lanes { Lanes.select(x, where: hit) }
    func append(_ tx: Lanes, _ ty: Lanes, spin: Lanes) {
      let slot = work.counts[1]
      work.contactSlots[slot] = tables.pointCount &+ tables.pairCount &+ index
      work.contacts[slot].violation = violation
      work.contacts[slot].x = masked(point.x)
      work.pairContacts[slot] = PairContactState(
        normalX: masked(normal.x), normalY: masked(normal.y), tangentX: masked(tx),
        tangentY: masked(ty), y: masked(point.y))
      work.spins[slot] = masked(spin)
      work.counts[1] = slot &+ 1
    }
    let dimension = contact.pointee.dimension
    guard dimension > 1 else { return append(.zero, .zero, spin: .zero) }
    append(tangents.0.x * slide, tangents.0.y * slide, spin: .zero)
    append(tangents.1.x * slide, tangents.1.y * slide, spin: .zero)
    guard dimension > 3 else { return }
    append(.zero, .zero, spin: normal.z * twist)
    guard dimension > 4 else { return }
    append(.zero, .zero, spin: tangents.0.z * roll)
    append(.zero, .zero, spin: tangents.1.z * roll)
  }
}
