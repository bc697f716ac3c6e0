extension PlanarKernel {
  /// Detection: which limits are exceeded and which contact points are below the ground.
  ///
  /// Reads `q`, `origin`, `sine`, `cosine`. Writes a slot for every limit or point that is hit in
  /// at least one lane: `limitSlots`, `limitSign`, `limitDistance`, `contactSlots`,
  /// `contactDistance`, `contactX`, `counts`. Distances are negative where the constraint acts;
  /// in other lanes of a slot they are not. Returns the lanes with any constraint.
  @inline(__always)
  func detect(_ q: UnsafePointer<Lanes>) -> LaneMask {
    let w = work
    var touching = LaneMask(repeating: false)

    // limits: `distance = q - lower` or `upper - q`, Jacobian +1 or -1
    var slots = 0
    for index in 0..<tables.limitCount {
      let dof = tables.limits[index]
      let above = q[dof] - tables.dofs[dof].lower
      let below = tables.dofs[dof].upper - q[dof]
      let isLow = above .< 0
      let hit = isLow .| (below .< 0)
      guard any(hit) else { continue }
      touching = touching .| hit
      w.limitSlots[slots] = dof
      w.limitSign[slots] = broadcast(-1).replacing(with: broadcast(1), where: isLow)
      w.limitDistance[slots] = below.replacing(with: above, where: isLow)
      slots += 1
    }
    w.counts[0] = slots

    // contact points: the height alone decides
    slots = 0
    for index in 0..<tables.pointCount {
      let point = tables.points[index]
      let s = w.sine[point.body]
      let c = w.cosine[point.body]
      let clearance = w.originY[point.body] - (tables.groundHeight + point.radius)
      let distance = fma(s, broadcast(point.x), fma(c, broadcast(point.y), clearance))
      let hit = distance .< 0
      guard any(hit) else { continue }
      touching = touching .| hit
      w.contactSlots[slots] = index
      w.contactDistance[slots] = distance
      w.contactX[slots] = fnma(
        s, broadcast(point.y), fma(c, broadcast(point.x), w.originX[point.body]))
      slots += 1
    }
    w.counts[1] = slots
    return touching
  }
}
