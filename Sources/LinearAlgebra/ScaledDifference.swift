import Requirements

/// How far two results are apart, beside the scale of what they are about and what rounding alone may
/// put between them.
///
/// A verdict on it does not depend on the unit: where all three numbers are multiplied by the same
/// factor it stays the same.
public struct ScaledDifference: Equatable, Sendable {
  /// The distance of the two results, `d`.
  public let difference: Double
  /// The scale of the quantity, `g`, of which a tolerance is a part.
  public let scale: Double
  /// What rounding may put between two right results, `f`.
  public let floor: Double

  /// What a difference says, given a tolerance `ε`.
  public enum Verdict: String, CaseIterable, Codable, Sendable {
    /// `d ≤ ε g`, and rounding would not have hidden more: `f ≤ ε g`.
    case agrees
    /// `d > max(ε g, f)`
    case differs
    /// `d ≤ f` where `f > ε g`: rounding hides differences that matter.
    case notResolved = "not-resolved"
  }

  /// Creates a difference.
  ///
  /// - Parameters:
  ///   - difference: the distance of the two results; infinite or NaN where they cannot be compared.
  ///   - scale: the scale of the quantity.
  ///   - floor: what rounding may put between two right results.
  public init(_ difference: Double, scale: Double, floor: Double) {
    (self.difference, self.scale, self.floor) = (difference, scale, floor)
  }

  /// The largest difference of the elements of two arrays, in units of the largest element of the
  /// second.
  ///
  /// - Precondition: the arrays have the same length.
  public init(_ x: [Double], _ y: [Double], floor: Double) {
    let size = largestMagnitude(y)
    difference = largestDifference(x, y)
    (scale, self.floor) = (size.isFinite ? size : 0, floor)
  }

  /// The difference over the scale: 0 if there is none, infinite if the scale is zero.
  public var relative: Double {
    difference == 0 ? 0 : scale > 0 && difference.isFinite ? difference / scale : .infinity
  }

  /// What of the difference is above the floor, over the scale; infinite if the scale is zero.
  public var relativeExcess: Double {
    difference <= floor ? 0 : ScaledDifference(difference - floor, scale: scale, floor: 0).relative
  }

  /// The verdict at a tolerance; what is not a finite number differs.
  public func verdict(tolerance: Double) -> Verdict {
    guard difference.isFinite, difference <= max(tolerance * scale, floor) else { return .differs }
    return floor > tolerance * scale ? .notResolved : .agrees
  }
}

/// The largest magnitude of the elements; infinite if one is NaN.
public func largestMagnitude(_ x: [Double]) -> Double {
  x.reduce(0) { $1.isNaN ? .infinity : max($0, $1.magnitude) }
}

/// The largest magnitude of the differences; infinite if an element is NaN.
///
/// - Precondition: the arrays have the same length.
public func largestDifference(_ x: [Double], _ y: [Double]) -> Double {
  require(x.count == y.count, "largestDifference: \(x.count) against \(y.count) elements.")
  return zip(x, y).reduce(0) { result, pair in
    if pair.0 == pair.1 { return result }
    let difference = (pair.0 - pair.1).magnitude
    return difference.isNaN ? .infinity : max(result, difference)
  }
}
