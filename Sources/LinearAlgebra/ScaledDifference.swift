import Requirements

/// The distance of two results, with the scale of the quantity and the distance that rounding alone
/// may cause.
///
/// A verdict does not depend on the unit: multiplying all three numbers by one factor does not
/// change it.
public struct ScaledDifference: Equatable, Sendable {
  /// The distance of the two results, `d`.
  public let difference: Double
  /// The scale of the quantity, `g`; tolerances are relative to it.
  public let scale: Double
  /// The distance `f` that rounding may cause between two right results.
  public let floor: Double

  /// The verdict on a difference, given a tolerance `ε`.
  public enum Verdict: String, CaseIterable, Codable, Sendable {
    /// `d ≤ ε g`, and rounding could not hide a larger difference: `f ≤ ε g`.
    case agrees
    /// `d > max(ε g, f)`
    case differs
    /// `d ≤ f` where `f > ε g`: rounding may hide a difference above the tolerance.
    case notResolved = "not-resolved"
  }

  /// Creates a difference.
  ///
  /// - Parameters:
  ///   - difference: the distance of the two results; infinite or NaN if they cannot be compared.
  ///   - scale: the scale of the quantity.
  ///   - floor: the distance that rounding may cause between two right results.
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

  /// The part of the difference above the floor, over the scale; infinite if the scale is zero.
  public var relativeExcess: Double {
    difference <= floor ? 0 : ScaledDifference(difference - floor, scale: scale, floor: 0).relative
  }

  /// The verdict at a tolerance; numbers that are not finite differ.
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
