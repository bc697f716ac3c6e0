/// A motor that drives one hinge with `gear * clamp(ctrl)`.
public struct Motor: Sendable, Equatable {
  /// The motor's name; may be empty.
  public var name: String

  /// The name of the driven joint.
  public var joint: String

  /// Force or torque per unit of control, in N or N m.
  public var gear: Double

  /// The range that controls are clamped to, or nil for no clamping.
  public var controlRange: ClosedRange<Double>?

  /// Creates a motor on the joint named `joint`.
  public init(
    name: String = "", joint: String, gear: Double, controlRange: ClosedRange<Double>? = -1...1
  ) {
    self.name = name
    self.joint = joint
    self.gear = gear
    self.controlRange = controlRange
  }
}
