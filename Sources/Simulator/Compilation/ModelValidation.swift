// More than 300 lines: every check of a model in one place, in the order of its parts.

/// The checks that a model must pass before its constants are computed.
struct ModelValidation {
  private let model: PlanarModel

  init(_ model: PlanarModel) {
    self.model = model
  }

  /// Throws at the first part that cannot be simulated.
  func check() throws(ModelError) {
    try checkOptions()
    try checkTree()
    for joint in model.joints { try check(joint) }
    for body in model.bodies {
      for geom in body.allGeoms { try check(geom, in: body) }
    }
    try checkMotors()
  }

  private func fail(_ part: String, _ problem: String, _ advice: String) -> ModelError {
    ModelError(model: model.name, part: part, problem: problem, advice: advice)
  }

  private func checkOptions() throws(ModelError) {
    guard model.timestep > 0, model.timestep <= 1 else {
      throw fail(
        "timestep", "\(model.timestep) s is not in (0, 1]", "a longer one is not simulated")
    }
    guard isFinite(model.gravity), model.density >= 0, model.density.isFinite,
      model.viscosity >= 0, model.viscosity.isFinite
    else {
      throw fail(
        "medium", "gravity, density and viscosity must be finite, the last two not negative",
        "a negative density or viscosity is not simulated")
    }
    guard model.tolerance >= 0, model.tolerance.isFinite else {
      throw fail(
        "solver", "tolerance \(model.tolerance) is not a finite number >= 0",
        "a negative one is not simulated")
    }
    guard model.iterations > 0 else {
      throw fail(
        "solver", "\(model.iterations) iterations are not at least 1",
        "a solver without iterations is not simulated")
    }
    if let total = model.totalMass, !(total > 0 && total.isFinite) {
      throw fail("total mass", "\(total) kg is not positive", "leave it out to keep the masses")
    }
    if model.plane == .horizontal, model.ground != nil {
      throw fail(
        "ground", "contact needs the vertical plane",
        "contact in the horizontal plane is not simulated")
    }
    if let ground = model.ground, !ground.height.isFinite {
      throw fail("ground", "height \(ground.height) is not finite", "use a finite height")
    }
    guard model.frictionRatio > 0, model.frictionRatio.isFinite else {
      throw fail(
        "friction ratio", "\(model.frictionRatio) is not positive", "MuJoCo rejects it too")
    }
    if model.integrator == .implicitFast {
      guard model.density == 0, model.viscosity == 0 else {
        throw fail(
          "integrator", "implicitfast in a medium", "it is simulated with Euler or Runge-Kutta")
      }
      let coupled = model.motors.filter { motor in
        (motor.bias.z != 0 || motor.dampingRatio != nil)
          && (motor.couplings.count > 1
            || model.joints.contains { $0.name == motor.joint && $0.motorRange != nil })
      }
      if let motor = coupled.first {
        throw fail(
          "motor \"\(motor.name)\"",
          "its damping with implicitfast, on several joints or on one whose motor force is limited",
          "such a motor is not simulated")
      }
    }
    if let contact = model.ground?.contact { try check(contact, of: "ground") }
    for wall in model.walls {
      guard abs((wall.normal * wall.normal).sum() - 1) < 1e-9, wall.distance.isFinite else {
        throw fail(
          "wall", "normal \(wall.normal) and distance \(wall.distance) are no plane",
          "give a unit vector and a finite distance")
      }
      guard model.isFixed else {
        throw fail(
          "wall", "the root is not fixed",
          "hang the root's slides and its hinge on a fixed root, as bodies")
      }
      try check(wall.contact, of: "wall")
    }
  }

