extension PlanarKernel {
  /// One physics step of the lanes in `alive`; returns those of them that stayed in range.
  ///
  /// Updates `q`, `v` and the warm start `warm`, the constraint solver's `qacc` of this step (of
  /// the last stage for Runge-Kutta). A lane leaves the range when a new position, velocity or
  /// acceleration is NaN or above 1e10; it then keeps the state before the step.
  ///
  /// - Source: MuJoCo documentation, "Computation", numerical integration.
  @inline(__always)
  func step(
    q: UnsafeMutablePointer<Lanes>, v: UnsafeMutablePointer<Lanes>,
    warm: UnsafeMutablePointer<Lanes>, alive: LaneMask
  ) -> LaneMask {
    if tables.usesRungeKutta {
      rungeKuttaStep(q, v, warm, alive: alive)
    } else {
      eulerStep(q, v, warm, alive: alive)
    }
    return commit(q, v, warm, alive: alive)
  }

  /// Semi-implicit Euler: `(M + h damping) a = force`, `v' = v + h a`, `q' = q + h v'`.
  ///
  /// Writes the new state to `stagePosition` and `stageVelocity`.
  @inline(__always)
  private func eulerStep(
    _ q: UnsafePointer<Lanes>, _ v: UnsafePointer<Lanes>, _ warm: UnsafePointer<Lanes>,
    alive: LaneMask
  ) {
    let w = work
    let step = broadcast(tables.timestep)
    forward(q: q, v: v, warm: warm, alive: alive)
    var acceleration = w.acceleration
    if tables.hasDamping {
      acceleration = w.direction
      // after few iterations the forces of the rows need not be those of the acceleration
      if tables.isStiff, tables.iterationLimit >= 50 {
        balancedForces()
      } else {
        constraintForces()
      }
      for index in 0..<tables.dofCount {
        w.direction[index] = w.smooth[index] + w.constraintForce[index]
      }
      for index in 0..<tables.entryCount { w.matrix[index] = w.mass[index] }
      w.matrix[0] += tables.timestep * tables.dofs[0].damping
      w.matrix[2] += tables.timestep * tables.dofs[1].damping
      for index in 0..<tables.bodyCount {
        let body = tables.bodies[index]
        w.matrix[body.row + 2 + body.depth] +=
          tables.timestep * tables.dofs[index + 2].damping
      }
      if tables.hasImplicitMotors { addMotorDamping(q, v) }
      factor(w.matrix)
      solve(w.matrix, w.direction)
    }
    for index in 0..<tables.dofCount {
      let velocity = fma(step, acceleration[index], v[index])
      w.stageVelocity[index] = velocity
      w.stagePosition[index] = fma(step, velocity, q[index])
    }
  }

  /// Adds the damping of motors whose force is not at a limit to the matrix of the step.
  @inline(never)
  private func addMotorDamping(_ q: UnsafePointer<Lanes>, _ v: UnsafePointer<Lanes>) {
    let w = work
    for index in 0..<tables.motorCount where tables.motors[index].bias.z != 0 {
      let motor = tables.motors[index]
      let drive = tables.drives[motor.drives]
      let force = motorForce(index, q, v)
      let isFree =
        (force .> broadcast(motor.leastForce)) .& (force .< broadcast(motor.greatestForce))
      let damping = broadcast(-tables.timestep * motor.bias.z * drive.moment * drive.moment)
      w.matrix[tables.diagonals[drive.dof]] += Lanes.select(damping, where: isFree)
    }
  }

  /// The classical Runge-Kutta scheme on `(q, v)`; constraints are solved anew at every stage.
  ///
  /// Writes the new state to `stagePosition` and `stageVelocity`. All stages start the solver from
  /// the same `warm`.
  @inline(__always)
  private func rungeKuttaStep(
    _ q: UnsafePointer<Lanes>, _ v: UnsafePointer<Lanes>, _ warm: UnsafePointer<Lanes>,
    alive: LaneMask
  ) {
    let w = work
    for index in 0..<tables.dofCount {
      w.stagePosition[index] = q[index]
      w.stageVelocity[index] = v[index]
      w.sumVelocity[index] = .zero
      w.sumAcceleration[index] = .zero
    }
    for stage in 0..<4 {
      forward(q: w.stagePosition, v: w.stageVelocity, warm: warm, alive: alive)
      // weights 1/6 1/3 1/3 1/6; the next stage is at 1/2, 1/2, 1 of the step
      let weight = broadcast(tables.timestep * (stage == 0 || stage == 3 ? 1.0 / 6 : 1.0 / 3))
      let reach = broadcast(tables.timestep * (stage == 2 ? 1 : 0.5))
      for index in 0..<tables.dofCount {
        let velocity = w.stageVelocity[index]
        let acceleration = w.acceleration[index]
        w.sumVelocity[index] = fma(weight, velocity, w.sumVelocity[index])
        w.sumAcceleration[index] = fma(weight, acceleration, w.sumAcceleration[index])
        w.stagePosition[index] = fma(reach, velocity, q[index])
        w.stageVelocity[index] = fma(reach, acceleration, v[index])
      }
    }
    for index in 0..<tables.dofCount {
      w.stagePosition[index] = q[index] + w.sumVelocity[index]
      w.stageVelocity[index] = v[index] + w.sumAcceleration[index]
    }
  }

  /// Accepts the new state in the lanes where it is valid, and returns these lanes.
  @inline(__always)
  private func commit(
    _ q: UnsafeMutablePointer<Lanes>, _ v: UnsafeMutablePointer<Lanes>,
    _ warm: UnsafeMutablePointer<Lanes>, alive: LaneMask
  ) -> LaneMask {
    let w = work
    var sum = Lanes.zero
    for index in 0..<tables.dofCount {
      sum = fma(w.stagePosition[index], w.stagePosition[index], sum)
      sum = fma(w.stageVelocity[index], w.stageVelocity[index], sum)
      sum = fma(w.acceleration[index], w.acceleration[index], sum)
    }
    var accepted = alive
    // a small sum of squares shows that all fields are in range
    if !all(sum .< broadcast(1e20)) {
      let limit = broadcast(StateRange.limit)
      for index in 0..<tables.dofCount {
        accepted = accepted .& (w.stagePosition[index].magnitude .<= limit)
        accepted = accepted .& (w.stageVelocity[index].magnitude .<= limit)
        accepted = accepted .& (w.acceleration[index].magnitude .<= limit)
      }
    }
    // adding zero turns -0 into +0
    if all(accepted) {
      for index in 0..<tables.dofCount {
        q[index] = w.stagePosition[index] + 0
        v[index] = w.stageVelocity[index] + 0
        warm[index] = w.acceleration[index] + 0
      }
    } else {
      for index in 0..<tables.dofCount {
        q[index].replace(with: w.stagePosition[index] + 0, where: accepted)
        v[index].replace(with: w.stageVelocity[index] + 0, where: accepted)
        warm[index].replace(with: w.acceleration[index] + 0, where: accepted)
      }
    }
    return accepted
  }
}

/// The range in which a state counts as valid.
enum StateRange {
  /// The largest magnitude of a position, velocity or acceleration, as in MuJoCo.
  static let limit = 1e10
}
