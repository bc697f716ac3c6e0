import RandomNumbers
import Testing

@testable import Statistics

@Suite struct EstimateTests {
  /// The 97.5 % quantiles of Student's distribution, from tables.
  static let table: [(degrees: Int, quantile: Double)] = [
    (1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (6, 2.4469), (7, 2.3646),
    (8, 2.3060), (9, 2.2622), (10, 2.2281), (15, 2.1314), (19, 2.0930), (29, 2.0452),
    (39, 2.0227), (60, 2.0003), (120, 1.9799), (1000, 1.9623),
  ]

  @Test(arguments: table) func quantilesAreThoseOfTheTable(_ degrees: Int, _ quantile: Double) {
    // the expansion is exact to 3e-4 at five degrees, the table to 5e-5
    #expect((studentQuantile(degrees: degrees) - quantile).magnitude < 5e-4)
  }

  @Test func quantilesFallToTheNormalOne() {
    let quantiles = (1...200).map { studentQuantile(degrees: $0) }
    #expect(zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 > $1 })
    #expect((studentQuantile(degrees: 100_000_000) - 1.959964).magnitude < 1e-6)
    #expect(studentQuantile(degrees: 0) == .infinity)
  }

  @Test func meanAndStandardError() throws {
    let estimate = Estimate([1, 2, 3, 6])
    #expect(estimate.mean == 3)
    #expect(estimate.count == 4)
    // variance (4 + 1 + 0 + 9) / 3, of the mean a quarter of it
    let error = try #require(estimate.standardError)
    #expect((error - (14.0 / 12).squareRoot()).magnitude < 1e-15)
    let width = 3.1824463 * (14.0 / 12).squareRoot()
    let interval = try #require(estimate.interval95)
    #expect((interval.lowerBound - (3 - width)).magnitude < 1e-9)
    #expect((interval.upperBound - (3 + width)).magnitude < 1e-9)
  }

  @Test func whatIsNotKnownIsNil() {
    let single = Estimate([4])
    #expect(single.mean == 4)
    #expect(single.standardError == nil && single.interval95 == nil)
    let two = Estimate([1, 3])
    #expect(two.interval95 != nil)
    let difference = Estimate(of: two, minus: single)
    #expect(difference.mean == -2)
    #expect(difference.standardError == nil && difference.interval95 == nil)
    for values in [[.nan, 1], [.infinity, 1], [1e308, -1e308]] {
      #expect(Estimate(values).interval95 == nil)
    }
  }

  @Test func equalValuesHaveAPointInterval() {
    #expect(Estimate([2, 2, 2]).interval95 == 2...2)
  }

  /// How often the interval covers the mean, with 10,000 samples of each size.
  ///
  /// The standard deviation of the frequency is 0.0022; a right program fails at 5 of them, once in
  /// 1.7 million seeds for each size.
  @Test(arguments: [2, 3, 4, 5, 10, 40]) func intervalCoversTheMean(_ size: Int) {
    var stream = RandomStream(seed: 17, purpose: .other, at: StreamPlace(step: size))
    let covered = (0..<10_000).filter { _ in
      Estimate(stream.normals(size).map { 3 + 2 * $0 }).interval95?.contains(3) == true
    }
    #expect((Double(covered.count) / 10_000 - 0.95).magnitude < 0.011)
  }
}
