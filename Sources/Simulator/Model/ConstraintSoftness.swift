/// The softness of a constraint: MuJoCo's `solref` and `solimp`.
///
/// With violation depth `r >= 0` and `x = r / width`, clipped to 1, the impedance is
/// `d(x) = d0 + y(x) (d1 - d0)`, where `y = x²/mid` up to `mid` and `1 - (1-x)²/(1-mid)` beyond.
/// The reference acceleration is that of a spring and damper,
/// `aref = -b v - k d(x) r` with `b = 2/(d1 timeConstant)` and
/// `k = 1/(d1 timeConstant dampingRatio)²`.
///
/// Edge cases: `minimum`, `maximum` and `midpoint` are clipped to `1e-4 ... 0.9999`, and the time
/// constant is raised to two physics steps when it is smaller, as in MuJoCo.
///
/// - Source: MuJoCo documentation, "Computation", solver parameters.
public struct ConstraintSoftness: Sendable, Hashable {
  /// Time constant of the reference motion, in s (`solref[0]`).
  public var timeConstant: Double

  /// Damping ratio of the reference motion (`solref[1]`).
  public var dampingRatio: Double

  /// Impedance at zero violation, `d0` (`solimp[0]`).
  public var minimum: Double

  /// Impedance at and beyond `width`, `d1` (`solimp[1]`).
  public var maximum: Double

  /// Violation at which the impedance saturates, in m or rad (`solimp[2]`).
  public var width: Double

  /// The inflection point of the impedance curve, as a fraction of `width` (`solimp[3]`).
  public var midpoint: Double

  /// Creates parameters; the defaults are MuJoCo's.
  public init(
    timeConstant: Double = 0.02, dampingRatio: Double = 1, minimum: Double = 0.9,
    maximum: Double = 0.95, width: Double = 0.001, midpoint: Double = 0.5
  ) {
    self.timeConstant = timeConstant
    self.dampingRatio = dampingRatio
    self.minimum = minimum
    self.maximum = maximum
    self.width = width
    self.midpoint = midpoint
  }
}
