/// A contact whose geometry is not that of balls in the plane of motion: with a wall, with the corner
/// of a box, out of the plane, or with friction against turning and rolling.
///
/// Positions and directions have three components: along the axes of the plane, and along its normal.
public struct SpatialContact: Sendable, Equatable {
  /// The body of the first geom; 0, the fixed root, if it does not move.
  public var firstBody: Int

  /// The body of the second geom.
  public var secondBody: Int

  /// The index of the first geom, counted over the whole model from 0; nil for the ground and walls.
  public var firstGeom: Int?

  /// The index of the second geom.
  public var secondGeom: Int

  /// What touches what.
  public var kind: Kind

  /// The parameters of the contact.
  public var contact: CompiledContact

  /// The geometry of a contact.
  public enum Kind: Sendable, Equatable {
    /// A wall with a ball around a point of the second body.
    case wall(Wall)
    /// A capsule or sphere with another one.
    case capsules(Capsule, Capsule)
    /// A sphere with a box.
    case box(Capsule, Box)
  }

  /// A capsule, or a sphere as one without length.
  public struct Capsule: Sendable, Equatable {
    /// The centre.
    public var center: SIMD3<Double>
    /// From the centre to the end that the axis points to.
    public var reach: SIMD3<Double>
    /// The radius of the caps, in m.
    public var radius: Double
  }

  /// A box.
  public struct Box: Sendable, Equatable {
    /// The centre.
    public var center: SIMD3<Double>
    /// The axes.
    public var axes: Geom.Frame
    /// The half sides.
    public var halfSizes: SIMD3<Double>
  }

  /// A wall and what touches it.
  public struct Wall: Sendable, Equatable {
    /// The normal of the wall.
    public var normal: SIMD3<Double>
    /// The distance of the wall from the origin along the normal, in m.
    public var distance: Double
    /// The centre of the ball in the second body's frame.
    public var center: SIMD3<Double>
    /// The radius of the ball, in m; 0 for a corner.
    public var radius: Double
    /// From the centre of a box to its corner, which touches only below the centre; else zero.
    public var corner: SIMD3<Double>
    /// The axis of a capsule, along which the first tangent lies; else zero.
    public var axis: SIMD3<Double>
  }

  /// The spatial contacts of `model`.
  ///
  /// Throws at a contact of two shapes that the engine does not simulate.
  static func all(
    of model: PlanarModel, surfaces: [SurfaceGeom], pairs: [SurfacePair]
  ) throws(ModelError) -> [SpatialContact] {
    var result: [SpatialContact] = []
    var walls = model.walls
    if let ground = model.ground {
      for side in surfaces where !ground.isPlanarContact(with: side, in: model) {
        guard let surface = ground.contact(with: side.surface) else { continue }
        try add(
          PlanarModel.Wall(normal: SIMD3(0, 1, 0), distance: ground.height, contact: surface), side,
          surface, model, to: &result)
      }
    }
    walls.removeAll { wall in !surfaces.contains { $0.surface.touches(wall.contact) } }
    for wall in walls {
      for side in surfaces where side.surface.touches(wall.contact) {
        try add(wall, side, wall.contact.combined(with: side.surface), model, to: &result)
      }
    }
    for pair in pairs where !pair.isPlanar(in: model) { try add(pair, model, to: &result) }
    guard result.isEmpty || model.isFixed || result.allSatisfy({ $0.firstGeom != nil }) else {
      throw ModelError(
        model: model.name, part: "contact with the ground or a wall",
        problem: "it is not one of spheres and capsules in the plane, and the root is not fixed",
        advice: "hang the root's slides and its hinge on a fixed root, as bodies")
    }
    return result
  }

