/// The parameters of a contact as the engine evaluates them.
public struct CompiledContact: Sendable, Equatable {
  /// Coefficient of sliding friction `mu`.
  public var friction: Double

  /// Coefficients of torsional and rolling friction, in m.
  public var torsionalFriction, rollingFriction: Double

  /// The distance from which on the contact acts, in m.
  public var margin: Double

  /// The directions in which the contact has friction.
  public var dimension: Geom.Contact.Dimension

  /// Stiffness, damping and impedance.
  public var softness: CompiledSoftness

  /// The regulariser `R` of each row is this times `(1 - d)/d`, in 1/kg: for the edges of a pyramid
  /// `2 mu² (1 + mu²)` times the inverse weights of the bodies, for the normal row of an elliptic cone and
  /// without friction just the weights.
  public var regularizer: Double

  /// The slope `mu / sqrt(impratio)` of an elliptic cone in the scaled residuals of ``ConstraintSolver``;
  /// 1 without friction, where it has no effect; nil for a pyramid.
  public var coneSlope: Double?

  /// Whether the contact is so stiff that rounding of its residual matters: the weight of a pyramid's
  /// edges grows with `1/mu²`.
  var isStiff: Bool { coneSlope == nil && dimension != .frictionless && friction < 0.01 }

  /// Whether MuJoCo's solver need not converge with the contact: with an elliptic cone, the weights of
  /// friction against turning and rolling grow with `1/mu²`.
  var isUnsolved: Bool { coneSlope != nil && dimension.rawValue > 3 && friction < 0.01 }

  /// The parameters of a contact between bodies, the sum of whose inverse weights is given.
  init(_ contact: Geom.Contact, inverseWeight: Double, model: PlanarModel) {
    // as in MuJoCo, friction coefficients are at least 1e-5
    friction = max(1e-5, contact.friction)
    torsionalFriction = max(1e-5, contact.torsionalFriction)
    rollingFriction = max(1e-5, contact.rollingFriction)
    margin = contact.margin
    dimension = contact.dimension
    softness = CompiledSoftness(contact.softness, timestep: model.timestep)
    if model.frictionCone == .elliptic {
      regularizer = inverseWeight
      coneSlope = dimension == .frictionless ? 1 : friction / model.frictionRatio.squareRoot()
      return
    }
    let square = friction * friction
    regularizer =
      dimension == .frictionless
      ? inverseWeight : 2 * square / model.frictionRatio * (1 + square) * inverseWeight
  }
}

/// A geom with a surface, and what its contacts depend on besides.
struct SurfaceGeom {
  var body: Int
  /// The index of the geom, counted over the whole model from 0.
  var index: Int
  var geom: Geom
  var surface: Geom.Contact
  /// The inverse weight of the body that the geom belongs to.
  var inverseWeight: Double

  /// The geoms of `model` that touch anything, body by body.
  static func all(of model: PlanarModel, weights: InverseWeights) -> [SurfaceGeom] {
    var result: [SurfaceGeom] = []
    var index = 0
    for (place, body) in model.bodies.enumerated() {
      let parts = zip(
        [body.geoms] + body.welded.map(\.geoms), [weights.bodies[place]] + weights.welded[place])
      for (geoms, weight) in parts {
        for geom in geoms {
          if let surface = geom.contact {
            result.append(
              SurfaceGeom(
                body: place, index: index, geom: geom, surface: surface, inverseWeight: weight))
          }
          index += 1
        }
      }
    }
    return result
  }

  /// From the centre to the end that the axis points to, if the geom is a sphere or a capsule.
  var reach: SIMD3<Double>? {
    switch geom.shape {
    case .sphere: .zero
    case .capsule(let halfLength, let axis):
      geom.frame.map { halfLength * $0.z } ?? SIMD3(halfLength * axis.x, halfLength * axis.y, 0)
    default: nil
    }
  }

  /// Whether the geom is a sphere or a capsule whose axis lies in the plane.
  var isPlanar: Bool { reach.map { $0.z.magnitude <= 1e-12 } ?? false }
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

  /// The parameters of the contact.
  public var contact: CompiledContact