  private func checkTree() throws(ModelError) {
    guard model.slides.count == 2 || model.isFixed else {
      throw fail(
        "root", "\(model.slides.count) slides instead of 2 or none",
        "another root is not simulated")
    }
    guard !model.bodies.isEmpty, model.bodies.count <= 64 else {
      throw fail(
        "bodies", "\(model.bodies.count) bodies, not 1 to 64", "a larger model is not simulated")
    }
    guard !model.joints.isEmpty else {
      throw fail("joints", "there are none", "a model that moves needs one")
    }
    var names = Set<String>()
    for (index, body) in model.bodies.enumerated() {
      let part = "body \"\(body.name)\""
      guard names.insert(body.name).inserted else {
        throw fail(part, "the name is used twice", "name each body differently")
      }
      guard isFinite(body.offset), isFinite(body.origin),
        body.welded.allSatisfy({ isFinite($0.origin) })
      else { throw fail(part, "its place is not finite", "correct it") }
      if body.isIntermediate, !body.allGeoms.isEmpty {
        throw fail(part, "it must have no geoms", "put the geoms into a body that moves")
      }
      let inertials = ([body.inertial] + body.welded.map(\.inertial)).compactMap(\.self)
      if !model.isMassless(index), body.allGeoms.isEmpty, inertials.isEmpty {
        throw fail(part, "it needs at least one geom", "a body that moves needs mass")
      }
      for inertial in inertials { try check(inertial, of: part) }
      if index == 0, model.isFixed, body.offset != .zero {
        throw fail(part, "what is fixed is at the origin", "move what hangs on it instead")
      }
      if let slide = body.slide {
        guard index > 0, abs((slide * slide).sum() - 1) < 1e-9 else {
          throw fail(
            part, "it slides along \(slide), which is not a unit vector, or it is the root",
            "give the root two slides")
        }
      }
      guard body.massFactor > 0, body.massFactor.isFinite, body.inertiaFactor > 0,
        body.inertiaFactor.isFinite
      else {
        throw fail(
          part, "factors \(body.massFactor), \(body.inertiaFactor) are not finite and positive",
          "a body that moves needs mass")
      }
      if index == 0, body.parent != nil {
        throw fail(part, "the first body is the root and has no parent", "reorder the bodies")
      }
      if index > 0 {
        guard let parent = body.parent, parent >= 0, parent < index else {
          throw fail(
            part, "parent \(body.parent.map(String.init) ?? "none") is not listed before it",
            "list a parent before its children, with one root")
        }
      }
    }
  }

  private func check(_ joint: Joint) throws(ModelError) {
    let part = "joint \"\(joint.name)\""
    for (name, value) in [
      ("stiffness", joint.stiffness), ("damping", joint.damping), ("armature", joint.armature),
      ("limit margin", joint.limit?.margin ?? 0), ("friction loss", joint.frictionLoss),
    ] where !(value >= 0 && value.isFinite) {
      throw fail(
        part, "\(name) \(value) is not a finite number >= 0", "a negative one is not simulated")
    }
    guard joint.reference.isFinite, joint.springReference.isFinite else {
      throw fail(
        part, "references \(joint.reference), \(joint.springReference) are not finite",
        "correct them")
    }
    guard isFinite(joint.motorRange) else {
      throw fail(part, "the range of the motors' forces is not finite", "correct it")
    }
    if joint.frictionLoss > 0 { try check(joint.frictionSoftness, of: part) }
    guard let limit = joint.limit else { return }
    guard limit.lower < limit.upper, limit.lower.isFinite, limit.upper.isFinite else {
      throw fail(part, "range \(limit.lower) ... \(limit.upper) is empty", "order its ends")
    }
    try check(limit.softness, of: part)
  }

