/// A body's constants.
public struct CompiledBody: Sendable, Equatable {
  /// The body's name.
  public var name: String

  /// The index of the parent, nil for the root.
  public var parent: Int?

  /// The hinge in the parent's frame (root: in the world), in m.
  public var offset: SIMD2<Double>

  /// The unit vector of the parent's frame along which the body slides; nil if it turns.
  public var slide: SIMD2<Double>?

  /// Mass, centre of mass and inertia, with the bodies that move with this one.
  public var inertia: MassProperties

  /// The mass of this body and its descendants, in kg.
  public var subtreeMass: Double

  /// The part of the subtree's inertia about the hinge that does not depend on the coordinates, in
  /// kg m²: `I + m |c|² + Σ subtreeMass |offset|²` over the children that turn.
  public var constantInertia: Double

  /// The body's drag in the medium.
  public var fluidBox: FluidBox

  /// Mean translational inverse inertia at the centre of mass in the authored pose, in 1/kg.
  public var inverseWeight: Double

  /// The centre of the body's own mass, without that of the bodies that move with it, in m.
  public var center: SIMD2<Double>

  /// The bodies that move with this one.
  public var welded: [Part] = []

  /// What a body that moves with another one has for itself.
  public struct Part: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its centre of mass in the frame of the body that carries it, in m.
    public var center: SIMD2<Double>
    /// Its drag in the medium.
    public var fluidBox: FluidBox
    /// Mean translational inverse inertia at its centre of mass in the authored pose, in 1/kg.
    public var inverseWeight: Double
  }

  /// The constants of all bodies of `model`.
  static func all(
    of model: PlanarModel, masses: [BodyMasses], weights: InverseWeights
  ) -> [CompiledBody] {
    func drag(_ geoms: [Geom], _ inertial: Inertial?, _ inertia: MassProperties) -> FluidBox {
      // MuJoCo leaves out bodies below this mass
      guard inertia.mass >= 1e-15 else { return .none }
      return FluidBox(
        inertial.map { PrincipalFrame($0, inertia: inertia) }
          ?? PrincipalFrame(geoms, inertia: inertia), mass: inertia.mass, density: model.density,
        viscosity: model.viscosity)
    }
    var result = model.bodies.indices.map { index in
      let (body, mass) = (model.bodies[index], masses[index])
      var result = CompiledBody(
        name: body.name, parent: body.parent, offset: body.offset, slide: body.slide,
        inertia: mass.total, subtreeMass: mass.total.mass,
        constantInertia: mass.total.normalInertia
          + mass.total.mass * (mass.total.center * mass.total.center).sum(),
        fluidBox: drag(body.geoms, body.inertial, mass.own), inverseWeight: weights.bodies[index],
        center: mass.own.center)
      result.welded = body.welded.indices.map { place in
        Part(
          name: body.welded[place].name, center: mass.welded[place].center,
          fluidBox: drag(
            body.welded[place].geoms, body.welded[place].inertial, mass.welded[place]),
          inverseWeight: weights.welded[index][place])
      }
      return result
    }
    // children follow their parents, so one backward pass completes each subtree
    for index in result.indices.reversed() {
      guard let parent = result[index].parent else { continue }
      let offset = result[index].offset
      result[parent].subtreeMass += result[index].subtreeMass
      guard result[index].slide == nil else { continue }
      result[parent].constantInertia += result[index].subtreeMass * (offset * offset).sum()
    }
    return result
  }
}

/// A degree of freedom's constants.
public struct CompiledDof: Sendable, Equatable {
  /// The joint's name.
  public var name: String

  /// The sense of the joint: -1 if it is reversed, else 1.
  public var sense: Double

  /// The coordinate in the authored pose, in m or rad.
  public var reference: Double

  /// Spring constant, in N/m or N m/rad.
  public var stiffness: Double

  /// The coordinate at which the spring rests, in m or rad.
  public var springReference: Double

  /// Damping constant, in N s/m or N m s/rad.
  public var damping: Double

  /// Inertia added to the diagonal of the mass matrix, in kg or kg m².
  public var armature: Double

  /// The range of the coordinate, if limited.
  public var range: ClosedRange<Double>?

  /// The distance from either end of the range at which the limit starts to act, in m or rad.
  public var margin: Double

  /// Stiffness, damping and impedance of the limit.
  public var softness: CompiledSoftness

  /// `(M⁻¹)_jj` in the authored pose.
  public var inverseWeight: Double

  /// The range that the sum of the motors' forces is clamped to, or nil for no clamping.
  public var motorRange: ClosedRange<Double>?

  /// The largest force or torque of dry friction, in N or N m.
  public var frictionLoss: Double

  /// Softness of the dry friction.
  public var frictionSoftness: CompiledSoftness

  init(_ joint: Joint, inverseWeight: Double, timestep: Double) {
    name = joint.name
    sense = joint.isReversed ? -1 : 1
    reference = joint.reference
    stiffness = joint.stiffness
    springReference = joint.springReference
    damping = joint.damping
    armature = joint.armature
    frictionLoss = joint.frictionLoss
    frictionSoftness = CompiledSoftness(joint.frictionSoftness, timestep: timestep)
    range = joint.limit.map { $0.lower...$0.upper }
    margin = joint.limit?.margin ?? 0
    softness = CompiledSoftness(
      joint.limit?.softness ?? ConstraintSoftness(), timestep: timestep)
    self.inverseWeight = inverseWeight
    motorRange = joint.motorRange
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

  /// The force per unit of control.
  public var gain: Double

  /// The bias of the force: constant, per length, per velocity.
  public var bias: SIMD3<Double>

  /// The range that the force is clamped to, or nil for no clamping.
  public var forceRange: ClosedRange<Double>?

  /// All driven degrees of freedom, each with the length per unit of its coordinate, gear included.
  public var drives: [Drive]

  /// A degree of freedom that a motor drives.
  public struct Drive: Sendable, Equatable {
    /// The degree of freedom.
    public var dof: Int
    /// The length of the transmission per unit of the coordinate.
    public var moment: Double
  }

  /// Whether the force is the control, and one joint is driven.
  var isPlain: Bool { gain == 1 && bias == .zero && forceRange == nil && drives.count == 1 }

  /// The constants of a motor, given the names of the joints, and their senses in the coordinates of
  /// the mass matrix with the given factor. Joints that do not exist are left out.
  init?(_ motor: Motor, joints: [String], senses: [Double], factor: DenseCholesky) {
    drives = motor.couplings.compactMap { coupling in
      joints.firstIndex(of: coupling.joint).map {
        Drive(dof: $0, moment: motor.gear * coupling.coefficient)
      }
    }
    guard let first = drives.first else { return nil }
    dof = first.dof
    gear = motor.tendon == nil ? motor.gear : first.moment
    controlRange = motor.controlRange
    gain = motor.gain
    bias = motor.bias
    forceRange = motor.forceRange
    guard let ratio = motor.dampingRatio else { return }
    var moment = [Double](repeating: 0, count: senses.count)
    for drive in drives { moment[drive.dof] += senses[drive.dof] * drive.moment }
    let mobility = factor.inverseQuadraticForm(moment)
    bias.z = mobility > 1e-15 ? -2 * ratio * (motor.gain / mobility).squareRoot() : 0
  }
}
