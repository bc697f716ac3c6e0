/// The constants of a spatial contact as detection reads them.
struct SpatialConstants {
  /// What touches what: the cases of ``SpatialContact/Kind``.
  enum Kind {
    case wall, capsules, box
  }

  var kind: Kind
  /// The two geoms, of which a wall is not one: lengths, and the parts in the plane.
  var first: PairConstants.Side
  var second: PairConstants.Side
  /// The parts of centres and half axes along the normal of the plane.
  var firstHeight = 0.0
  var secondHeight = 0.0
  var firstReach = 0.0
  var secondReach = 0.0
  /// Whether both axes lie at the same height, so that they cross where they meet.
  var isLevel = false
  /// The normal and the distance of a wall.
  var normal = SIMD3<Double>.zero
  var distance = 0.0
  /// The tangents of a wall, where they do not turn with a capsule.
  var tangents = (SIMD3<Double>.zero, SIMD3<Double>.zero)
  /// A capsule's axis in its body's frame, if it decides the tangents; else zero.
  var axis = SIMD3<Double>.zero
  /// From a box's centre to its corner; else zero.
  var corner = SIMD3<Double>.zero
  /// The axes and half sides of a box.
  var axes = Geom.Frame.plane
  var halfSizes = SIMD3<Double>.zero
  /// The world's x, y and z axis, from which tangents are chosen.
  var world: Geom.Frame
  /// The number of directions in which the contact acts.
  var dimension: Int
  var friction: Double
  var torsionalFriction: Double
  var rollingFriction: Double
  var margin: Double
  /// The square of the distance of the centres beyond which the geoms cannot touch.
  var squaredRange: Double

  /// The slots that a contact may need, over all lanes: one for each two edges of a pyramid, three
  /// times as many for two capsules: where they touch at a point, and two where they are parallel.
  static func slots(_ contact: SpatialContact) -> Int {
    let edges = max(1, contact.contact.dimension.rawValue - 1)
    guard case .capsules = contact.kind else { return edges }
    return 3 * edges
  }

  init(_ source: SpatialContact, world: Geom.Frame) {
    let contact = source.contact
    dimension = contact.dimension.rawValue
    friction = contact.friction
    torsionalFriction = contact.torsionalFriction
    rollingFriction = contact.rollingFriction
    margin = contact.margin
    squaredRange = .infinity
    self.world = world
    first = PairConstants.Side(source.firstBody, .none)
    second = PairConstants.Side(source.secondBody, .none)
    switch source.kind {
    case .wall(let wall):
      kind = .wall
      second = PairConstants.Side(
        source.secondBody,
        SpatialContact.Capsule(center: wall.center, reach: .zero, radius: wall.radius))
      secondHeight = wall.center.z
      (normal, distance, corner) = (wall.normal, wall.distance, wall.corner)
      let along = wall.axis - normal * (wall.axis * normal).sum()
      let isPlanar = wall.axis.z.magnitude <= 1e-12 && normal.z.magnitude <= 1e-12
      if wall.axis == .zero {
        tangents = Self.tangents(normal, start: normal.isFlat(to: world.y) ? world.y : world.z)
      } else if isPlanar {
        // along the plane of motion and across it
        tangents = (SIMD3(normal.y, -normal.x, 0), SIMD3(0, 0, 1))
      } else if SIMD2(wall.axis.x, wall.axis.y) != .zero {
        axis = wall.axis
      } else {
        // MuJoCo takes the world's x axis for a capsule along the normal, even if that is x
        let length = (along * along).sum().squareRoot()
        tangents =
          length < 1e-15
          ? (world.x, Self.cross(normal, world.x)) : Self.tangents(normal, start: along)
      }
    case .capsules(let one, let other):
      kind = .capsules
      first = PairConstants.Side(source.firstBody, one)
      second = PairConstants.Side(source.secondBody, other)
      (firstHeight, secondHeight) = (one.center.z, other.center.z)
      (firstReach, secondReach) = (one.reach.z, other.reach.z)
      isLevel = [firstReach, secondReach, firstHeight - secondHeight].allSatisfy {
        $0.magnitude <= 1e-12
      }
      setRange(other.radius + first.squaredLength.squareRoot() + second.squaredLength.squareRoot())
    case .box(let ball, let box):
      kind = .box
      first = PairConstants.Side(source.firstBody, ball)
      second = PairConstants.Side(
        source.secondBody, SpatialContact.Capsule(center: box.center, reach: .zero, radius: 0))
      (firstHeight, secondHeight) = (ball.center.z, box.center.z)
      (axes, halfSizes) = (box.axes, box.halfSizes)
      setRange((halfSizes * halfSizes).sum().squareRoot())
    }
  }

  /// Sets ``squaredRange`` a little larger than needed, so that rounding cannot miss a contact.
  private mutating func setRange(_ reach: Double) {
    let range = first.radius + reach + margin
    squaredRange = 1.001 * range * range
  }

  /// Two unit vectors across `normal`, the first of them towards `start`.
  private static func tangents(
    _ normal: SIMD3<Double>, start: SIMD3<Double>
  ) -> (SIMD3<Double>, SIMD3<Double>) {
    let across = start - normal * (normal * start).sum()
    let first = across / (across * across).sum().squareRoot()
    return (first, cross(normal, first))
  }

  private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}

extension SIMD3<Double> {
  /// Whether a unit vector is more across another one than along it, as MuJoCo decides when it chooses
  /// the first tangent of a contact.
  fileprivate func isFlat(to axis: SIMD3<Double>) -> Bool { (self * axis).sum().magnitude < 0.5 }
}

extension SpatialContact.Capsule {
  /// A geom that is not there.
  fileprivate static let none = Self(center: .zero, reach: .zero, radius: 0)
}

extension PairConstants.Side {
  fileprivate init(_ body: Int, _ capsule: SpatialContact.Capsule) {
    let square = (capsule.reach * capsule.reach).sum()
    self.init(
      body: body, x: capsule.center.x, y: capsule.center.y, reachX: capsule.reach.x,
      reachY: capsule.reach.y, radius: capsule.radius, squaredLength: square,
      inverseSquaredLength: square > 0 ? 1 / square : 0)
  }
}
