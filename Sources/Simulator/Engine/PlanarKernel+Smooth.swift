extension PlanarKernel {
  /// Actuation: `gear * clamp(ctrl)` on each driven degree of freedom.
  ///
  /// Reads `control`, writes `actuator`. Controls are constant over the frames of an action, so
  /// this runs once per action. A NaN control stays NaN.
  @inline(__always)
  func actuation() {
    let w = work
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
