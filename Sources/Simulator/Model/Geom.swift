import Requirements

/// A solid capsule or sphere fixed in a body.
public struct Geom: Sendable, Equatable {
  /// The geom's name; may be empty.
  public var name: String

  /// The shape, with its length and axis.
  public var shape: Shape

  /// The centre in the body's frame, in m.
  public var center: SIMD2<Double>

  /// Radius of the sphere or of the capsule's caps, in m.
  public var radius: Double

  /// Mass density, in kg/m³.
  public var density: Double

  /// The contact with the ground, or nil if the geom passes through it.
  public var contact: Contact?

  /// The geom's own frame, or nil if one of its axes is the normal of the plane.
  ///
  /// The mass does not depend on it. The drag does if the body has no other geom: the ``FluidBox``
  /// then lies in the geom's frame.
  public var frame: Frame?

  /// Creates a geom; the default density is that of water.
  public init(
    name: String = "", shape: Shape, center: SIMD2<Double>, radius: Double,
    density: Double = 1000, contact: Contact? = nil, frame: Frame? = nil
  ) {
    self.name = name
    self.shape = shape
    self.center = center
    self.radius = radius
    self.density = density
    self.contact = contact
    self.frame = frame
  }

  /// The shape of a geom.
  public enum Shape: Sendable, Hashable {
    /// A ball.
    case sphere
    /// A cylinder of half length `halfLength` along the unit vector `axis`, with round caps.
    case capsule(halfLength: Double, axis: SIMD2<Double>)
  }

  /// Three orthogonal unit vectors, each by its components along the first axis of the plane, the
  /// second axis, and the normal.
  public struct Frame: Sendable, Hashable {
    /// The axes; a capsule's last one is the axis of its cylinder.
    public var x, y, z: SIMD3<Double>

    /// Creates a frame from its axes.
    public init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>) {
      self.x = x
      self.y = y
      self.z = z
    }
  }

  /// The contact of a geom with the ground: sliding friction in a four-sided pyramid.
  public struct Contact: Sendable, Hashable {
    /// Coefficient of sliding friction, already combined with the ground's; raised to 1e-5 if
    /// smaller.
    public var friction: Double

    /// Stiffness, damping and impedance, already combined with the ground's.
    public var softness: ConstraintSoftness

    /// Creates contact parameters.
    public init(friction: Double, softness: ConstraintSoftness = ConstraintSoftness()) {
      self.friction = friction
      self.softness = softness
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
