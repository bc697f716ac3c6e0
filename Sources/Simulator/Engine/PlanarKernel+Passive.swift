extension PlanarKernel {
  /// Passive force: springs, dampers, and the drag of the medium.
  ///
  /// Reads `q`, `v`, and for the drag `turnRate`, `arm`, `moment`, `sine`, `cosine`. Writes
  /// `passive`. Damping is explicit here; its implicit part belongs to the integrator.
  @inline(__always)
  func passive(_ q: UnsafePointer<Lanes>, _ v: UnsafePointer<Lanes>) {
    let w = work
    if tables.hasFluid {
      fluidForces(v)
      if tables.partCount > 0 { partDrag() }
      if tables.obliqueCount > 0 { obliqueDrag() }
      gatherForces(into: w.passive)
    }
    for index in 0..<tables.dofCount {
      let dof = tables.dofs[index]
      var start = broadcast(dof.springForce)
      if tables.hasFluid { start += w.passive[index] }
      let spring = fnma(broadcast(dof.stiffness), q[index], start)
      w.passive[index] = fnma(broadcast(dof.damping), v[index], spring)
    }
  }

  /// Drag of each body's ``FluidBox``, as force and moment about the hinge.
  ///
  /// Writes `force`, `moment` and the hinge velocities `velocity`.
  @inline(__always)
  private func fluidForces(_ v: UnsafePointer<Lanes>) {
    let w = work
    let sense = broadcast(tables.sense)
    for index in 0..<tables.bodyCount {
      let body = tables.bodies + index
      var vx: Lanes
      var vy: Lanes
      if index == 0 {
        vx = v[0]
        vy = v[1]
      } else {
        let rate = sense * w.bodies[body.pointee.parent].turnRate
        vx = fnma(rate, w.bodies[index].armY, w.bodies[body.pointee.parent].velocityX)
        vy = fma(rate, w.bodies[index].armX, w.bodies[body.pointee.parent].velocityY)
        if tables.hasSlides, body.pointee.isSlide {
          vx = fma(w.slideAxes[2 * index], v[index + 2], vx)
          vy = fma(w.slideAxes[2 * index + 1], v[index + 2], vy)
        }
      }
      w.bodies[index].velocityX = vx
      w.bodies[index].velocityY = vy

      // velocity of the centre of mass, in the axes of the box
      let rate = sense * w.bodies[index].turnRate
      let cx = w.bodies[index].momentX * body.pointee.inverseMass
      let cy = w.bodies[index].momentY * body.pointee.inverseMass
      vx = fnma(rate, cy, vx)
      vy = fma(rate, cx, vy)
      let c = w.bodies[index].cosine
      let s = w.bodies[index].sine
      let ux = fnma(s, broadcast(body.pointee.fluidAxisY), c * body.pointee.fluidAxisX)
      let uy = fma(s, broadcast(body.pointee.fluidAxisX), c * body.pointee.fluidAxisY)
      let along = fma(ux, vx, uy * vy)
      let across = fnma(uy, vx, ux * vy)

      // viscous and quadratic drag oppose the motion
      let linear = broadcast(body.pointee.linearDrag)
      let fa = along.negated * fma(along.magnitude, broadcast(body.pointee.axialDrag), linear)
      let fn =
        across.negated * fma(across.magnitude, broadcast(body.pointee.transverseDrag), linear)
      let torque =
        rate.negated
        * fma(
          rate.magnitude, broadcast(body.pointee.squaredAngularDrag),
          broadcast(body.pointee.angularDrag))
      let fx = fnma(fn, uy, fa * ux)
      let fy = fma(fn, ux, fa * uy)
      w.bodies[index].forceX = fx
      w.bodies[index].forceY = fy
      w.bodies[index].moment = fnma(cy, fx, fma(cx, fy, torque))
    }
  }

  /// Drag of bodies that move as one, each with its own centre of mass and box.
  ///
  /// Reads the hinge velocities `velocity`, `turnRate`, `sine`, `cosine`. Adds to `force` and `moment`.
  @inline(never)
  private func partDrag() {
    for index in 0..<tables.partCount {
      let drag = tables.parts[index]
      let rate = broadcast(tables.sense) * work.bodies[drag.body].turnRate
      let arm = turned(drag.body, drag.centerX, drag.centerY)
      let v = velocity(of: drag.body, at: arm, rate)
      let u = turned(drag.body, drag.axisX, drag.axisY)
      let along = fma(u.x, v.x, u.y * v.y)
      let across = fnma(u.y, v.x, u.x * v.y)
      let linear = broadcast(drag.linear)
      let fa = along.negated * fma(along.magnitude, broadcast(drag.axial), linear)
      let fn = across.negated * fma(across.magnitude, broadcast(drag.transverse), linear)
      let torque =
        rate.negated
        * fma(rate.magnitude, broadcast(drag.squaredAngular), broadcast(drag.angular))
      let force = (x: fnma(fn, u.y, fa * u.x), y: fma(fn, u.x, fa * u.y))
      push(drag.body, force, moment: fnma(arm.y, force.x, fma(arm.x, force.y, torque)))
    }
  }

  /// Drag of the boxes with no axis in the plane, see ``FluidBox/oblique``.
  ///
  /// Reads the hinge velocities `velocity`, `turnRate`, `moment`, `sine`, `cosine`. Adds to `force`
  /// and `moment`.
  @inline(never)
  private func obliqueDrag() {
    for index in 0..<tables.obliqueCount {
      let drag = tables.oblique[index]
      let rate = broadcast(tables.sense) * work.bodies[drag.body].turnRate
      let arm = turned(drag.body, drag.centerX, drag.centerY)
      let v = velocity(of: drag.body, at: arm, rate)
      // the axis in the world, and the velocity along it
      let axis = turned(drag.body, drag.x, drag.y)
      let speed = fma(axis.x, v.x, axis.y * v.y)
      let size = speed.negated * speed.magnitude * drag.coefficient
      let force = (x: size * axis.x, y: size * axis.y)
      push(drag.body, force, moment: fnma(arm.y, force.x, arm.x * force.y))
    }
  }

  /// A vector of a body's frame in the world.
  @inline(__always)
  private func turned(_ body: Int, _ x: Double, _ y: Double) -> (x: Lanes, y: Lanes) {
    let (s, c) = (work.bodies[body].sine, work.bodies[body].cosine)
    return (fnma(s, broadcast(y), c * x), fma(s, broadcast(x), c * y))
  }

  /// The velocity of a point of a body that is `arm` away from its hinge.
  @inline(__always)
  private func velocity(
    of body: Int, at arm: (x: Lanes, y: Lanes), _ rate: Lanes
  ) -> (x: Lanes, y: Lanes) {
    (
      fnma(rate, arm.y, work.bodies[body].velocityX), fma(rate, arm.x, work.bodies[body].velocityY)
    )
  }

  /// Adds a force, and its moment about the hinge.
  @inline(__always)
  private func push(_ body: Int, _ force: (x: Lanes, y: Lanes), moment: Lanes) {
    work.bodies[body].forceX += force.x
    work.bodies[body].forceY += force.y
    work.bodies[body].moment += moment
  }
}
