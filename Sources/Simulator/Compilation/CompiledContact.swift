/// The parameters of a contact as the engine evaluates them.
public struct CompiledContact: Sendable, Equatable {
  /// Coefficient of sliding friction `mu`.
  public var friction: Double

  /// The distance from which on the contact acts, in m.
  public var margin: Double

  /// Whether the contact has friction.
  public var dimension: Geom.Contact.Dimension

  /// Stiffness, damping and impedance.
  public var softness: CompiledSoftness

  /// The regulariser `R` of each row is this times `(1 - d)/d`, in 1/kg: with friction
  /// `2 mu² (1 + mu²)` times the inverse weights of the bodies, without just the weights.
  public var regularizer: Double

  /// The parameters of a contact between bodies, the sum of whose inverse weights is given.
  init(_ contact: Geom.Contact, inverseWeight: Double, timestep: Double) {
    // as in MuJoCo, the friction coefficient is at least 1e-5
    friction = max(1e-5, contact.friction)
    margin = contact.margin
    dimension = contact.dimension
    softness = CompiledSoftness(contact.softness, timestep: timestep)
    let square = friction * friction
    regularizer =
      dimension == .sliding ? 2 * square * (1 + square) * inverseWeight : inverseWeight
  }
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
  static func all(of model: PlanarModel, inverseWeights: [Double]) -> [ContactPoint] {
    guard let ground = model.ground else { return [] }
    var result: [ContactPoint] = []
    var geomIndex = 0
    for (bodyIndex, body) in model.bodies.enumerated() {
      for geom in body.geoms {
        defer { geomIndex += 1 }
        guard let surface = ground.contact(with: geom.contact) else { continue }
        let contact = CompiledContact(
          surface, inverseWeight: inverseWeights[bodyIndex], timestep: model.timestep)
        func point(at center: SIMD2<Double>, axis: SIMD2<Double>) -> ContactPoint {
          ContactPoint(
            body: bodyIndex, geom: geomIndex, center: center, axis: axis, radius: geom.radius,
            contact: contact)
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
  }

  /// The pairs of `model`: neither of one body nor of parent and child, in the order of the geoms.
  /// Intermediate bodies do not count.
  static func all(of model: PlanarModel, inverseWeights: [Double]) -> [GeomPair] {
    var sides: [(side: Side, surface: Geom.Contact)] = []
    var geomIndex = 0
    for (bodyIndex, body) in model.bodies.enumerated() {
      for geom in body.geoms {
        defer { geomIndex += 1 }
        guard let surface = geom.contact else { continue }
        let reach: SIMD2<Double>
        switch geom.shape {
        case .sphere: reach = .zero
        case .capsule(let halfLength, let axis): reach = halfLength * axis
        }
        let side = Side(
          body: bodyIndex, geom: geomIndex, center: geom.center, reach: reach,
          radius: geom.radius)
        sides.append((side, surface))
      }
    }
    let parents = model.bodies.indices.map { body in
      var parent = model.bodies[body].parent
      while let current = parent, model.bodies[current].isIntermediate {
        parent = model.bodies[current].parent
      }
      return parent
    }
    var result: [GeomPair] = []
    for (place, first) in sides.enumerated() {
      for second in sides.dropFirst(place + 1) {
        let (a, b) = (first.side.body, second.side.body)
        guard a != b, parents[b] != a, first.surface.touches(second.surface) else {
          continue
        }
        result.append(
          GeomPair(
            first: first.side, second: second.side,
            contact: CompiledContact(
              first.surface.combined(with: second.surface),
              inverseWeight: inverseWeights[a] + inverseWeights[b], timestep: model.timestep)))
      }
    }
    return result
  }
}
