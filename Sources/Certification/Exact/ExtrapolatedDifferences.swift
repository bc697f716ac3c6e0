/// Central differences on six points of each coordinate, extrapolated: error of order `h^6`.
///
/// With `f(h)` the difference on the points `±h, ±2h`, of order `h^4`, the result is
/// `f(h) + (f(h) - f(2h)) / 15`.
///
/// - Source: Richardson (1911).
struct ExtrapolatedDifferences {
  static let offsets = [-4.0, -2, -1, 1, 2, 4]
  let step: Double

  /// The points at which the function is needed, coordinate by coordinate.
  func points(around center: [Double]) -> [[Double]] {
    center.indices.flatMap { i in
      Self.offsets.map { offset in
        var point = center
        point[i] += offset * step
        return point
      }
    }
  }

  /// The gradient from the values at the points.
  ///
  /// - Parameters:
  ///   - values: the values at the points.
  ///   - center: what the points are around.
  ///   - rounding: the error of a value.
  /// - Returns: The gradient, and an estimate of its error in the norm, truncation and rounding.
  func gradient(
    _ values: [Double], around center: [Double], rounding: Double
  ) -> (gradient: [Double], error: Double) {
    var gradient: [Double] = []
    var errors: [Double] = []
    for i in stride(from: 0, to: values.count, by: Self.offsets.count) {
      let f = values[i..<i + Self.offsets.count].map(\.self)
      let fine = (8 * (f[3] - f[2]) - (f[4] - f[1])) / (12 * step)
      let coarse = (8 * (f[4] - f[1]) - (f[5] - f[0])) / (24 * step)
      gradient.append(fine + (fine - coarse) / 15)
      // the points are rounded as well; the weights of the extrapolation sum to 1.65 in magnitude
      let place = Double.ulpOfOne * center[i / Self.offsets.count].magnitude / step
      errors.append(
        (fine - coarse).magnitude / 15 + 1.65 * rounding / step + place * fine.magnitude)
    }
    return (gradient, norm(errors))
  }
}
