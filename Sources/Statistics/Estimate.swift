/// A mean with its standard error.
public struct Estimate: Equatable, Sendable {
  /// The mean.
  public let mean: Double
  /// The standard error of the mean; nil for fewer than two values, whose spread is not known.
  public let standardError: Double?
  /// The number of values.
  public let count: Int

  /// The mean of independent values.
  public init(_ values: [Double]) {
    count = values.count
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError =
      values.count > 1
      ? (squares / Double(values.count - 1) / Double(values.count)).squareRoot() : nil
  }

  /// A mean of a number of values, with its standard error if that is known.
  public init(mean: Double, standardError: Double?, count: Int) {
    (self.mean, self.standardError, self.count) = (mean, standardError, count)
  }

  /// The difference of the means of two independent samples.
  ///
  /// Its interval has the degrees of freedom of the smaller sample, which makes it at least as wide
  /// as Welch's.
  public init(of first: Estimate, minus second: Estimate) {
    var error: Double?
    if let a = first.standardError, let b = second.standardError {
      error = (a * a + b * b).squareRoot()
    }
    self.init(
      mean: first.mean - second.mean, standardError: error, count: min(first.count, second.count))
  }

  /// The interval that covers the mean in 95 of 100 cases, by Student's distribution; nil if there are
  /// fewer than two values or they are not finite.
  public var interval95: ClosedRange<Double>? {
    guard count > 1, let standardError else { return nil }
    let width = studentQuantile(degrees: count - 1) * standardError
    let (low, high) = (mean - width, mean + width)
    return low.isFinite && high.isFinite ? low...high : nil
  }
}

/// The 97.5 % quantile of Student's distribution.
///
/// - Source: the expansion in `1/degrees` of Abramowitz and Stegun (1964), 26.7.5, exact to 3e-4
///   from five degrees on; below that the exact values.
package func studentQuantile(degrees: Int) -> Double {
  if degrees <= 0 { return .infinity }
  let exact = [12.7062047, 4.3026527, 3.1824463, 2.7764451]
  if degrees <= exact.count { return exact[degrees - 1] }
  let (x, n) = (1.959963985, Double(degrees))
  let x3 = x * x * x
  let x5 = x3 * x * x
  let x7 = x5 * x * x
  let x9 = x7 * x * x
  let g1 = (x3 + x) / 4
  let g2 = (5 * x5 + 16 * x3 + 3 * x) / 96
  let g3 = (3 * x7 + 19 * x5 + 17 * x3 - 15 * x) / 384
  let g4 = (79 * x9 + 776 * x7 + 1482 * x5 - 1920 * x3 - 945 * x) / 92160
  return x + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n
}
