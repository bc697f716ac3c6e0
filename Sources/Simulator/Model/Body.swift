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

  /// Multiplies the mass that follows from the geoms and from ``PlanarModel/totalMass``.
  public var massFactor: Double

  /// Multiplies the moments of inertia that follow from the geoms and from
  /// ``PlanarModel/totalMass``, independently of the mass.
  public var inertiaFactor: Double

  /// Creates a body; `parent` is nil for the root.
  public init(
    name: String, parent: Int?, offset: SIMD2<Double>, hinge: Joint, geoms: [Geom],
    slide: SIMD2<Double>? = nil, isIntermediate: Bool = false, massFactor: Double = 1,
    inertiaFactor: Double = 1
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
  }
}
