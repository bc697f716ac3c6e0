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
      let body = tables.bodies[index]
      let phi: Lanes
      if index == 0 {
        phi = q[2] - tables.dofs[2].reference
        w.bodies[0].originX = q[0] + body.offsetX
        w.bodies[0].originY = q[1] + body.offsetY
      } else {
        let parent = body.parent
        var displacement = q[index + 2]
        if tables.hasReferences { displacement -= tables.dofs[index + 2].reference }
        let c = w.bodies[parent].cosine
        let s = w.bodies[parent].sine
        var armX = fnma(s, broadcast(body.offsetY), c * body.offsetX)
        var armY = fma(s, broadcast(body.offsetX), c * body.offsetY)
        if tables.hasSlides, body.isSlide {
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
      w.bodies[index].momentX = fnma(s, broadcast(body.momentY), c * body.momentX)
      w.bodies[index].momentY = fma(s, broadcast(body.momentX), c * body.momentY)
    }
  }

  /// Writes the direction in the world along which a body slides.
  @inline(never)
  private func slideAxis(_ index: Int) {
    let body = tables.bodies[index]
    let c = work.bodies[body.parent].cosine
    let s = work.bodies[body.parent].sine
    work.slideAxes[2 * index] = fnma(s, broadcast(body.slideY), c * body.slideX)
    work.slideAxes[2 * index + 1] = fma(s, broadcast(body.slideX), c * body.slideY)
  }
}
