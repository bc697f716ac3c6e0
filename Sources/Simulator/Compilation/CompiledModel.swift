/// A model ready to simulate: checked, with every derived constant computed from the geometry.
///
/// Immutable and cheap to copy; any number of simulations may share one.
public struct CompiledModel: Sendable {
  /// The model as written.
  public let source: PlanarModel

  /// The bodies, parents first.
  public let bodies: [CompiledBody]

  /// The degrees of freedom, in the order of ``PlanarModel/joints``.
  public let dofs: [CompiledDof]

  /// The motors, in the order of `ctrl`.
  public let motors: [CompiledMotor]

  /// The points that may touch the ground: sphere centres, and for each capsule the end at
  /// `center + halfLength axis`, then the other.
  public let contactPoints: [ContactPoint]

  /// The pairs of geoms of different bodies that may touch each other.
  public let contactPairs: [GeomPair]

  /// The contacts with walls, with corners of boxes, and out of the plane.
  public let spatialContacts: [SpatialContact]

  /// `+1` if a positive rotation turns the first axis of the plane to the second, else `-1`.
  public let rotationSense: Double

  /// The number of degrees of freedom, the length of `qpos` and `qvel`.
  public var dofCount: Int { dofs.count }

  /// The number of motors, the length of `ctrl`.
  public var motorCount: Int { motors.count }

  /// The sum of the masses, in kg.
  public var totalMass: Double { bodies.reduce(0) { $0 + $1.inertia.mass } }

  /// The duration of one physics step, in s.
  public var timestep: Double { source.timestep }

  /// The coordinates of the authored pose, `[nv]`.
  public var referencePositions: [Double] { dofs.map(\.reference) }

  /// The minimum mass and moment of inertia of a body, in kg and kg m², as in MuJoCo.
  private static let leastInertia = 1e-15

  /// The largest number of pairs of geoms that may touch each other.
  private static let pairLimit = 1000

