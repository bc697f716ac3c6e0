/// What is known about an estimator's bias.
///
/// An enumeration finds the bias `b = E ĝ - ∇V_ζ` up to rounding. With `G = ‖∇V_ζ‖`, the mean norm
/// `M = E‖ĝ‖` (or that of its terms before a baseline is subtracted, if that is more), the tolerance `ε`, and the rounding floor `f = 8 · 2⁻⁵² M` it says ``biased`` if
/// `‖b‖ > max(ε G, f)`, ``notResolved`` if `‖b‖ ≤ f` and `f > ε G`, else ``unbiased``. All of it is
/// multiplied by the same factor where rewards are and the inner step size is divided by it: a verdict
/// does not depend on the unit of the rewards.
///
/// A test by sampling says ``biased`` or ``noBiasFound``.
public enum BiasVerdict: String, CaseIterable, Codable, Sendable {
  /// The bias is within the tolerance, and rounding would not have hidden more.
  case unbiased
  /// The bias is above the tolerance, and above rounding.
  case biased
  /// Rounding hides biases above the tolerance, and none shows beside it.
  case notResolved = "not-resolved"
  /// Samples show no bias; how large one may be, their standard errors say.
  case noBiasFound = "no-bias-found"

  /// The verdict of an enumeration.
  public init(_ bias: ScaledDifference, tolerance: Double) {
    switch bias.verdict(tolerance: tolerance) {
    case .agrees: self = .unbiased
    case .differs: self = .biased
    case .notResolved: self = .notResolved
    }
  }

  /// The verdict in words.
  public var text: String { rawValue.split(separator: "-").joined(separator: " ") }
}

extension ScaledDifference {
  /// The rounding of sums of terms, in units of the mean norm of the terms.
  static let roundingOfSums = 8 * Double.ulpOfOne

  /// The distance of two vectors beside the norm of the second, given the mean norm of the terms of
  /// which they are sums.
  init(_ x: [Double], _ y: [Double], meanNorm: Double) {
    self.init(
      norm(zip(x, y).map { $0 - $1 }), scale: norm(y), floor: Self.roundingOfSums * meanNorm)
  }

  /// The mean norm of the terms.
  var meanNorm: Double { floor / Self.roundingOfSums }

  /// Whether the scale itself is above rounding, so that there is something to be relative to.
  public var hasScale: Bool { scale > floor }
}
