extension CompiledModel {
  /// Every number of the model by name, for comparisons and listings.
  ///
  /// Names are like `body[2].mass` or `dof[4].damping`; the order is fixed.
  public var fields: [(name: String, value: Double)] {
    var result: [(name: String, value: Double)] = []
    func add(_ name: String, _ value: Double) { result.append((name, value)) }
    func add(_ name: String, _ value: SIMD2<Double>) {
      add("\(name).x", value.x)
      add("\(name).y", value.y)
    }
    func add(_ name: String, _ value: CompiledSoftness) {
      add("\(name).minimum", value.minimum)
      add("\(name).rise", value.rise)
      add("\(name).inverseWidth", value.inverseWidth)
      add("\(name).midpoint", value.midpoint)
      add("\(name).stiffness", value.stiffness)
      add("\(name).damping", value.damping)
    }
    func add(_ name: String, _ value: CompiledContact) {
      add("\(name).friction", value.friction)
      add("\(name).margin", value.margin)
      add("\(name).dimension", Double(value.dimension.rawValue))
      add("\(name).regularizer", value.regularizer)
      if let slope = value.coneSlope { add("\(name).coneSlope", slope) }
      add("\(name).softness", value.softness)
    }

    add("timestep", timestep)
    add("integrator", [.euler: 0, .rungeKutta4: 4, .implicitFast: 3][source.integrator] ?? 0)
    add("rotationSense", rotationSense)
    add("gravity", source.gravity)
    add("density", source.density)
    add("viscosity", source.viscosity)
    add("ground", source.ground?.height ?? -.infinity)
    for (index, body) in bodies.enumerated() {
      let name = "body[\(index)]"
      add("\(name).parent", Double(body.parent ?? -1))
      add("\(name).offset", body.offset)
      if let slide = body.slide { add("\(name).slide", slide) }
      add("\(name).mass", body.inertia.mass)
      add("\(name).center", body.inertia.center)
      add("\(name).inertia", body.inertia.normalInertia)
      add("\(name).subtreeMass", body.subtreeMass)
      add("\(name).constantInertia", body.constantInertia)
      add("\(name).inverseWeight", body.inverseWeight)
      add("\(name).linearDrag", body.fluidBox.linearDrag)
      add("\(name).axialDrag", body.fluidBox.axialDrag)
      add("\(name).transverseDrag", body.fluidBox.transverseDrag)
      add("\(name).angularDrag", body.fluidBox.angularDrag)
      add("\(name).squaredAngularDrag", body.fluidBox.squaredAngularDrag)
    }
    for (index, dof) in dofs.enumerated() {
      let name = "dof[\(index)]"
      add("\(name).sense", dof.sense)
      add("\(name).reference", dof.reference)
      add("\(name).stiffness", dof.stiffness)
      add("\(name).springReference", dof.springReference)
      add("\(name).damping", dof.damping)
      add("\(name).armature", dof.armature)
      add("\(name).lower", dof.range?.lowerBound ?? -.infinity)
      add("\(name).upper", dof.range?.upperBound ?? .infinity)
      add("\(name).margin", dof.margin)
      add("\(name).inverseWeight", dof.inverseWeight)
      add("\(name).softness", dof.softness)
      if let range = dof.motorRange {
        add("\(name).leastMotorForce", range.lowerBound)
        add("\(name).greatestMotorForce", range.upperBound)
      }
    }
    for (index, motor) in motors.enumerated() {
      let name = "motor[\(index)]"
      add("\(name).dof", Double(motor.dof))
      add("\(name).gear", motor.gear)
      add("\(name).lower", motor.controlRange?.lowerBound ?? -.infinity)
      add("\(name).upper", motor.controlRange?.upperBound ?? .infinity)
      guard !motor.isPlain else { continue }
      add("\(name).gain", motor.gain)
      for part in 0..<3 { add("\(name).bias[\(part)]", motor.bias[part]) }
      add("\(name).leastForce", motor.forceRange?.lowerBound ?? -.infinity)
      add("\(name).greatestForce", motor.forceRange?.upperBound ?? .infinity)
      for (place, drive) in motor.drives.enumerated() {
        add("\(name).drive[\(place)].dof", Double(drive.dof))
        add("\(name).drive[\(place)].moment", drive.moment)
      }
    }
    for (index, point) in contactPoints.enumerated() {
      let name = "point[\(index)]"
      add("\(name).body", Double(point.body))
      add("\(name).geom", Double(point.geom))
      add("\(name).center", point.center)
      add("\(name).axis", point.axis)
      add("\(name).radius", point.radius)
      add(name, point.contact)
    }
    for (index, pair) in contactPairs.enumerated() {
      let name = "pair[\(index)]"
      for (place, side) in [pair.first, pair.second].enumerated() {
        add("\(name)[\(place)].body", Double(side.body))
        add("\(name)[\(place)].geom", Double(side.geom))
        add("\(name)[\(place)].center", side.center)
        add("\(name)[\(place)].reach", side.reach)
        add("\(name)[\(place)].radius", side.radius)
      }
      add(name, pair.contact)
    }
    return result
  }
}
