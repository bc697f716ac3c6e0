import Foundation
import Statistics

/// How numbers stand on the pages.
enum Numbers {
  /// A number with some digits behind the point.
  static func text(_ value: Double, digits: Int = 2) -> String {
    guard value.magnitude < 1e15 else { return "\(value)" }
    let text = String(format: "%.\(digits)f", value)
    return text.hasPrefix("-") && Double(text) == 0 ? String(text.dropFirst()) : text
  }

  /// A mean with half the width of its 95 % interval.
  static func text(_ estimate: Estimate) -> String {
    guard let interval = estimate.interval95 else { return text(estimate.mean) }
    return "\(text(estimate.mean)) ± \(text(interval.upperBound - estimate.mean))"
  }

  /// A probability with two digits that count.
  static func probability(_ value: Double) -> String {
    value >= 0.1 ? text(value) : value >= 1e-4 ? String(format: "%.2g", value) : "below 0.0001"
  }
}