  private static func add(
    _ wall: PlanarModel.Wall, _ side: SurfaceGeom, _ surface: Geom.Contact, _ model: PlanarModel,
    to result: inout [SpatialContact]
  ) throws(ModelError) {
    guard side.body > 0 || !model.isFixed else { return }
    let geom = side.geom
    let contact = CompiledContact(
      surface, inverseWeight: side.inverseWeight, model: model)
    try check(contact, side, model)
    func point(
      _ offset: SIMD3<Double>, radius: Double, isCorner: Bool, axis: SIMD3<Double>
    ) throws(ModelError) {
      // the distance from a wall along the plane of motion is constant
      let height = wall.normal.z * (geom.elevation + offset.z) - wall.distance - radius
      if SIMD2(wall.normal.x, wall.normal.y) == .zero, model.turns(side.body),
        (height - contact.margin).magnitude < 1e-12
      {
        throw ModelError(
          model: model.name,
          part: "geom \"\(geom.name)\" of body \"\(model.bodies[side.body].name)\"",
          problem: "it touches a plane that it moves along, at a distance of exactly its margin, "
            + "so that rounding decides in each step whether there is friction",
          advice: "such a contact is not simulated")
      }
      let place = Wall(
        normal: wall.normal, distance: wall.distance, center: center(geom) + offset,
        radius: radius, corner: isCorner ? offset : .zero, axis: axis)
      result.append(
        SpatialContact(
          firstBody: 0, secondBody: side.body, firstGeom: nil, secondGeom: side.index,
          kind: .wall(place), contact: contact))
    }
    switch geom.shape {
    case .sphere: try point(.zero, radius: geom.radius, isCorner: false, axis: .zero)
    case .capsule:
      let (reach, axis) = (side.reach ?? .zero, geom.axes.z)
      try point(reach, radius: geom.radius, isCorner: false, axis: axis)
      try point(-reach, radius: geom.radius, isCorner: false, axis: axis)
    case .box(let size):
      for corner in 0..<8 {
        let sign = SIMD3<Double>(
          corner & 1 == 0 ? -1 : 1, corner & 2 == 0 ? -1 : 1, corner & 4 == 0 ? -1 : 1)
        let offset =
          sign.x * size.x * geom.axes.x + sign.y * size.y * geom.axes.y
          + sign.z * size.z * geom.axes.z
        try point(offset, radius: 0, isCorner: true, axis: .zero)
      }
    case .cylinder, .ellipsoid:
      throw refusal(of: "a plane", with: side, model)
    }
  }

  private static func add(
    _ pair: SurfacePair, _ model: PlanarModel, to result: inout [SpatialContact]
  ) throws(ModelError) {
    let contact = CompiledContact(
      pair.surface, inverseWeight: pair.inverseWeight, model: model)
    try check(contact, pair.second, model)
    func capsule(_ side: SurfaceGeom) -> Capsule? {
      side.reach.map { Capsule(center: center(side.geom), reach: $0, radius: side.geom.radius) }
    }
    func append(_ first: SurfaceGeom, _ second: SurfaceGeom, _ kind: Kind) {
      result.append(
        SpatialContact(
          firstBody: first.body, secondBody: second.body, firstGeom: first.index,
          secondGeom: second.index, kind: kind, contact: contact))
    }
    if let first = capsule(pair.first), let second = capsule(pair.second) {
      return append(pair.first, pair.second, .capsules(first, second))
    }
    for (ball, box) in [(pair.first, pair.second), (pair.second, pair.first)] {
      if ball.geom.shape == .sphere, case .box(let size) = box.geom.shape {
        let shape = Box(center: center(box.geom), axes: box.geom.axes, halfSizes: size)
        return append(
          ball, box,
          .box(Capsule(center: center(ball.geom), reach: .zero, radius: ball.geom.radius), shape))
      }
    }
    throw refusal(of: "a \(pair.first.geom.shape.name)", with: pair.second, model)
  }

  /// Throws at a contact with which MuJoCo's solver need not converge.
  private static func check(
    _ contact: CompiledContact, _ side: SurfaceGeom, _ model: PlanarModel
  ) throws(ModelError) {
    guard contact.isUnsolved else { return }
    throw ModelError(
      model: model.name,
      part: "geom \"\(side.geom.name)\" of body \"\(model.bodies[side.body].name)\"",
      problem: "a contact with the friction coefficient \(contact.friction), dimension "
        + "\(contact.dimension.rawValue) and an elliptic cone, with which MuJoCo's solver need "
        + "not converge",
      advice: "such a contact is not simulated")
  }

  private static func center(_ geom: Geom) -> SIMD3<Double> {
    SIMD3(geom.center.x, geom.center.y, geom.elevation)
  }

  private static func refusal(
    of what: String, with side: SurfaceGeom, _ model: PlanarModel
  ) -> ModelError {
    ModelError(
      model: model.name,
      part: "geom \"\(side.geom.name)\" of body \"\(model.bodies[side.body].name)\"",
      problem: "contact of a \(side.geom.shape.name) with \(what)",
      advice: "it is not simulated")
  }
}

extension Geom.Shape {
  /// The shape as messages name it.
  var name: String {
    switch self {
    case .sphere: "sphere"
    case .capsule: "capsule"
    case .cylinder: "cylinder"
    case .box: "box"
    case .ellipsoid: "ellipsoid"
    }
  }
}
