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
    let w = work
    let sense = broadcast(tables.sense)
    for index in 0..<tables.partCount {
      let drag = tables.parts[index]
      let body = drag.body
      let rate = sense * w.bodies[body].turnRate
      let c = w.bodies[body].cosine
      let s = w.bodies[body].sine
      let cx = fnma(s, broadcast(drag.centerY), c * drag.centerX)
      let cy = fma(s, broadcast(drag.centerX), c * drag.centerY)
      let vx = fnma(rate, cy, w.bodies[body].velocityX)
      let vy = fma(rate, cx, w.bodies[body].velocityY)
      let ux = fnma(s, broadcast(drag.axisY), c * drag.axisX)
      let uy = fma(s, broadcast(drag.axisX), c * drag.axisY)
      let along = fma(ux, vx, uy * vy)
      let across = fnma(uy, vx, ux * vy)
      let linear = broadcast(drag.linear)
      let fa = along.negated * fma(along.magnitude, broadcast(drag.axial), linear)
      let fn = across.negated * fma(across.magnitude, broadcast(drag.transverse), linear)
      let torque =
        rate.negated
        * fma(rate.magnitude, broadcast(drag.squaredAngular), broadcast(drag.angular))
      let fx = fnma(fn, uy, fa * ux)
      let fy = fma(fn, ux, fa * uy)
      w.bodies[body].forceX += fx
      w.bodies[body].forceY += fy
      w.bodies[body].moment += fnma(cy, fx, fma(cx, fy, torque))
    }
  }

  /// Drag of the boxes with no axis in the plane, see ``FluidBox/oblique``.
  ///
  /// Reads the hinge velocities `velocity`, `turnRate`, `moment`, `sine`, `cosine`. Adds to `force`
  /// and `moment`.
  @inline(never)
  private func obliqueDrag() {
    let w = work
    let sense = broadcast(tables.sense)
    for index in 0..<tables.obliqueCount {
      let drag = tables.oblique[index]
      let body = drag.body
      let rate = sense * w.bodies[body].turnRate
      let c = w.bodies[body].cosine
      let s = w.bodies[body].sine
      let cx = fnma(s, broadcast(drag.centerY), c * drag.centerX)
      let cy = fma(s, broadcast(drag.centerX), c * drag.centerY)
      let vx = fnma(rate, cy, w.bodies[body].velocityX)
      let vy = fma(rate, cx, w.bodies[body].velocityY)
      // the axis in the world, and the velocity along it
      let px = fnma(s, broadcast(drag.y), c * drag.x)
      let py = fma(s, broadcast(drag.x), c * drag.y)
      let speed = fma(px, vx, py * vy)
      let force = speed.negated * speed.magnitude * drag.coefficient
      let (fx, fy) = (force * px, force * py)
      w.bodies[body].forceX += fx
      w.bodies[body].forceY += fy
      w.bodies[body].moment += fnma(cy, fx, cx * fy)
    }
  }
}
