/// The constants of one body as the kernels read them: plain values, no references.
struct BodyConstants {
  /// Parent body, or -1.
  var parent: Int
  /// The depth of the body in the tree: 0 for the root.
  var links: Int
  /// The start of the body's chain in the tables of chains.
  var chain: Int
  /// The start of the hinge's row in the tree-sparse matrices.
  var row: Int
  /// The depth of the body in the elimination tree: 0 for the root.
  var depth: Int
  /// The start of the body's path in the tables of elimination paths.
  var path: Int
  /// Whether the body slides, and the unit vector of the parent's frame along which it does.
  var isSlide: Bool
  var slideX: Double
  var slideY: Double
  /// The hinge in the parent's frame; for the root at coordinates zero.
  var offsetX: Double
  var offsetY: Double
  /// Mass times centre of mass, in the body's frame.
  var momentX: Double
  var momentY: Double
  var mass: Double
  var inverseMass: Double
  var subtreeMass: Double
  var constantInertia: Double
  /// Axis of the fluid box in the body's frame, and the drag coefficients.
  var fluidAxisX: Double
  var fluidAxisY: Double
  var linearDrag: Double
  var axialDrag: Double
  var transverseDrag: Double
  var angularDrag: Double
  var squaredAngularDrag: Double
}

/// The constants of one point that may touch the ground, as detection reads them.
struct PointConstants {
  var body: Int
  var x: Double
  var y: Double
  /// The height of the point above the ground at which the contact begins to act.
  var reach: Double
}

/// The constants of two geoms that may touch each other, as detection reads them.
struct PairConstants {
  var first: Side
  var second: Side
  /// The sum of the radii.
  var radii: Double
  var margin: Double
  /// The square of the distance of the centres beyond which the geoms cannot touch.
  var squaredRange: Double

  /// One of the two geoms; a sphere has no length.
  struct Side {
    var body: Int
    var x: Double
    var y: Double
    /// From the centre to one end of the axis.
    var reachX: Double
    var reachY: Double
    var radius: Double
    var squaredLength: Double
    /// One over ``squaredLength``, zero for a sphere.
    var inverseSquaredLength: Double
  }
}

/// The constants of one contact as rows and solver read them.
struct ContactConstants {
  /// The start of its hinges in the tables of chains, and the number of those after the first.
  var chain: Int
  var links: Int
  /// Whether the slides of the root move the contact: one with the ground, if the root has slides.
  var hasSlides: Bool
  var margin: Double
  /// Zero for a contact without friction: the four edges of its pyramid are one. One for a spatial
  /// contact, whose Jacobians contain it.
  var friction: Double
  /// How many rows of a slot are just the normal one: 2, or none for a spatial contact.
  var plain: Double
  var isSpatial: Bool
  /// The regulariser of each edge, or of the normal row of a cone. Four equal edges have four times that
  /// of the one row.
  var regularizer: Double
  var softness: CompiledSoftness
}

/// The range of a joint as detection reads it; if both ends may be active at once, one of them.
struct LimitConstants {
  /// An end that is never reached; a finite one, whose residuals are numbers.
  static let never = 1e20

  var dof: Int
  var lower: Double
  var upper: Double
}

/// Dry friction of a joint as the kernels read it.
struct FrictionConstants {
  var dof: Int
  /// The largest force.
  var limit: Double
  /// One over the regulariser, and the damping of the reference motion.
  var weight: Double
  var damping: Double

  /// The friction of a degree of freedom that has any.
  init(_ dof: CompiledDof, index: Int) {
    let softness = dof.frictionSoftness
    self.dof = index
    limit = dof.frictionLoss
    let regularizer = (1 - softness.minimum) / softness.minimum * dof.inverseWeight
    weight = 1 / max(1e-15, regularizer)
    damping = softness.damping
  }
}

/// The constants of one degree of freedom as the kernels read them, in the engine's sense.
struct DofConstants {
  var reference: Double
  var stiffness: Double
  /// The spring's force at coordinate zero.
  var springForce: Double
  var damping: Double
  var armature: Double
  /// The ends of the range in which the limit does not act.
  var lower: Double
  var upper: Double
  var margin: Double
  var inverseWeight: Double
  var softness: CompiledSoftness
  /// The range of the sum of the motors' forces.
  var leastMotorForce: Double
  var greatestMotorForce: Double
}

/// The constants of one motor as the kernels read them.
struct MotorConstants {
  var dof: Int
  var gear: Double
  var lower: Double
  var upper: Double
  var gain: Double
  /// The bias of the force: constant, per length, per velocity.
  var bias: SIMD3<Double>
  var leastForce: Double
  var greatestForce: Double
  /// The start in the table of drives, and their number.
  var drives: Int
  var driveCount: Int
}

/// A degree of freedom that a motor drives, in the engine's sense, with the length of the
/// transmission per unit of its coordinate.
struct DriveConstants {
  var dof: Int
  var moment: Double
}

/// Drag along one direction of a body as the kernels read it, see ``FluidBox/oblique``.
struct ObliqueDrag {
  var body: Int
  /// The centre of mass in the body's frame.
  var centerX: Double
  var centerY: Double
  var x: Double
  var y: Double
  var coefficient: Double
}

