extension PlanarKernel {
  /// Kinematics: orientation and hinge of every body.
  ///
  /// Reads `q`. Writes `sine`, `cosine`, `origin`, `arm`, `moment`:
  /// `phi_b` is the sum of the hinge angles from the root to `b`, `o_b = o_p + R(phi_p) d_b`,
  /// `arm_b = o_b - o_p` and `moment_b = R(phi_b) m_b c_b`.
  @inline(__always)
  func kinematics(_ q: UnsafePointer<Lanes>) {
    let w = work
    let sense = broadcast(tables.sense)
    // turnRate serves as scratch for the angles
    let angle = w.turnRate
    for index in 0..<tables.bodyCount {
      let body = tables.bodies[index]
      let phi: Lanes
      if index == 0 {
        phi = q[2]
        w.originX[0] = q[0] + body.offsetX
        w.originY[0] = q[1] + body.offsetY
      } else {
        let parent = body.parent
        phi = angle[parent] + q[index + 2]
        let c = w.cosine[parent]
        let s = w.sine[parent]
        let armX = fnma(s, broadcast(body.offsetY), c * body.offsetX)
        let armY = fma(s, broadcast(body.offsetX), c * body.offsetY)
        w.armX[index] = armX
        w.armY[index] = armY
        w.originX[index] = w.originX[parent] + armX
        w.originY[index] = w.originY[parent] + armY
      }
      angle[index] = phi
      var (s, c) = sineCosine(phi)
      s *= sense
      w.sine[index] = s
      w.cosine[index] = c
      w.momentX[index] = fnma(s, broadcast(body.momentY), c * body.momentX)
      w.momentY[index] = fma(s, broadcast(body.momentX), c * body.momentY)
    }
  }
}
