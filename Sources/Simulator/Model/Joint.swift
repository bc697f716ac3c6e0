/// One degree of freedom: a slide (unit m) or a hinge (unit rad).
public struct Joint: Sendable, Equatable {
  /// The joint's name, unique in the model.
  public var name: String

  /// Spring constant, in N/m or N m/rad; the spring rests at coordinate zero.
  public var stiffness: Double

  /// Damping constant, in N s/m or N m s/rad.
  public var damping: Double

  /// Inertia added to the diagonal of the mass matrix, in kg or kg m².
  public var armature: Double

  /// The range of the coordinate, if it is limited.
  public var limit: Limit?

  /// Creates a joint; by default it moves freely.
  public init(
    name: String, stiffness: Double = 0, damping: Double = 0, armature: Double = 0,
    limit: Limit? = nil
  ) {
    self.name = name
    self.stiffness = stiffness
    self.damping = damping
    self.armature = armature
    self.limit = limit
  }

  /// A soft one-sided limit at both ends of a coordinate's range.
  public struct Limit: Sendable, Hashable {
    /// Lower end of the range.
    public var lower: Double

    /// Upper end of the range.
    public var upper: Double

    /// Stiffness, damping and impedance of the limit.
    public var softness: ConstraintSoftness

    /// Creates a limit for `lower ... upper`.
    public init(
      lower: Double, upper: Double, softness: ConstraintSoftness = ConstraintSoftness()
    ) {
      self.lower = lower
      self.upper = upper
      self.softness = softness
    }
  }
}
