extension PlanarKernel {
  /// Bias force: gravity, Coriolis and centrifugal forces, at zero `qacc`.
  ///
  /// Reads `v`, `arm`, `moment`. Writes `bias` and `turnRate`. The outward pass starts with the
  /// root accelerating at `-g`: `w_b = w_p + v_b`, `A_b = A_p - w_p² arm_b`. Each body needs the
  /// force `f_b = m_b A_b - w_b² moment_b` and the moment `P moment_b · A_b` about its hinge. The
  /// inward pass sums forces and transfers moments: `N_b += N_c + P arm_c · F_c`. A body that slides
  /// along `u` has `w_b = w_p` and gains the Coriolis acceleration `2 w_p P u v_b`.
  ///
  /// - Source: MuJoCo documentation, "Computation", recursive Newton-Euler, in the plane.
  @inline(__always)
  func bias(_ v: UnsafePointer<Lanes>) {
    let w = work
    for index in 0..<tables.bodyCount {
      let body = tables.bodies + index
      var ax: Lanes
      var ay: Lanes
      let rate: Lanes
      if index == 0 {
        rate = v[2]
        ax = broadcast(-tables.gravityX)
        ay = broadcast(-tables.gravityY)
      } else {
        let parent = body.pointee.parent
        let parentRate = w.bodies[parent].turnRate
        let square = parentRate * parentRate
        ax = fnma(square, w.bodies[index].armX, w.bodies[parent].accelerationX)
        ay = fnma(square, w.bodies[index].armY, w.bodies[parent].accelerationY)
        if tables.hasSlides, body.pointee.isSlide {
          let turn = 2 * (broadcast(tables.sense) * parentRate) * v[index + 2]
          rate = parentRate
          ax = fnma(turn, w.slideAxes[2 * index + 1], ax)
          ay = fma(turn, w.slideAxes[2 * index], ay)
        } else {
          rate = parentRate + v[index + 2]
        }
      }
      w.bodies[index].turnRate = rate
      w.bodies[index].accelerationX = ax
      w.bodies[index].accelerationY = ay
      let gx = w.bodies[index].momentX
      let gy = w.bodies[index].momentY
      let square = rate * rate
      w.bodies[index].forceX = fnma(square, gx, ax * body.pointee.mass)
      w.bodies[index].forceY = fnma(square, gy, ay * body.pointee.mass)
      w.bodies[index].moment = fnma(gy, ax, gx * ay)
    }
    gatherForces(into: w.bias)
  }

  /// Turns forces and moments of single bodies into generalised forces, from the leaves inwards.
  ///
  /// Reads and overwrites `force` and `moment` (about each hinge, counterclockwise in the plane's
  /// axes); writes one generalised force per degree of freedom to `result`.
  @inline(__always)
  func gatherForces(into result: UnsafeMutablePointer<Lanes>) {
    let w = work
    let sense = broadcast(tables.sense)
    for index in (1..<tables.bodyCount).reversed() {
      let parent = tables.bodies[index].parent
      let fx = w.bodies[index].forceX
      let fy = w.bodies[index].forceY
      let moment = w.bodies[index].moment
      if tables.hasSlides, tables.bodies[index].isSlide {
        result[index + 2] = fma(
          w.slideAxes[2 * index], fx, w.slideAxes[2 * index + 1] * fy)
      } else {
        result[index + 2] = sense * moment
      }
      w.bodies[parent].forceX += fx
      w.bodies[parent].forceY += fy
      w.bodies[parent].moment += fnma(
        w.bodies[index].armY, fx, fma(w.bodies[index].armX, fy, moment))
    }
    result[0] = w.bodies[0].forceX
    result[1] = w.bodies[0].forceY
    result[2] = sense * w.bodies[0].moment
  }
}