  /// The contact points of `model`, in the order of its geoms.
  static func all(
    of model: PlanarModel, surfaces: [SurfaceGeom]
  ) -> [ContactPoint] {
    guard let ground = model.ground else { return [] }
    var result: [ContactPoint] = []
    for side in surfaces where ground.isPlanarContact(with: side, in: model) {
      guard let surface = ground.contact(with: side.surface) else { continue }
      let geom = side.geom
      let contact = CompiledContact(
        surface, inverseWeight: side.inverseWeight, model: model)
      func point(at center: SIMD2<Double>, axis: SIMD2<Double>) -> ContactPoint {
        ContactPoint(
          body: side.body, geom: side.index, center: center, axis: axis, radius: geom.radius,
          contact: contact)
      }
      if case .capsule(let halfLength, let axis) = geom.shape {
        result.append(point(at: geom.center + halfLength * axis, axis: axis))
        result.append(point(at: geom.center - halfLength * axis, axis: axis))
      } else {
        result.append(point(at: geom.center, axis: SIMD2(1, 0)))
      }
    }
    return result.filter { !model.isFixed || $0.body > 0 }
  }
}

extension PlanarModel.Ground {
  /// Whether the contact of a geom with the ground is one of a ball in the plane.
  func isPlanarContact(with side: SurfaceGeom, in model: PlanarModel) -> Bool {
    guard let surface = contact(with: side.surface) else { return false }
    // the first tangent of a capsule lies along it
    let isStraight = side.geom.shape != .sphere || model.hasPlanarTangents
    return side.isPlanar && isStraight && surface.dimension.rawValue <= 3
  }
}

/// Two geoms of different bodies that may touch each other.
public struct GeomPair: Sendable, Equatable {
  /// The geom of the body that is listed earlier.
  public var first: Side

  /// The geom of the body that is listed later.
  public var second: Side

  /// The parameters of the contact.
  public var contact: CompiledContact

  /// One of the two geoms: a capsule, or a sphere as one without length.
  public struct Side: Sendable, Equatable {
    /// The body.
    public var body: Int

    /// The index of the geom, counted over the whole model from 0.
    public var geom: Int

    /// The centre in the body's frame, in m.
    public var center: SIMD2<Double>

    /// From the centre to the end that the axis points to, in the body's frame, in m.
    public var reach: SIMD2<Double>

    /// Radius of the caps, in m.
    public var radius: Double

    init(_ side: SurfaceGeom) {
      body = side.body
      geom = side.index
      center = side.geom.center
      reach = .zero
      if case .capsule(let halfLength, let axis) = side.geom.shape { reach = halfLength * axis }
      radius = side.geom.radius
    }
  }

  /// The pairs of `candidates` that touch as bodies of a plane do.
  static func all(_ candidates: [SurfacePair], model: PlanarModel) -> [GeomPair] {
    candidates.filter { $0.isPlanar(in: model) }.map {
      GeomPair(
        first: Side($0.first), second: Side($0.second),
        contact: CompiledContact(
          $0.surface, inverseWeight: $0.inverseWeight, model: model))
    }
  }
}

/// Two geoms that may touch each other, of different bodies.
struct SurfacePair {
  var first, second: SurfaceGeom
  /// The parameters of both together.
  var surface: Geom.Contact
  var inverseWeight: Double { first.inverseWeight + second.inverseWeight }

  /// The pairs of `model`: neither of one body nor of parent and child, in the order of the geoms.
  ///
  /// Intermediate bodies do not count, and the world is nobody's parent.
  static func all(of model: PlanarModel, surfaces: [SurfaceGeom]) -> [SurfacePair] {
    let parents = model.bodies.indices.map { body in
      var parent = model.bodies[body].parent
      while let current = parent, model.bodies[current].isIntermediate {
        parent = model.bodies[current].parent
      }
      return model.isFixed && parent == 0 ? nil : parent
    }
    var result: [SurfacePair] = []
    for (place, first) in surfaces.enumerated() {
      for second in surfaces.dropFirst(place + 1) {
        let (a, b) = (first.body, second.body)
        guard a != b, parents[b] != a, first.surface.touches(second.surface) else { continue }
        result.append(
          SurfacePair(
            first: first, second: second, surface: first.surface.combined(with: second.surface)))
      }
    }
    return result
  }

  /// Whether the contact is one of capsules and spheres in the same plane.
  func isPlanar(in model: PlanarModel) -> Bool {
    first.isPlanar && second.isPlanar && model.hasPlanarTangents
      && (first.geom.elevation - second.geom.elevation).magnitude <= 1e-12
      && surface.dimension.rawValue <= 3
  }
}
