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

  /// The solids that give the body its mass and may touch the ground.
  public var geoms: [Geom]

  /// Creates a body; `parent` is nil for the root.
  public init(
    name: String, parent: Int?, offset: SIMD2<Double>, hinge: Joint, geoms: [Geom]
  ) {
    self.name = name
    self.parent = parent
    self.offset = offset
    self.hinge = hinge
    self.geoms = geoms
  }
}
