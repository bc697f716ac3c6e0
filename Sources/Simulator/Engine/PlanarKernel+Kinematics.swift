extension PlanarKernel {
  /// Kinematics: orientation and hinge of every body.
  ///
  /// Reads `q`. Writes `sine`, `cosine`, `origin`, `arm`, `moment`: `phi_b` is the sum of the
  /// hinges' displacements from the root to `b`, `o_b = o_p + R(phi_p) d_b`,
  /// `arm_b = o_b - o_p` and `moment_b = R(phi_b) m_b c_b`. A body that slides by `x` along `u`
  /// has `phi_b = phi_p` and `o_b = o_p + R(phi_p) (d_b + u x)`; `slideAxes` is `R(phi_p) u`.
  @inline(__always)
  func kinematics(_ q: UnsafePointer<Lanes>) {
    let w = work
    let sense = broadcast(tables.sense)
    for index in 0..<tables.bodyCount {
      let body = tables.bodies + index
      let phi: Lanes
      if index == 0 {
        phi = q[2] - tables.dofs[2].reference
        w.bodies[0].originX = q[0] + body.pointee.offsetX
        w.bodies[0].originY = q[1] + body.pointee.offsetY
      } else {
        let parent = body.pointee.parent
        var displacement = q[index + 2]
        if tables.hasReferences { displacement -= tables.dofs[index + 2].reference }
        let c = w.bodies[parent].cosine
        let s = w.bodies[parent].sine
        var armX = fnma(s, broadcast(body.pointee.offsetY), c * body.pointee.offsetX)
        var armY = fma(s, broadcast(body.pointee.offsetX), c * body.pointee.offsetY)
        if tables.hasSlides, body.pointee.isSlide {
          slideAxis(index)
          armX = fma(w.slideAxes[2 * index], displacement, armX)
          armY = fma(w.slideAxes[2 * index + 1], displacement, armY)
          displacement = .zero
        }
        phi = w.bodies[parent].angle + displacement
        w.bodies[index].armX = armX
        w.bodies[index].armY = armY
        w.bodies[index].originX = w.bodies[parent].originX + armX
        w.bodies[index].originY = w.bodies[parent].originY + armY
      }
      w.bodies[index].angle = phi
      var (s, c) = sineCosine(phi)
      s *= sense
      w.bodies[index].sine = s
      w.bodies[index].cosine = c
      w.bodies[index].momentX = fnma(s, broadcast(body.pointee.momentY), c * body.pointee.momentX)
      w.bodies[index].momentY = fma(s, broadcast(body.pointee.momentX), c * body.pointee.momentY)
    }
  }

  /// Writes the direction in the world along which a body slides.
  @inline(never)
  private func slideAxis(_ index: Int) {
    let body = tables.bodies + index
    let c = work.bodies[body.pointee.parent].cosine
    let s = work.bodies[body.pointee.parent].sine
    work.slideAxes[2 * index] = fnma(s, broadcast(body.pointee.slideY), c * body.pointee.slideX)
    work.slideAxes[2 * index + 1] = fma(s, broadcast(body.pointee.slideX), c * body.pointee.slideY)
  }
}
