/// An actuator that drives one joint, or several at a fixed ratio.
///
/// With the control `u`, clamped to its range, and the length `l` and velocity `l'` of the
/// transmission, it exerts the force
///
///     f = gain u + b₀ + b₁ l + b₂ l',   clamped to the force range,
///
/// where `l = gear q` for one joint and `l = gear Σ c_j q_j` for several. Joint `j` gets the torque or
/// force `gear c_j f`. A plain motor has gain 1 and no bias; a position servo of stiffness `kp` and
/// damping `kv` has gain `kp`, `b₁ = -kp` and `b₂ = -kv`.
///
/// - Source: MuJoCo documentation, "Computation", actuation model, without activation states.
public struct Motor: Sendable, Equatable {
  /// The motor's name; may be empty.
  public var name: String

  /// The name of the driven joint; that of the tendon if it drives several.
  public var joint: String

  /// Length of the transmission per unit of the coordinate. For a plain motor this is the force or
  /// torque per unit of control, in N or N m.
  public var gear: Double

  /// The range that controls are clamped to, or nil for no clamping.
  public var controlRange: ClosedRange<Double>?

  /// The force per unit of control.
  public var gain: Double

  /// The bias `(b₀, b₁, b₂)`: a constant force, that per length, and that per velocity.
  public var bias: SIMD3<Double>

  /// If present, `b₂` is that of this damping ratio: `-2 ratio sqrt(gain m)` with the inertia along the
  /// transmission in the authored pose, `1/m = J M⁻¹ Jᵀ` with `J_j = gear c_j`.
  public var dampingRatio: Double?

  /// The range that the force is clamped to, or nil for no clamping.
  public var forceRange: ClosedRange<Double>?

  /// The driven joints with their coefficients `c_j`, if the motor does not drive ``joint`` alone.
  public var tendon: [Coupling]?

  /// Creates a motor on the joint named `joint`; by default a plain one.
  public init(
    name: String = "", joint: String, gear: Double, controlRange: ClosedRange<Double>? = -1...1,
    gain: Double = 1, bias: SIMD3<Double> = .zero, dampingRatio: Double? = nil,
    forceRange: ClosedRange<Double>? = nil, tendon: [Coupling]? = nil
  ) {
    self.name = name
    self.joint = joint
    self.gear = gear
    self.controlRange = controlRange
    self.gain = gain
    self.bias = bias
    self.dampingRatio = dampingRatio
    self.forceRange = forceRange
    self.tendon = tendon
  }

  /// A joint that a motor drives together with others.
  public struct Coupling: Sendable, Hashable {
    /// The name of the joint.
    public var joint: String

    /// The length of the transmission per unit of the joint's coordinate, before the gear.
    public var coefficient: Double

    /// Creates a coupling.
    public init(joint: String, coefficient: Double) {
      self.joint = joint
      self.coefficient = coefficient
    }
  }
}

extension Motor {
  /// The driven joints with their coefficients.
  var couplings: [Coupling] { tendon ?? [Coupling(joint: joint, coefficient: 1)] }
}
