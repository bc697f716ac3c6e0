/// ``ConstraintSoftness`` in the form that the engine evaluates.
///
/// For a violation `r <= 0` and constraint velocity `v` the impedance is `d(|r|)` and
/// `aref = -damping v - stiffness d r`.
///
/// - Source: MuJoCo documentation, "Computation", constraint model.
public struct CompiledSoftness: Sendable, Hashable {
  /// Impedance at zero violation, after clipping.
  public var minimum: Double

  /// Increase of the impedance from zero violation to `1/inverseWidth`.
  public var rise: Double

  /// One over the width of the impedance curve, in 1/m or 1/rad.
  public var inverseWidth: Double

  /// The inflection point of the impedance curve, after clipping.
  public var midpoint: Double

  /// The power of the impedance curve.
  public var power: Double

  /// Stiffness `k` of the reference motion, in 1/s².
  public var stiffness: Double

  /// Damping `b` of the reference motion, in 1/s.
  public var damping: Double

  /// Clips the parameters as MuJoCo does for a step of `timestep` seconds.
  public init(_ softness: ConstraintSoftness, timestep: Double) {
    func clipped(_ value: Double) -> Double { min(0.9999, max(1e-4, value)) }
    let maximum = clipped(softness.maximum)
    minimum = clipped(softness.minimum)
    rise = maximum - minimum
    if softness.width > 1e-15 {
      inverseWidth = 1 / softness.width
    } else {
      inverseWidth = 0
      minimum = (minimum + maximum) / 2
      rise = 0
    }
    midpoint = clipped(softness.midpoint)
    power = max(1, softness.power)
    guard softness.timeConstant > 0 else {
      stiffness = -softness.timeConstant / (maximum * maximum)
      damping = -softness.dampingRatio / maximum
      return
    }
    let time = max(softness.timeConstant, 2 * timestep)
    let rate = 1 / (maximum * time * softness.dampingRatio)
    stiffness = rate * rate
    damping = 2 / (maximum * time)
  }
}
