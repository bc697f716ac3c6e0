import RandomNumbers
import Testing

@Suite struct DirichletTests {
  /// The mean of the largest element, `∫ (1 - P(a, x)ⁿ) dx / (n a)` with the regularised gamma function `P`, by mpmath's
  /// quadrature with 30 digits.
  static let largest: [(concentration: Double, count: Int, mean: Double)] = [
    (0.001, 20, 0.98706064757998944), (0.5, 3, 0.70088593028119470),
  ]

  /// False-alarm rate 1e-6 each.
  @Test(arguments: largest)
  func theLargestElementHasItsMean(_ concentration: Double, _ count: Int, _ mean: Double) {
    var stream = RandomStream(seed: 1, purpose: .other)
    let n = 100_000
    let values = (0..<n).map { _ in
      stream.dirichlet(concentration: concentration, count: count).max() ?? 0
    }
    let found = values.reduce(0, +) / Double(n)
    let variance = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(n)
    #expect((found - mean).magnitude < 4.9 * (variance / Double(n)).squareRoot())
  }

  @Test func rowsAreFiniteProbabilitiesNearlyOneHot() {
    var stream = RandomStream(seed: 2, purpose: .other)
    let rows = (0..<1000).map { _ in stream.dirichlet(concentration: 0.001, count: 20) }
    for row in rows {
      #expect(row.allSatisfy { $0.isFinite && $0 >= 0 })
      #expect((row.reduce(0, +) - 1).magnitude < 1e-15 * 20)
    }
    // a fraction 1000^(-19 a) for small a: the gap between the two largest logarithms is exponential with the
    // mean 1 / (19 a). 4.9 standard deviations are 5 %
    let fraction = Double(rows.count { ($0.max() ?? 0) > 0.999 }) / 1000
    #expect((fraction - 0.877).magnitude < 0.051)
    // every element is the largest of some
    #expect((0..<20).allSatisfy { i in rows.contains { $0[i] > 0.5 } })
  }

  /// The mean and variance of `log G` are the digamma and trigamma functions of the shape (Abramowitz and Stegun, 6.3
  /// and 6.4): -γ and π²/6 for 1, -γ - 2 log 2 and π²/2 for 1/2. False-alarm rate 1e-6 each.
  @Test(arguments: [
    (1, -0.57721566490153286, 1.6449340668482264), (0.5, -1.9635100260214235, 4.934802200544679),
  ])
  func logarithmsOfGammaNumbers(_ shape: Double, _ mean: Double, _ variance: Double) {
    var stream = RandomStream(seed: 3, purpose: .other)
    let n = 100_000
    let values = (0..<n).map { _ in stream.logGamma(shape: shape) }
    let found = values.reduce(0, +) / Double(n)
    #expect((found - mean).magnitude < 4.9 * (variance / Double(n)).squareRoot())
    let squares = values.map { ($0 - mean) * ($0 - mean) }
    let spread = squares.reduce(0, +) / Double(n)
    let fourth = squares.reduce(0) { $0 + ($1 - spread) * ($1 - spread) } / Double(n)
    #expect((spread - variance).magnitude < 4.9 * (fourth / Double(n)).squareRoot())
  }
}
