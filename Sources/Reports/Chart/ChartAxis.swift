import Foundation

/// One axis of a chart: its range, its ticks and their labels.
struct ChartAxis {
  /// The title of the axis.
  var title: String
  /// The ends.
  let range: ClosedRange<Double>
  /// The positions of the ticks.
  let ticks: [Double]
  /// Whether the axis is logarithmic.
  let isLogarithmic: Bool

  /// An axis that shows given values.
  ///
  /// - Parameters:
  ///   - title: the title of the axis.
  ///   - values: the values to show; those that are not finite, or not positive on a logarithmic
  ///     axis, are ignored.
  ///   - isWhole: whether ticks are at whole numbers only.
  ///   - isLogarithmic: whether the axis is logarithmic.
  init(
    _ title: String, showing values: [Double], isWhole: Bool = false, isLogarithmic: Bool = false
  ) {
    self.title = title
    self.isLogarithmic = isLogarithmic
    let shown = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    guard let low = shown.min(), let high = shown.max() else {
      (range, ticks) = (1...2, [1, 2])
      return
    }
    if isLogarithmic {
      let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
      // every power of ten, or every second, third …
      let step = max(1, (decades.count + 3) / 5)
      let end = max(decades.upperBound, decades.lowerBound + 1)
      range = pow(10, Double(decades.lowerBound))...pow(10, Double(end))
      ticks = stride(from: decades.lowerBound, through: end, by: step).map { pow(10, Double($0)) }
      return
    }
    let span = high > low ? high - low : max(low.magnitude, 1)
    let step = max(Self.roundStep(span / 5), isWhole ? 1 : 0)
    let first = (low / step).rounded(.down)
    let last = max((high / step).rounded(.up), first + 1)
    range = isWhole ? low...max(high, low + 1) : first * step...last * step
    let (lower, upper) = (range.lowerBound - 1e-9 * span, range.upperBound + 1e-9 * span)
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }.filter {
      (lower...upper).contains($0)
    }
  }

  /// The fraction of the way from the lower to the upper end; beyond 0…1 outside of the range.
  func share(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return isLogarithmic
      ? log(max(value, low / 10) / low) / log(high / low) : (value - low) / (high - low)
  }

  /// The label of a tick.
  func text(_ tick: Double) -> String {
    if tick == 0 || tick.magnitude < 1e-9 * (range.upperBound - range.lowerBound) { return "0" }
    if tick.magnitude >= (isLogarithmic ? 1e4 : 1e6) || tick.magnitude < 1e-3 {
      return String(format: isLogarithmic ? "%.0e" : "%.2e", tick)
        .replacingOccurrences(of: "e+", with: "e").replacingOccurrences(of: "e0", with: "e")
        .replacingOccurrences(of: "e-0", with: "e-")
    }
    return String(format: "%.6g", tick)
  }

  /// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below a number.
  private static func roundStep(_ least: Double) -> Double {
    let power = pow(10, log10(least).rounded(.down))
    return ([1, 2, 2.5, 5].first { $0 * power >= least * 0.999_999 } ?? 10) * power
  }
}
