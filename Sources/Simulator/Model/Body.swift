/// A rigid body: its parent, its hinge and its solids.
public struct Body: Sendable, Equatable {
  /// The body's name, unique in the model.
  public var name: String

  /// The index of the parent in ``PlanarModel/bodies``, or nil for the root.
  public var parent: Int?

  /// The hinge in the parent's frame (root: in the world), in m.
  ///
  /// The body's own frame has its origin at this hinge and is parallel to the parent's when the
  /// joint angle is zero.
  public var offset: SIMD2<Double>

  /// The hinge.
  public var hinge: Joint

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
    massFactor: Double = 1, inertiaFactor: Double = 1
  ) {
    self.name = name
    self.parent = parent
    self.offset = offset
    self.hinge = hinge
    self.geoms = geoms
    self.massFactor = massFactor
    self.inertiaFactor = inertiaFactor
  }
}
