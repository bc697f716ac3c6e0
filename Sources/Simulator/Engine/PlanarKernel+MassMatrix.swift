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
      let body = tables.bodies[index]
      let row = w.mass + body.row
      let sx = w.bodies[index].subtreeX
      let sy = w.bodies[index].subtreeY
      let inertia = w.bodies[index].subtreeInertia
      row[0] = (sense * sy).negated
      row[1] = sense * sx
      let diagonal = inertia + tables.dofs[index + 2].armature
      row[2 + body.depth] = diagonal
      trace += diagonal
      guard index > 0 else { continue }

      // ancestors, nearest first; (ex, ey) = o_b - o_a
      let armX = w.bodies[index].armX
      let armY = w.bodies[index].armY
      var ex = armX
      var ey = armY
      let chain = tables.chains + body.chain
      let columns = tables.chainColumns + body.chain
      for link in (0..<body.links).reversed() {
        row[columns[link]] = fma(ex, sx, fma(ey, sy, inertia))
        let ancestor = chain[link]
        ex += w.bodies[ancestor].armX
        ey += w.bodies[ancestor].armY
      }

      let parent = body.parent
      let subtreeMass = broadcast(body.subtreeMass)
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
  }
}
