extension PlanarKernel {
  /// Mass matrix, by composite bodies from the leaves to the root.
  ///
  /// Reads `arm`, `moment`. Writes `mass` and `inverseTrace`. With `S_b` the first and `Q_b` the
  /// second moment of mass of the subtree of `b` about its hinge,
  ///
  /// - `S_b = moment_b + Σ_c (S_c + m_c arm_c)`, `Q_b = const_b + Σ_c (Q_c + 2 arm_c · S_c)`;
  /// - `M[slides, b] = P S_b`, with `P` the quarter turn of positive rotation;
  /// - `M[b, a] = Q_b + (o_b - o_a) · S_b` for every ancestor `a`; the armature is added to the
  ///   diagonal.
  ///
  /// A body that slides along `u` has `M[slides, b] = m_b u`, `M[b, b] = m_b`,
  /// `M[b, a] = u · P (S_b + m_b (o_b - o_a))` for an ancestor that turns and `m_b u · u_a` for one
  /// that slides.
  ///
  /// - Source: MuJoCo documentation, "Computation", composite rigid body algorithm, in the plane.
  @inline(__always)
  func massMatrix() {
    let w = work
    let sense = broadcast(tables.sense)
    for index in 0..<tables.bodyCount {
      w.bodies[index].subtreeX = w.bodies[index].momentX
      w.bodies[index].subtreeY = w.bodies[index].momentY
      w.bodies[index].subtreeInertia = broadcast(tables.bodies[index].constantInertia)
    }
    var trace = Lanes.zero
    for index in (0..<tables.bodyCount).reversed() {
      let body = tables.bodies + index
      if tables.hasSlides, body.pointee.isSlide || body.pointee.links > 0 {
        trace += slidingRow(index)
        continue
      }
      let row = w.mass + body.pointee.row
      let sx = w.bodies[index].subtreeX
      let sy = w.bodies[index].subtreeY
      let inertia = w.bodies[index].subtreeInertia
      row[0] = (sense * sy).negated
      row[1] = sense * sx
      let diagonal = inertia + tables.dofs[index + 2].armature
      row[2 + body.pointee.depth] = diagonal
      trace += diagonal
      guard index > 0 else { continue }

      // ancestors, nearest first; (ex, ey) = o_b - o_a
      let armX = w.bodies[index].armX
      let armY = w.bodies[index].armY
      var ex = armX
      var ey = armY
      let chain = tables.chains + body.pointee.chain
      let columns = tables.chainColumns + body.pointee.chain
      for link in (0..<body.pointee.links).reversed() {
        row[columns[link]] = fma(ex, sx, fma(ey, sy, inertia))
        let ancestor = chain[link]
        ex += w.bodies[ancestor].armX
        ey += w.bodies[ancestor].armY
      }

      let parent = body.pointee.parent
      let subtreeMass = broadcast(body.pointee.subtreeMass)
      w.bodies[parent].subtreeX += fma(subtreeMass, armX, sx)
      w.bodies[parent].subtreeY += fma(subtreeMass, armY, sy)
      w.bodies[parent].subtreeInertia += inertia + 2 * fma(armX, sx, armY * sy)
    }

    // the slides move the whole tree
    let first = broadcast(tables.totalMass + tables.dofs[0].armature)
    let second = broadcast(tables.totalMass + tables.dofs[1].armature)
    w.mass[0] = first
    w.mass[1] = .zero
    w.mass[2] = second
    w.inverseTrace[0] = 1 / (trace + first + second)
    if tables.isFixed { fixRoot(trace) }
  }

  /// One body's row of the mass matrix where it or an ancestor may slide, and what its subtree adds
  /// to the parent's. Returns the diagonal entry.
  @inline(never)
  private func slidingRow(_ index: Int) -> Lanes {
    let w = work
    let sense = broadcast(tables.sense)
    let body = tables.bodies + index
    let row = w.mass + body.pointee.row
    let (sx, sy) = (w.bodies[index].subtreeX, w.bodies[index].subtreeY)
    let inertia = w.bodies[index].subtreeInertia
    let mass = broadcast(body.pointee.subtreeMass)
    let (ux, uy) = (w.slideAxes[2 * index], w.slideAxes[2 * index + 1])
    let armature = tables.dofs[index + 2].armature
    let diagonal = (body.pointee.isSlide ? mass : inertia) + armature
    row[0] = body.pointee.isSlide ? mass * ux : (sense * sy).negated
    row[1] = body.pointee.isSlide ? mass * uy : sense * sx
    row[2 + body.pointee.depth] = diagonal

    // ancestors, nearest first; (ex, ey) = o_b - o_a
    let (armX, armY) = (w.bodies[index].armX, w.bodies[index].armY)
    var (ex, ey) = (armX, armY)
    let chain = tables.chains + body.pointee.chain
    let columns = tables.chainColumns + body.pointee.chain
    for link in (0..<body.pointee.links).reversed() {
      let ancestor = chain[link]
      let (ax, ay) = (w.slideAxes[2 * ancestor], w.slideAxes[2 * ancestor + 1])
      row[columns[link]] =
        switch (body.pointee.isSlide, tables.bodies[ancestor].isSlide) {
        case (false, false): fma(ex, sx, fma(ey, sy, inertia))
        case (false, true): sense * fnma(ax, sy, ay * sx)
        case (true, false): sense * fnma(ux, fma(mass, ey, sy), uy * fma(mass, ex, sx))
        case (true, true): mass * fma(ux, ax, uy * ay)
        }
      ex += w.bodies[ancestor].armX
      ey += w.bodies[ancestor].armY
    }

    let parent = body.pointee.parent
    w.bodies[parent].subtreeX += fma(mass, armX, sx)
    w.bodies[parent].subtreeY += fma(mass, armY, sy)
    var moved = inertia + 2 * fma(armX, sx, armY * sy)
    // of a body that turns this part is constant
    if body.pointee.isSlide { moved = fma(mass, fma(armX, armX, armY * armY), moved) }
    w.bodies[parent].subtreeInertia += moved
    return diagonal
  }

  /// Takes a fixed root out of the mass matrix: ones on its diagonal and zeros beside them.
  @inline(never)
  private func fixRoot(_ trace: Lanes) {
    let w = work
    let one = broadcast(1)
    let root = w.mass + tables.bodies[0].row
    w.inverseTrace[0] = 1 / (trace - root[2])
    for index in 0..<tables.bodyCount {
      let row = w.mass + tables.bodies[index].row
      for column in 0...2 { row[column] = .zero }
    }
    w.mass[0] = one
    w.mass[2] = one
    root[2] = one
  }
}
