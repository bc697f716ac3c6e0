/// The output of every stage of one forward evaluation, in MuJoCo's order and signs.
public struct ForwardEvaluation: Sendable {
  /// Mass matrix, lower triangle with diagonal, row by row, `[nv (nv + 1) / 2]`.
  public var massMatrix: [Double]

  /// Bias force, `[nv]`: the force that gives `qacc = 0` without passive and motor forces.
  public var bias: [Double]

  /// Springs, dampers and drag, `[nv]`.
  public var passive: [Double]

  /// Motor forces, `[nv]`.
  public var actuator: [Double]

  /// Acceleration without constraints, `[nv]`.
  public var smoothAcceleration: [Double]

  /// Contacts: with the ground by geom, of a capsule first at the end that its axis points to, then
  /// between bodies by pair. Those without friction of crossing axes are not listed, see
  /// ``Contact/normal``.
  public var contacts: [Contact]

  /// Constraint rows: limits by joint, then four per contact with friction and one per other
  /// contact. With elliptic cones a contact has as many rows as directions.
  public var rows: [ConstraintRow]

  /// Constraint force `Jᵀ F`, `[nv]`.
  public var constraintForce: [Double]

  /// Acceleration with constraints, `[nv]`.
  public var acceleration: [Double]

  /// A contact with the ground or between two geoms.
  public struct Contact: Sendable, Hashable {
    /// The geom, counted over the model from 0.
    public var geom: Int
    /// The geom that it touches, nil for the ground.
    public var otherGeom: Int?
    /// Signed distance, negative when overlapping, in m.
    public var distance: Double
    /// The contact point in the plane, in m.
    public var position: SIMD2<Double>
    /// The unit vector from the ground or the other geom to the geom. Zero where the axes of two
    /// capsules cross: it is the normal of the plane, and the contact only has friction.
    public var normal: SIMD2<Double>
    /// Whether the first tangent points along the first axis (+1) or against it (-1).
    public var tangentSign: Double
  }

  /// One row of the constraint Jacobian with its parameters.
  public struct ConstraintRow: Sendable, Hashable {
    /// The kind of the row.
    public var kind: Kind
    /// The row of `J`, `[nv]`.
    public var jacobian: [Double]
    /// Signed distance to the constraint, in m or rad.
    public var position: Double
    /// Constraint velocity `J v`.
    public var velocity: Double
    /// Reference acceleration `aref`.
    public var reference: Double
    /// Regulariser `R = 1/D`.
    public var regularizer: Double
    /// Constraint force `F`; not negative, except along the friction of a cone.
    public var force: Double
  }

  /// The kind of a constraint row.
  public enum Kind: String, Sendable, Hashable {
    /// The limit of a joint.
    case limit
    /// An edge of a contact's friction pyramid.
    case contact
    /// A contact without friction.
    case frictionlessContact
    /// The normal direction of a contact with an elliptic friction cone.
    case coneNormal
    /// A direction of friction of such a contact.
    case coneFriction
  }
}
