import Requirements

/// A solid fixed in a body: a sphere, capsule, cylinder, box or ellipsoid.
public struct Geom: Sendable, Equatable {
  /// The geom's name; may be empty.
  public var name: String

  /// The shape, with its length and axis.
  public var shape: Shape

  /// The centre in the body's frame, in m.
  public var center: SIMD2<Double>

  /// Radius of the sphere, the capsule's caps or the cylinder, in m; without meaning for other shapes.
  public var radius: Double

  /// The third coordinate of the centre, along the normal of the plane, in m in the world. It never
  /// changes. Motion depends on it only by contacts.
  public var elevation: Double

  /// Mass density, in kg/m³.
  public var density: Double

  /// What the geom touches and how, or nil if it passes through everything.
  public var contact: Contact?

  /// The geom's own frame; nil stands for the axes of the plane and its normal, for a capsule with the
  /// last axis along its own.
  ///
  /// The drag of a body with one geom depends on it: the ``FluidBox`` then lies in the geom's frame.
  public var frame: Frame?

  /// Creates a geom; the default density is that of water.
  public init(
    name: String = "", shape: Shape, center: SIMD2<Double>, radius: Double,
    density: Double = 1000, contact: Contact? = nil, frame: Frame? = nil, elevation: Double = 0
  ) {
    self.name = name
    self.shape = shape
    self.center = center
    self.radius = radius
    self.density = density
    self.contact = contact
    self.frame = frame
    self.elevation = elevation
  }

  /// The geom's own frame where ``frame`` is nil, too.
  public var axes: Frame {
    if let frame { return frame }
    guard case .capsule(_, let axis) = shape else { return Frame.plane }
    return Frame(
      x: SIMD3(axis.y, -axis.x, 0), y: SIMD3(0, 0, 1), z: SIMD3(axis.x, axis.y, 0))
  }

  /// The shape of a geom.
  public enum Shape: Sendable, Hashable {
    /// A ball.
    case sphere
    /// A cylinder of half length `halfLength` along the unit vector `axis`, with round caps. If the
    /// axis leaves the plane, it is the last one of ``Geom/frame``, and `axis` its part in the plane.
    case capsule(halfLength: Double, axis: SIMD2<Double>)
    /// A cylinder with flat ends along the last axis of ``Geom/frame``.
    case cylinder(halfLength: Double)
    /// A box with the given half sides along the axes of ``Geom/frame``.
    case box(halfSizes: SIMD3<Double>)
    /// An ellipsoid with the given semi-axes along the axes of ``Geom/frame``.
    case ellipsoid(semiAxes: SIMD3<Double>)
  }

  /// Three orthogonal unit vectors, each by its components along the first axis of the plane, the
  /// second axis, and the normal.
  public struct Frame: Sendable, Hashable {
    /// The axes; a capsule's last one is the axis of its cylinder.
    public var x, y, z: SIMD3<Double>

    /// The first and second axis of the plane, and its normal.
    public static let plane = Frame(x: SIMD3(1, 0, 0), y: SIMD3(0, 1, 0), z: SIMD3(0, 0, 1))

    /// Creates a frame from its axes.
    public init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>) {
      self.x = x
      self.y = y
      self.z = z
    }
  }

  /// The surface of a geom or of the ground: what it touches, and how.
  ///
  /// Two surfaces touch if the type of one shares a bit with the affinity of the other, except
  /// those of one body and those of parent and child. A pair is ``combined(with:)``.
  public struct Contact: Sendable, Hashable {
    /// Coefficient of sliding friction; that of a pair is raised to 1e-5 if smaller.
    public var friction: Double

    /// Stiffness, damping and impedance.
    public var softness: ConstraintSoftness

    /// The distance from which on a contact acts, in m.
    public var margin: Double

    /// Whether a contact only pushes, or also holds by sliding friction in a four-sided pyramid.
    public var dimension: Dimension

    /// The bits of the kinds that the surface belongs to (`contype`).
    public var type: Int32

    /// The bits of the kinds that the surface touches (`conaffinity`).
    public var affinity: Int32

    /// Coefficient of torsional friction, in m.
    public var torsionalFriction: Double

    /// Coefficient of rolling friction, in m.
    public var rollingFriction: Double

    /// Of two surfaces that touch, the one with the higher priority decides how.
    public var priority: Int32

    /// The weight of the softness among those of two surfaces that touch (`solmix`).
    public var mixing: Double

    /// The name of the body whose surface it is, if ``excluded`` of another one may name it.
    public var owner: String?

    /// The names of bodies whose surfaces it does not touch.
    public var excluded: Set<String> = []

    /// Creates contact parameters; by default the geom touches the ground and no other geom.
    public init(
      friction: Double, softness: ConstraintSoftness = ConstraintSoftness(), margin: Double = 0,
      dimension: Dimension = .sliding, type: Int32 = 1, affinity: Int32 = 0,
      torsionalFriction: Double = 0.005, rollingFriction: Double = 0.0001, priority: Int32 = 0,
      mixing: Double = 1
    ) {
      self.friction = friction
      self.softness = softness
      self.margin = margin
      self.dimension = dimension
      self.type = type
      self.affinity = affinity
      self.torsionalFriction = torsionalFriction
      self.rollingFriction = rollingFriction
      self.priority = priority
      self.mixing = mixing
    }

    /// The number of directions in which a contact acts (`condim`).
    public enum Dimension: Int, Sendable, Hashable {
      /// Along the normal.
      case frictionless = 1
      /// Along the normal and against sliding.
      case sliding = 3
      /// Besides, against turning about the normal.
      case torsional = 4
      /// Besides, against rolling.
      case rolling = 6
    }
  }
}

extension Geom {
  /// A capsule between two points, both in the body's frame.
  ///
  /// The axis points from `end` to `start`, as in MuJoCo.
  ///
  /// - Precondition: the points differ.
  public static func capsule(
    name: String = "", from start: SIMD2<Double>, to end: SIMD2<Double>, radius: Double,
    density: Double = 1000, contact: Contact? = nil
  ) -> Geom {
    let span = start - end
    let length = (span * span).sum().squareRoot()
    require(length > 0, "a capsule needs two different ends, got \(start) and \(end)")
    return Geom(
      name: name, shape: .capsule(halfLength: length / 2, axis: span / length),
      center: (start + end) / 2, radius: radius, density: density, contact: contact)
  }
}
