/// One degree of freedom: a slide (unit m) or a hinge (unit rad).
public struct Joint: Sendable, Equatable {
  /// The joint's name, unique in the model.
  public var name: String

  /// Whether a positive coordinate turns or moves against the positive sense of the plane: a hinge
  /// about the negative normal, a slide along a negative axis.
  public var isReversed: Bool

  /// The coordinate in the authored pose, in m or rad (`ref`).
  public var reference: Double

  /// Spring constant, in N/m or N m/rad.
  public var stiffness: Double

  /// The coordinate at which the spring rests, in m or rad (`springref`).
  public var springReference: Double

  /// Damping constant, in N s/m or N m s/rad.
  public var damping: Double

  /// Inertia added to the diagonal of the mass matrix, in kg or kg m².
  public var armature: Double

  /// Dry friction: the largest force or torque that holds the joint, in N or N m (`frictionloss`).
  public var frictionLoss = 0.0

  /// Softness of the dry friction, of which only the damping and the impedance at zero count.
  public var frictionSoftness = ConstraintSoftness()

  /// The range of the coordinate, if it is limited.
  public var limit: Limit?

  /// The range that the sum of the motors' forces on the joint is clamped to, or nil for no clamping.
  public var motorRange: ClosedRange<Double>?

  /// Creates a joint; by default it moves freely.
  public init(
    name: String, isReversed: Bool = false, reference: Double = 0, stiffness: Double = 0,
    springReference: Double = 0, damping: Double = 0, armature: Double = 0, limit: Limit? = nil
  ) {
    self.name = name
    self.isReversed = isReversed
    self.reference = reference
    self.stiffness = stiffness
    self.springReference = springReference
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

    /// The distance from either end at which the limit starts to act, in m or rad.
    public var margin: Double

    /// Stiffness, damping and impedance of the limit.
    public var softness: ConstraintSoftness

    /// Creates a limit for `lower ... upper`.
    public init(
      lower: Double, upper: Double, margin: Double = 0,
      softness: ConstraintSoftness = ConstraintSoftness()
    ) {
      self.lower = lower
      self.upper = upper
      self.margin = margin
      self.softness = softness
    }
  }
}