  private func check(_ geom: Geom, in body: Body) throws(ModelError) {
    let part = "geom \"\(geom.name)\" of body \"\(body.name)\""
    var sizes = [geom.radius]
    switch geom.shape {
    case .sphere: break
    case .capsule(let halfLength, _), .cylinder(let halfLength): sizes.append(halfLength)
    case .box(let half): sizes = [half.x, half.y, half.z]
    case .ellipsoid(let axes): sizes = [axes.x, axes.y, axes.z]
    }
    guard sizes.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw fail(part, "radius and lengths must be finite and positive", "correct it")
    }
    guard geom.density >= 0, geom.density.isFinite, isFinite(geom.center), geom.elevation.isFinite
    else { throw fail(part, "density and centre must be finite", "correct it") }
    if case .capsule(_, let axis) = geom.shape, geom.frame == nil {
      guard abs((axis * axis).sum() - 1) < 1e-9 else {
        throw fail(part, "a capsule needs a unit axis", "correct it")
      }
    }
    if let frame = geom.frame { try check(frame, of: geom, part) }
    if let contact = geom.contact { try check(contact, of: part) }
  }

  private func check(_ inertial: Inertial, of part: String) throws(ModelError) {
    guard inertial.mass >= 0, inertial.mass.isFinite, isFinite(inertial.center),
      inertial.moments.min() >= 0, inertial.moments.max().isFinite
    else {
      throw fail(
        part, "its mass and moments of inertia must be finite and not negative", "correct them")
    }
    guard isOrthogonal(inertial.frame) else {
      throw fail(part, "its principal axes are not orthogonal unit vectors", "correct them")
    }
  }

  private func check(_ contact: Geom.Contact, of part: String) throws(ModelError) {
    let frictions = [contact.friction, contact.torsionalFriction, contact.rollingFriction]
    guard frictions.allSatisfy(\.isFinite) else {
      throw fail(part, "friction \(frictions) is not finite", "correct it")
    }
    guard contact.mixing >= 0, contact.mixing.isFinite else {
      throw fail(part, "mixing \(contact.mixing) is not a finite number >= 0", "correct it")
    }
    guard contact.margin.isFinite, contact.margin >= 0 else {
      throw fail(
        part, "margin \(contact.margin) is not a finite number >= 0",
        "a negative one is not simulated")
    }
    try check(contact.softness, of: part)
  }

  /// Whether the axes of a frame are orthogonal unit vectors.
  private func isOrthogonal(_ frame: Geom.Frame) -> Bool {
    let axes = [frame.x, frame.y, frame.z]
    return axes.indices.allSatisfy { first in
      axes.indices.allSatisfy { second in
        abs((axes[first] * axes[second]).sum() - (first == second ? 1 : 0)) < 1e-9
      }
    }
  }

  private func check(_ frame: Geom.Frame, of geom: Geom, _ part: String) throws(ModelError) {
    var isFrame = isOrthogonal(frame)
    if case .capsule(_, let axis) = geom.shape {
      let inPlane = SIMD2(frame.z.x, frame.z.y)
      let (same, opposite) = (inPlane - axis, inPlane + axis)
      isFrame = isFrame && min((same * same).sum(), (opposite * opposite).sum()) < 1e-18
    }
    guard isFrame else {
      throw fail(
        part, "its frame is not made of orthogonal unit vectors, the last one along its axis",
        "correct it, or leave it out")
    }
  }

  private func check(_ softness: ConstraintSoftness, of part: String) throws(ModelError) {
    let numbers = [
      softness.timeConstant, softness.dampingRatio, softness.width, softness.minimum,
      softness.maximum, softness.midpoint, softness.power,
    ]
    guard numbers.allSatisfy(\.isFinite), softness.width >= 0 else {
      throw fail(part, "softness \(softness) needs finite numbers, no negative width", "correct it")
    }
    guard (softness.timeConstant > 0) == (softness.dampingRatio > 0) else {
      throw fail(
        part,
        "of time constant \(softness.timeConstant) and damping ratio "
          + "\(softness.dampingRatio) just one is positive",
        "such a softness is not simulated")
    }
  }

  private func checkMotors() throws(ModelError) {
    let names = model.joints.map(\.name)
    if let twice = Dictionary(grouping: names, by: { $0 }).first(where: { $1.count > 1 })?.key {
      throw fail("joint \"\(twice)\"", "the name is used twice", "name each joint differently")
    }
    for motor in model.motors {
      let part = "motor \"\(motor.name)\""
      guard !motor.couplings.isEmpty else {
        throw fail(part, "it drives no joint", "use one of \(names.joined(separator: ", "))")
      }
      for coupling in motor.couplings {
        guard names.contains(coupling.joint) else {
          throw fail(
            part, "there is no joint \"\(coupling.joint)\"",
            "use one of \(names.joined(separator: ", "))")
        }
        guard coupling.coefficient.isFinite else {
          throw fail(part, "its coefficients must be finite", "correct them")
        }
      }
      guard motor.gear.isFinite, isFinite(motor.controlRange), isFinite(motor.forceRange),
        motor.gain.isFinite, (motor.bias * 0).sum() == 0
      else {
        throw fail(
          part, "gear, gain, bias and the ranges of control and force must be finite",
          "correct them")
      }
      if let ratio = motor.dampingRatio {
        guard ratio >= 0, ratio.isFinite, motor.gain >= 0 else {
          throw fail(
            part, "damping ratio \(ratio) with gain \(motor.gain)",
            "a damping ratio needs to be finite, and neither may be negative")
        }
      }
    }
  }

  private func isFinite(_ range: ClosedRange<Double>?) -> Bool {
    (range?.lowerBound.isFinite ?? true) && (range?.upperBound.isFinite ?? true)
  }

  private func isFinite(_ vector: SIMD2<Double>) -> Bool {
    vector.x.isFinite && vector.y.isFinite
  }
}
