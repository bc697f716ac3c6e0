/// Which of this package's estimators an external one equals, and by what.
public struct ExternalRecognition: Equatable, Sendable {
  /// What is equal.
  public enum Level: String, Codable, Sendable {
    /// Every estimate, pair by pair.
    case pairs
    /// The mean and the second moments of the estimates.
    case secondMoments = "second-moments"
    /// The mean.
    case means
  }

  /// The names of the estimators that it equals; all that have the same estimates or moments.
  public let names: [String]
  /// What is equal.
  public let level: Level
  /// What multiplies the known estimates.
  public let factor: Double
  /// The greatest difference, over the largest estimate or moment.
  public let error: Double

  /// Compares with known estimates: pair by pair, then second moments, then means.
  ///
  /// - Parameters:
  ///   - estimates: the external ones: `[pairs][d]`.
  ///   - weights: the probabilities of the pairs.
  ///   - known: the known estimates.
  ///   - tolerance: of the relative difference.
  ///   - level: the weakest equality that counts.
  init?(
    _ estimates: [[Double]], weights: [Double], _ known: KnownEstimates, tolerance: Double,
    weakest level: Level = .means
  ) {
    let views: [(Level, ([[Double]]) -> [[Double]])] = [
      (.pairs, { $0 }),
      (
        .secondMoments,
        { [WeightedMoments($0, weights: weights).mean, Self.secondMoments($0, weights)] }
      ),
      (.means, { [WeightedMoments($0, weights: weights).mean] }),
    ]
    for (current, view) in views {
      let seen = view(estimates)
      var best: (factor: Double, error: Double)?
      var names: [String] = []
      for (name, candidate) in known.byName {
        let other = view(candidate)
        guard let match = Self.match(seen, other, isPower: current == .secondMoments),
          match.error <= tolerance
        else { continue }
        if names.isEmpty { best = match }
        // equal up to the same factor
        if let best,
          (best.factor - match.factor).magnitude <= 10 * tolerance * best.factor.magnitude
        {
          names.append(name)
        }
      }
      if let best {
        (self.names, self.level) = (names, current)
        (factor, error) = (best.factor, best.error)
        return
      }
      if current == level { break }
    }
    return nil
  }

  /// The factor between two tables, and what differs then over the largest entry.
  private static func match(
    _ x: [[Double]], _ y: [[Double]], isPower: Bool
  ) -> (factor: Double, error: Double)? {
    // the second moments, in the second row, have the factor's square
    let (a, b) = isPower ? (x[0], y[0]) : (x.flatMap(\.self), y.flatMap(\.self))
    let square = dot(b, b)
    guard square > 0 else { return nil }
    var factor = dot(a, b) / square
    guard factor != 0 else { return nil }
    if (factor - 1).magnitude < 1e-6 { factor = 1 }
    let size = largestMagnitude(a)
    var error = largestDifference(a, b.map { factor * $0 }) / size
    if isPower {
      let moments = y[1].map { factor * factor * $0 }
      error = max(error, largestDifference(x[1], moments) / largestMagnitude(x[1]))
    }
    return (factor, error)
  }

  private static func secondMoments(_ rows: [[Double]], _ weights: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: rows[0].count * rows[0].count)
    for (row, weight) in zip(rows, weights) {
      add(weight, row.flatMap { x in row.map { x * $0 } }, to: &result)
    }
    return result
  }
}
