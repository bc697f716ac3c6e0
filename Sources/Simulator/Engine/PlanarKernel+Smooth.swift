extension PlanarKernel {
  /// Actuation: `gear * clamp(ctrl)` on each driven degree of freedom.
  ///
  /// Reads `control`, writes `actuator`. Controls are constant over the frames of an action, so
  /// this runs once per action. A NaN control stays NaN.
  @inline(__always)
  func actuation() {
    let w = work
    if tables.hasForceLaws { return }
    for index in 0..<tables.dofCount { w.actuator[index] = .zero }
    for index in 0..<tables.motorCount {
      let motor = tables.motors[index]
      let lower = broadcast(motor.lower)
      let upper = broadcast(motor.upper)
      var control = w.control[index]
      control.replace(with: lower, where: control .< lower)
      control.replace(with: upper, where: control .> upper)
      w.actuator[motor.dof] = fma(control, broadcast(motor.gear), w.actuator[motor.dof])
    }
  }

  /// Actuation by motors with force laws, see ``Motor``.
  ///
  /// Reads `control`, `q` and `v`, writes `actuator`. It runs at every evaluation of forces.
  @inline(never)
  func forceLaws(_ q: UnsafePointer<Lanes>, _ v: UnsafePointer<Lanes>) {
    let w = work
    for index in 0..<tables.dofCount { w.actuator[index] = .zero }
    for index in 0..<tables.motorCount {
      let motor = tables.motors[index]
      let drives = tables.drives + motor.drives
      let force = motorForce(index, q, v)
      for place in 0..<motor.driveCount {
        let dof = drives[place].dof
        w.actuator[dof] = fma(force, broadcast(drives[place].moment), w.actuator[dof])
      }
    }
    for index in 0..<tables.dofCount {
      let dof = tables.dofs + index
      w.actuator[index] = clamped(
        w.actuator[index], dof.pointee.leastMotorForce, dof.pointee.greatestMotorForce)
    }
  }

  /// The force of one motor with its force law, clamped to its range.
  @inline(__always)
  func motorForce(
    _ index: Int, _ q: UnsafePointer<Lanes>, _ v: UnsafePointer<Lanes>
  ) -> Lanes {
    let motor = tables.motors[index]
    let drives = tables.drives + motor.drives
    let control = clamped(work.control[index], motor.lower, motor.upper)
    var length = Lanes.zero
    var velocity = Lanes.zero
    for place in 0..<motor.driveCount {
      let moment = broadcast(drives[place].moment)
      length = fma(moment, q[drives[place].dof], length)
      velocity = fma(moment, v[drives[place].dof], velocity)
    }
    var force = fma(control, broadcast(motor.gain), broadcast(motor.bias.x))
    force = fma(length, broadcast(motor.bias.y), force)
    force = fma(velocity, broadcast(motor.bias.z), force)
    return clamped(force, motor.leastForce, motor.greatestForce)
  }

  /// Values clamped to a range; NaN stays.
  @inline(__always)
  private func clamped(_ values: Lanes, _ lower: Double, _ upper: Double) -> Lanes {
    var result = values
    result.replace(with: broadcast(lower), where: result .< lower)
    result.replace(with: broadcast(upper), where: result .> upper)
    return result
  }

  /// Smooth acceleration: the one without constraints, `M⁻¹ (passive - bias + actuator)`.
  ///
  /// Reads `mass`, `passive`, `bias`, `actuator`. Writes `smooth` (the force), `massFactor` and
  /// `smoothAcceleration`.
  @inline(__always)
  func smoothAcceleration() {
    let w = work
    for index in 0..<tables.dofCount {
      let force = w.passive[index] - w.bias[index] + w.actuator[index]
      w.smooth[index] = force
      w.smoothAcceleration[index] = force
    }
    if tables.isFixed {
      for index in 0..<3 {
        w.smooth[index] = .zero
        w.smoothAcceleration[index] = .zero
      }
    }
    for index in 0..<tables.entryCount { w.massFactor[index] = w.mass[index] }
    factor(w.massFactor)
    solve(w.massFactor, w.smoothAcceleration)
  }
}
