extension PlanarKernel {
  /// Bias force: gravity and the forces of curved paths, at zero `qacc`.
  ///
  /// Reads `v`, `arm`, `moment`. Writes `bias` and `turnRate`. Outwards, with the root falling
  /// upwards at `-g`: `w_b = w_p + v_b`, `A_b = A_p - w_p² arm_b`. Each body needs the force
  /// `f_b = m_b A_b - w_b² moment_b` and the moment `P moment_b · A_b` about its hinge. Inwards,
  /// forces add up and carry moments: `N_b += N_c + P arm_c · F_c`.
  ///
  /// - Source: MuJoCo documentation, "Computation", recursive Newton-Euler, in the plane.
  @inline(__always)
  func bias(_ v: UnsafePointer<Lanes>) {
    let w = work
    for index in 0..<tables.bodyCount {
      let body = tables.bodies[index]
      let ax: Lanes
      let ay: Lanes
      let rate: Lanes
      if index == 0 {
        rate = v[2]
        ax = broadcast(-tables.gravityX)
        ay = broadcast(-tables.gravityY)
      } else {
        let parent = body.parent
        let parentRate = w.turnRate[parent]
        let square = parentRate * parentRate
        rate = parentRate + v[index + 2]
        ax = fnma(square, w.armX[index], w.accelerationX[parent])
        ay = fnma(square, w.armY[index], w.accelerationY[parent])
      }
      w.turnRate[index] = rate
      w.accelerationX[index] = ax
      w.accelerationY[index] = ay
      let gx = w.momentX[index]
      let gy = w.momentY[index]
      let square = rate * rate
      w.forceX[index] = fnma(square, gx, ax * body.mass)
      w.forceY[index] = fnma(square, gy, ay * body.mass)
      w.moment[index] = fnma(gy, ax, gx * ay)
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
      let fx = w.forceX[index]
      let fy = w.forceY[index]
      let moment = w.moment[index]
      result[index + 2] = sense * moment
      w.forceX[parent] += fx
      w.forceY[parent] += fy
      w.moment[parent] += fnma(w.armY[index], fx, fma(w.armX[index], fy, moment))
    }
    result[0] = w.forceX[0]
    result[1] = w.forceY[0]
    result[2] = sense * w.moment[0]
  }
}
