/// A rigid body: its parent, its joint and its solids.
///
/// Several joints between two bodies are a chain of bodies, of which all but the last are
/// ``isIntermediate``.
public struct Body: Sendable, Equatable {
  /// The body's name, unique in the model.
  public var name: String

  /// The index of the parent in ``PlanarModel/bodies``, or nil for the root.
  public var parent: Int?

  /// The hinge in the parent's frame (root: in the world), in m.
  ///
  /// The body's own frame has its origin at this hinge and is parallel to the parent's in the
  /// authored pose, that of a body that slides always.
  public var offset: SIMD2<Double>

  /// The joint: a hinge, unless ``slide`` says otherwise.
  public var hinge: Joint

  /// If the body slides instead of turning, the unit vector in the parent's frame along which it
  /// does; nil for the root.
  public var slide: SIMD2<Double>?

  /// Whether the body stands for one of several joints between its parent and its child. It has
  /// neither geoms nor mass.
  public var isIntermediate: Bool

  /// The solids that give the body its mass and may touch the ground and other bodies.
  public var geoms: [Geom]

  /// The centre of mass that the body has if its own geoms have no mass, in m.
  public var origin: SIMD2<Double>

  /// Mass and inertia, if they do not follow from the geoms.
  public var inertial: Inertial?

  /// Bodies without joints that move with this one.
  public var welded: [WeldedBody]

  /// Multiplies the mass that follows from the geoms and from ``PlanarModel/totalMass``.
  public var massFactor: Double

  /// Multiplies the moments of inertia that follow from the geoms and from
  /// ``PlanarModel/totalMass``, independently of the mass.
  public var inertiaFactor: Double

  /// Creates a body; `parent` is nil for the root.
  public init(
    name: String, parent: Int?, offset: SIMD2<Double>, hinge: Joint, geoms: [Geom],
    slide: SIMD2<Double>? = nil, isIntermediate: Bool = false, massFactor: Double = 1,
    inertiaFactor: Double = 1, origin: SIMD2<Double> = .zero, welded: [WeldedBody] = []
  ) {
    self.name = name
    self.parent = parent
    self.offset = offset
    self.hinge = hinge
    self.slide = slide
    self.isIntermediate = isIntermediate
    self.geoms = geoms
    self.massFactor = massFactor
    self.inertiaFactor = inertiaFactor
    self.origin = origin
    self.welded = welded
  }

  /// The first body of a model that is fixed in the world, with the geoms that do not move.
  public static func world(_ geoms: [Geom] = []) -> Body {
    Body(name: "world", parent: nil, offset: .zero, hinge: Joint(name: ""), geoms: geoms)
  }

  /// The geoms of the body, then those of the bodies that move with it.
  public var allGeoms: [Geom] { geoms + welded.flatMap(\.geoms) }
}

/// A body without joints: it moves as if its geoms were those of the body that carries it.
///
/// The masses add up. What MuJoCo counts for each body by itself is counted so: the inverse weight
/// at its own centre of mass, which scales the softness of its contacts, and its drag in a medium.
public struct WeldedBody: Sendable, Equatable {
  /// The body's name.
  public var name: String

  /// The centre of mass that it has if its geoms have no mass, in the frame of the body that carries it,
  /// in m.
  public var origin: SIMD2<Double>

  /// The solids, in the frame of the body that carries it.
  public var geoms: [Geom]

  /// Mass and inertia in the frame of the body that carries it, if they do not follow from the geoms.
  public var inertial: Inertial?

  /// Creates a body that is fixed in another one.
  public init(name: String, origin: SIMD2<Double>, geoms: [Geom]) {
    self.name = name
    self.origin = origin
    self.geoms = geoms
  }
}
