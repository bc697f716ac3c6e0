/// The softness of a constraint: MuJoCo's `solref` and `solimp`.
///
/// With violation depth `r >= 0` and `x = r / width`, clipped to 1, the impedance is
/// `d(x) = d0 + y(x) (d1 - d0)`, where `y = x^p/mid^(p-1)` up to `mid` and
/// `1 - (1-x)^p/(1-mid)^(p-1)` beyond.
/// The reference acceleration is that of a spring and damper,
/// `aref = -b v - k d(x) r` with `b = 2/(d1 timeConstant)` and
/// `k = 1/(d1 timeConstant dampingRatio)²`.
///
/// Edge cases, as in MuJoCo: `minimum`, `maximum` and `midpoint` are clipped to `1e-4 ... 0.9999`, the
/// power to at least 1. The time constant is raised to two physics steps when it is smaller. A time
/// constant and a damping ratio that are both not positive stand for a stiffness and a damping with
/// the opposite sign: `k = -timeConstant/d1²` and `b = -dampingRatio/d1`. With a width of zero the
/// impedance is the mean of `d0` and `d1`.
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

  /// The power `p` of the impedance curve (`solimp[4]`).
  public var power: Double

  /// Creates parameters; the defaults are MuJoCo's.
  public init(
    timeConstant: Double = 0.02, dampingRatio: Double = 1, minimum: Double = 0.9,
    maximum: Double = 0.95, width: Double = 0.001, midpoint: Double = 0.5, power: Double = 2
  ) {
    self.timeConstant = timeConstant
    self.dampingRatio = dampingRatio
    self.minimum = minimum
    self.maximum = maximum
    self.width = width
    self.midpoint = midpoint
    self.power = power
  }
}
