/// A body's constants.
public struct CompiledBody: Sendable, Equatable {
  /// The body's name.
  public var name: String

  /// The index of the parent, nil for the root.
  public var parent: Int?

  /// The hinge in the parent's frame (root: in the world), in m.
  public var offset: SIMD2<Double>

  /// Mass, centre of mass and inertia.
  public var inertia: MassProperties

  /// The mass of this body and its descendants, in kg.
  public var subtreeMass: Double

  /// The part of the subtree's inertia about the hinge that does not depend on the joint angles, in
  /// kg m²: `I + m |c|² + Σ_children subtreeMass |offset|²`.
  public var constantInertia: Double

  /// The body's drag in the medium.
  public var fluidBox: FluidBox

  /// Mean translational inverse inertia at the centre of mass in the authored pose, in 1/kg.
  public var inverseWeight: Double

  /// The constants of all bodies of `model`.
  static func all(
    of model: PlanarModel, inertias: [MassProperties], inverseWeights: [Double]
  ) -> [CompiledBody] {
    var result = zip(model.bodies, zip(inertias, inverseWeights)).map { body, constants in
      let (inertia, weight) = constants
      return CompiledBody(
        name: body.name, parent: body.parent, offset: body.offset, inertia: inertia,
        subtreeMass: inertia.mass,
        constantInertia: inertia.normalInertia
          + inertia.mass * (inertia.center * inertia.center).sum(),
        fluidBox: FluidBox(
          PrincipalFrame(body.geoms, inertia: inertia), mass: inertia.mass,
          density: model.density, viscosity: model.viscosity),
        inverseWeight: weight)
    }
    // children follow their parents, so one backward pass completes each subtree
    for index in result.indices.reversed() {
      guard let parent = result[index].parent else { continue }
      let offset = result[index].offset
      result[parent].subtreeMass += result[index].subtreeMass
      result[parent].constantInertia += result[index].subtreeMass * (offset * offset).sum()
    }
    return result
  }
}

/// A degree of freedom's constants.
public struct CompiledDof: Sendable, Equatable {
  /// The joint's name.
  public var name: String

  /// Spring constant, in N/m or N m/rad.
  public var stiffness: Double

  /// Damping constant, in N s/m or N m s/rad.
  public var damping: Double

  /// Inertia added to the diagonal of the mass matrix, in kg or kg m².
  public var armature: Double

  /// The range of the coordinate, if limited.
  public var range: ClosedRange<Double>?

  /// Stiffness, damping and impedance of the limit.
  public var softness: CompiledSoftness

  /// `(M⁻¹)_jj` in the authored pose.
  public var inverseWeight: Double

  init(_ joint: Joint, inverseWeight: Double, timestep: Double) {
    name = joint.name
    stiffness = joint.stiffness
    damping = joint.damping
    armature = joint.armature
    range = joint.limit.map { $0.lower...$0.upper }
    softness = CompiledSoftness(
      joint.limit?.softness ?? ConstraintSoftness(), timestep: timestep)
    self.inverseWeight = inverseWeight
  }
}

/// A motor's constants.
public struct CompiledMotor: Sendable, Equatable {
  /// The driven degree of freedom.
  public var dof: Int

  /// Force or torque per unit of control.
  public var gear: Double

  /// The range that controls are clamped to, or nil for no clamping.
  public var controlRange: ClosedRange<Double>?
}

/// A point of a body that may touch the ground: the centre of a sphere or of a capsule's cap.
public struct ContactPoint: Sendable, Equatable {
  /// The body.
  public var body: Int

  /// The index of the geom, counted over the whole model from 0.
  public var geom: Int

  /// The centre in the body's frame, in m.
  public var center: SIMD2<Double>

  /// The axis of the geom in the body's frame; fixes the first tangent; unused for a sphere.
  public var axis: SIMD2<Double>

  /// The ball's radius, in m.
  public var radius: Double

  /// Coefficient of sliding friction `mu`.
  public var friction: Double

  /// Stiffness, damping and impedance.
  public var softness: CompiledSoftness

  /// The regulariser `R` of each of the four rows is this times `(1 - d)/d`:
  /// `2 mu² (1 + mu²)` times the body's inverse weight, in 1/kg.
  public var regularizer: Double

  /// The contact points of `model`, in the order of its geoms.
  static func all(of model: PlanarModel, inverseWeights: [Double]) -> [ContactPoint] {
    var result: [ContactPoint] = []
    var geomIndex = 0
    for (bodyIndex, body) in model.bodies.enumerated() {
      for geom in body.geoms {
        defer { geomIndex += 1 }
        guard let contact = geom.contact else { continue }
        // as in MuJoCo, the friction coefficient is at least 1e-5
        let friction = max(1e-5, contact.friction)
        let square = friction * friction
        func point(at center: SIMD2<Double>, axis: SIMD2<Double>) -> ContactPoint {
          ContactPoint(
            body: bodyIndex, geom: geomIndex, center: center, axis: axis, radius: geom.radius,
            friction: friction,
            softness: CompiledSoftness(contact.softness, timestep: model.timestep),
            regularizer: 2 * square * (1 + square) * inverseWeights[bodyIndex])
        }
        switch geom.shape {
        case .sphere:
          result.append(point(at: geom.center, axis: SIMD2(1, 0)))
        case .capsule(let halfLength, let axis):
          result.append(point(at: geom.center + halfLength * axis, axis: axis))
          result.append(point(at: geom.center - halfLength * axis, axis: axis))
        }
      }
    }
    return result
  }
}