  /// Checks `model` and computes its constants.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - original: A model of the same structure whose inverse weights are to be kept, as programs do
  ///     that change the masses of a compiled MuJoCo model; nil to compute them from `model`.
  /// - Throws: ``ModelError`` naming the part at fault and what to change.
  public init(
    _ model: PlanarModel, inverseWeightsOf original: CompiledModel? = nil
  ) throws(ModelError) {
    try ModelValidation(model).check()
    source = model
    rotationSense = model.plane == .horizontal ? 1 : -1

    // masses and inertias, scaled together to the requested total
    var masses = model.bodies.map { BodyMasses($0) }
    // what is fixed needs no mass
    if model.isFixed { masses[0] = BodyMasses(.world()) }
    if let total = model.totalMass {
      let factor = total / masses.reduce(0) { $0 + $1.total.mass }
      for index in masses.indices { masses[index].scale(mass: factor, inertia: factor) }
    }
    for (index, body) in model.bodies.enumerated() {
      masses[index].scale(mass: body.massFactor, inertia: body.inertiaFactor)
    }
    for (index, body) in model.bodies.enumerated() where !model.isMassless(index) {
      let inertia = masses[index].total
      guard inertia.mass > Self.leastInertia, inertia.normalInertia > Self.leastInertia,
        inertia.planeInertia.x + inertia.planeInertia.y > Self.leastInertia,
        inertia.normalInertia.isFinite
      else {
        throw ModelError(
          model: model.name, part: "body \"\(body.name)\"",
          problem: "mass \(inertia.mass) kg or inertia \(inertia.normalInertia) kg m² is not "
            + "finite and above 1e-15",
          advice: "a body that moves needs mass; check the sizes and densities of its geoms")
      }
      let solids = body.inertial == nil ? body.geoms : []
      let parts = zip(
        [solids] + body.welded.map { $0.inertial == nil ? $0.geoms : [] },
        [masses[index].own] + masses[index].welded)
      if model.density > 0,
        parts.contains(where: { $1.mass > 0 && PrincipalFrame.isUndetermined($0, inertia: $1) })
      {
        throw ModelError(
          model: model.name, part: "body \"\(body.name)\"",
          problem: "its moments of inertia in the plane are too nearly equal to determine the "
            + "direction of its drag in a dense medium",
          advice: "such a body is not simulated in a dense medium")
      }
    }

    let joints = model.joints
    guard
      var weights = InverseWeights(
        bodies: model.bodies, isFixed: model.isFixed, masses: masses,
        armature: joints.map(\.armature))
    else {
      throw ModelError(
        model: model.name, part: "mass matrix",
        problem: "it is not positive definite in the authored pose",
        advice: "check for bodies whose mass or size differs by many orders of magnitude")
    }

    let factor = weights.factor
    if let original {
      guard original.bodies.count == model.bodies.count else {
        throw ModelError(
          model: model.name, part: "bodies",
          problem: "there are \(model.bodies.count), and inverse weights of "
            + "\(original.bodies.count)",
          advice: "take the inverse weights of a model with the same bodies")
      }
      weights.dofs = original.dofs.map(\.inverseWeight)
      weights.bodies = original.bodies.map(\.inverseWeight)
      weights.welded = original.bodies.map { $0.welded.map(\.inverseWeight) }
    }

    bodies = CompiledBody.all(of: model, masses: masses, weights: weights)
    dofs = zip(joints, weights.dofs).map { joint, weight in
      CompiledDof(joint, inverseWeight: weight, timestep: model.timestep)
    }
    let names = joints.map(\.name)
    let rotation = rotationSense
    let senses = joints.enumerated().map { index, joint in
      let body = index - joints.count + model.bodies.count
      let isSlide = index < model.slides.count || model.bodies[body].slide != nil
      return (joint.isReversed ? -1 : 1) * (isSlide ? 1 : rotation)
    }
    motors = model.motors.compactMap {
      CompiledMotor($0, joints: names, senses: senses, factor: factor)
    }
    let surfaces = SurfaceGeom.all(of: model, weights: weights)
    let pairs = SurfacePair.all(of: model, surfaces: surfaces)
    contactPoints = ContactPoint.all(of: model, surfaces: surfaces)
    contactPairs = GeomPair.all(pairs, model: model)
    spatialContacts = try SpatialContact.all(of: model, surfaces: surfaces, pairs: pairs)
    try checkIterations()
    guard contactPairs.count + spatialContacts.count <= Self.pairLimit else {
      throw ModelError(
        model: model.name, part: "contact",
        problem:
          "\(contactPairs.count + spatialContacts.count) pairs of geoms may touch, more than \(Self.pairLimit)",
        advice: "a model with more is not simulated")
    }
  }

  /// The number of trees that move. MuJoCo solves for the constraint forces of each alone, and judges
  /// alone when to stop, unless a contact couples them.
  var treeCount: Int { source.isFixed ? bodies.dropFirst().count { $0.parent == 0 } : 1 }

  /// Throws if the solver may take so few iterations that its result depends on its path, and the path
  /// is not MuJoCo's.
  private func checkIterations() throws(ModelError) {
    guard source.iterations < 20 else { return }
    let contacts =
      contactPoints.map(\.contact) + contactPairs.map(\.contact) + spatialContacts.map(\.contact)
    let reason: String
    if treeCount > 1 {
      reason = "\(treeCount) trees, for each of which MuJoCo counts them"
    } else if dofs.contains(where: { $0.frictionLoss > 0 }) {
      reason = "dry friction of joints"
    } else if contacts.contains(where: \.isStiff) {
      reason = "a friction coefficient below 0.01"
    } else {
      return
    }
    throw ModelError(
      model: source.name, part: "iterations", problem: "\(source.iterations) with \(reason)",
      advice: "so few are not simulated")
  }
}
