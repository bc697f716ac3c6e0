import Requirements

/// The error of an array against another, `max |x - y| / (1 + max |y|)`.
///
/// - Edge cases: NaN in either array gives infinity, so that no comparison passes by accident.
/// - Precondition: the arrays have the same length.
public func relativeError(_ x: [Double], _ y: [Double]) -> Double {
  require(x.count == y.count, "relativeError: \(x.count) against \(y.count) elements.")
  var difference = 0.0
  var size = 0.0
  for (a, b) in zip(x, y) {
    if a.isNaN || b.isNaN { return .infinity }
    if a != b { difference = max(difference, (a - b).magnitude) }
    size = max(size, b.magnitude)
  }
  return size.isInfinite ? (difference > 0 ? .infinity : 0) : difference / (1 + size)
}
