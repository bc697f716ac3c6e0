import Certification
import Testing

@Suite struct RepeatedEstimatesTests {
  /// Three numbers whose mean and covariance are known by hand.
  @Test func constructedRepeats() throws {
    let repeats = [[1.0, 4.0], [3.0, 4.0], [2.0, 1.0]]  // mean [2, 3], variances 1 and 3
    let result = RepeatedEstimates(repeats, reference: .init([1, 1], squaredError: 0.25))
    #expect((result.variance - 4).magnitude < 1e-12)
    // |[1, 2]|² - 4/3 - 1/4
    #expect((result.squaredBias - (5 - 4.0 / 3 - 0.25)).magnitude < 1e-12)
    #expect((result.squaredNorm - 1.75).magnitude < 1e-12)
    let cosine = 5 / ((13 - 4.0 / 3) * 1.75).squareRoot()
    #expect((try #require(result.cosine) - cosine).magnitude < 1e-12)
    // noise above a quarter of a squared norm
    #expect(RepeatedEstimates(repeats, reference: .init([1, 1], squaredError: 0.5)).cosine == nil)
    #expect(!RepeatedEstimates.Reference([1, 1], squaredError: 0.5).isResolved)
    let published = result.published
    #expect((published.sumOfDeviations - 1 - 3.0.squareRoot()).magnitude < 1e-12)
    #expect((published.meanSquaredDifference - 2.5).magnitude < 1e-12)
    // two numbers correlate with a constant vector not at all
    #expect(published.correlation == nil)
    let ramp = RepeatedEstimates(repeats, reference: .init([0, 1])).published
    #expect((try #require(ramp.correlation) - 1.0 / 3).magnitude < 1e-12)
  }

  @Test func withoutANormThereIsNoCosine() {
    let zero = RepeatedEstimates([[1, 0], [-1, 0]], reference: .init([0, 1]))
    #expect(zero.cosine == nil && zero.squaredBias < 1)
    let noise = RepeatedEstimates([[1, 0], [1, 1]], reference: .init([0, 1], squaredError: 2))
    #expect(noise.cosine == nil && noise.squaredNorm == -1)
  }

  /// 4000 experiments of five repeats with a bias of length 0.5, a variance of 8 and a reference with an error of
  /// 0.4: the means are those, within 4.9 standard errors (false-alarm rate 1e-6 each), and without the correction
  /// the squared bias would be nine times too large.
  @Test func meansAreThoseOfTheDistribution() throws {
    var stream = RandomStream(seed: 1, purpose: .other)
    let gradient = [3.0, -1, 0, 2]
    let results = (0..<4000).map { _ in
      let noisy = zip(gradient, stream.normals(4)).map { $0 + 0.1.squareRoot() * $1 }
      let repeats = (0..<5).map { _ in
        zip(gradient, stream.normals(4)).map { $0 + 0.25 + 2.0.squareRoot() * $1 }
      }
      return RepeatedEstimates(repeats, reference: .init(noisy, squaredError: 0.4))
    }
    func expect(_ values: [Double], _ mean: Double) {
      let n = Double(values.count)
      let found = values.reduce(0, +) / n
      let deviation = (values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / (n - 1)).squareRoot()
      #expect((found - mean).magnitude < 4.9 * deviation / n.squareRoot())
    }
    expect(results.map(\.squaredBias), 0.25)
    expect(results.map(\.variance), 8)
    expect(results.map(\.squaredNorm), 14)
    expect(results.map(\.published.meanSquaredDifference), (0.25 + 8.0 / 5 + 0.4) / 4)
  }
}
