/// The mass and inertia of a body where they are given and do not follow from its geoms.
///
/// - Source: MuJoCo documentation, "XML Reference", inertial.
public struct Inertial: Sendable, Hashable {
  /// Mass, in kg.
  public var mass: Double

  /// Centre of mass in the body's frame, in m.
  public var center: SIMD2<Double>

  /// The principal axes of inertia.
  public var frame: Geom.Frame

  /// The moments of inertia about the principal axes, in kg m².
  public var moments: SIMD3<Double>

  /// Creates the inertia of a body; by default the principal axes are those of the plane and its
  /// normal.
  public init(
    mass: Double, center: SIMD2<Double>, moments: SIMD3<Double>, frame: Geom.Frame = .plane
  ) {
    self.mass = mass
    self.center = center
    self.frame = frame
    self.moments = moments
  }
}
