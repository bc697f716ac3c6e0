import Foundation

/// The format of numbers on a page.
enum Format {
  /// A number with about four digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "not a number" : value > 0 ? "∞" : "-∞" }
    switch value.magnitude {
    case 0: return "0"
    case 1e6...: return String(format: "%.2e", value)
    case 1000...: return String(format: "%.0f", value)
    case 100...: return String(format: "%.1f", value)
    case 1...: return String(format: "%.2f", value)
    case 0.1...: return String(format: "%.3f", value)
    case 0.001...: return String(format: "%.4f", value)
    default: return String(format: "%.1e", value)
    }
  }

  /// A mean with its 95 % interval, if it has one.
  static func estimate(_ estimate: Estimate) -> String {
    interval(estimate).map { "\(number(estimate.mean)) (\($0))" } ?? number(estimate.mean)
  }

  /// The bounds of a 95 % interval; nil if it has none.
  static func interval(_ estimate: Estimate) -> String? {
    estimate.interval95.map { "\(number($0.lowerBound)) … \(number($0.upperBound))" }
  }

  /// A coordinate of a drawing, to a tenth of a unit.
  static func place(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    guard rounded.magnitude < 1e9 else { return "0" }
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  /// Whole numbers as text, with ranges for consecutive ones: `1-4, 7`.
  static func ranges(_ numbers: [Int]) -> String {
    var parts: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = parts.last, last.upperBound == number - 1 {
        parts[parts.count - 1] = last.lowerBound...number
      } else {
        parts.append(number...number)
      }
    }
    return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ", ")
  }

  /// A count with its noun.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