/// Drag of one of several bodies that move as one.
struct PartDrag {
  var body: Int
  /// The centre of mass in the body's frame.
  var centerX: Double
  var centerY: Double
  var axisX: Double
  var axisY: Double
  var linear: Double
  var axial: Double
  var transverse: Double
  var angular: Double
  var squaredAngular: Double

  init(_ box: FluidBox, center: SIMD2<Double>, body: Int) {
    self.body = body
    (centerX, centerY, axisX, axisY) = (center.x, center.y, box.axis.x, box.axis.y)
    (linear, axial, transverse) = (box.linearDrag, box.axialDrag, box.transverseDrag)
    (angular, squaredAngular) = (box.angularDrag, box.squaredAngularDrag)
  }
}

extension CompiledBody {
  /// The drag of the body itself and of those that move with it, with their centres of mass.
  var drags: [(box: FluidBox, center: SIMD2<Double>)] {
    [(fluidBox, center)] + welded.map { ($0.fluidBox, $0.center) }
  }
}

extension BodyConstants {
  /// The constants of a body without its place in the tables.
  init(_ body: CompiledBody) {
    let inertia = body.inertia
    // the drag of several bodies is in a table of its own
    let box = body.welded.isEmpty ? body.fluidBox : .none
    self.init(
      parent: body.parent ?? -1, links: 0, chain: 0, row: 0, depth: 0, path: 0,
      isSlide: body.slide != nil, slideX: body.slide?.x ?? 0, slideY: body.slide?.y ?? 0,
      offsetX: body.offset.x, offsetY: body.offset.y,
      momentX: inertia.mass * inertia.center.x, momentY: inertia.mass * inertia.center.y,
      mass: inertia.mass, inverseMass: inertia.mass > 0 ? 1 / inertia.mass : 0,
      subtreeMass: body.subtreeMass,
      constantInertia: body.constantInertia, fluidAxisX: box.axis.x, fluidAxisY: box.axis.y,
      linearDrag: box.linearDrag, axialDrag: box.axialDrag, transverseDrag: box.transverseDrag,
      angularDrag: box.angularDrag, squaredAngularDrag: box.squaredAngularDrag)
  }
}

extension PointConstants {
  init(_ point: ContactPoint) {
    self.init(
      body: point.body, x: point.center.x, y: point.center.y,
      reach: point.radius + point.contact.margin)
  }
}

extension PairConstants {
  init(_ pair: GeomPair) {
    first = Side(pair.first)
    second = Side(pair.second)
    radii = pair.first.radius + pair.second.radius
    margin = pair.contact.margin
    let range =
      first.squaredLength.squareRoot() + second.squaredLength.squareRoot() + radii + margin
    // a little more than what touches, so that rounding cannot miss it
    squaredRange = 1.001 * range * range
  }
}

extension PairConstants.Side {
  init(_ side: GeomPair.Side) {
    let square = (side.reach * side.reach).sum()
    self.init(
      body: side.body, x: side.center.x, y: side.center.y, reachX: side.reach.x,
      reachY: side.reach.y, radius: side.radius, squaredLength: square,
      inverseSquaredLength: square > 0 ? 1 / square : 0)
  }
}

extension ContactConstants {
  init(
    _ contact: CompiledContact, chain: Int, count: Int, hasSlides: Bool, isSpatial: Bool
  ) {
    let slides = contact.dimension != .frictionless
    let isOneRow = slides || contact.coneSlope != nil
    self.init(
      chain: chain, links: count - 1, hasSlides: hasSlides, margin: contact.margin,
      friction: isSpatial ? 1 : slides ? contact.friction : 0, plain: isSpatial ? 0 : 2,
      isSpatial: isSpatial,
      regularizer: (isOneRow ? 1 : isSpatial ? 2 : 4) * contact.regularizer,
      softness: contact.softness)
  }
}

extension DofConstants {
  /// A joint that does not move.
  static let fixed = DofConstants(
    CompiledDof(Joint(name: ""), inverseWeight: 0, timestep: 1))

  /// A reversed joint has the opposite coordinate in the engine.
  init(_ dof: CompiledDof) {
    let motorEnds = [
      dof.motorRange?.lowerBound ?? -.infinity, dof.motorRange?.upperBound ?? .infinity,
    ]
    .map { dof.sense * $0 }
    let ends = [dof.range?.lowerBound ?? -.infinity, dof.range?.upperBound ?? .infinity].map {
      dof.sense * $0
    }
    self.init(
      reference: dof.sense * dof.reference, stiffness: dof.stiffness,
      springForce: dof.sense * dof.stiffness * dof.springReference, damping: dof.damping,
      armature: dof.armature, lower: min(ends[0], ends[1]) + dof.margin,
      upper: max(ends[0], ends[1]) - dof.margin,
      margin: dof.margin, inverseWeight: dof.inverseWeight, softness: dof.softness,
      leastMotorForce: motorEnds.min() ?? -.infinity,
      greatestMotorForce: motorEnds.max() ?? .infinity)
  }
}
