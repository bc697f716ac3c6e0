import Foundation
import LinearAlgebra
import Testing

#if arch(x86_64)
/// The functions against those of the C library in extended precision, which is 2048 times finer.
@Suite("Elementary functions")
struct ElementaryFunctionTests {
  /// A function, its reference, its bound in units in the last place, and where to look.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let bound: Double
    let function: @Sendable (Double) -> Double
    let reference: @Sendable (Float80) -> Float80
    /// Uniform samples are drawn from each.
    let ranges: [ClosedRange<Double>]
    /// Samples with a uniform logarithm of the magnitude are drawn from each, with these signs.
    let magnitudes: [ClosedRange<Double>]
    let signs: [Double]
    var testDescription: String { name }

    init(
      _ name: String, ulps bound: Double = 2, _ function: @escaping @Sendable (Double) -> Double,
      _ reference: @escaping @Sendable (Float80) -> Float80, ranges: [ClosedRange<Double>],
      magnitudes: [ClosedRange<Double>], signs: [Double] = [1, -1]
    ) {
      (self.name, self.bound, self.function, self.reference) = (name, bound, function, reference)
      (self.ranges, self.magnitudes, self.signs) = (ranges, magnitudes, signs)
    }
  }

  static let small = Double.leastNonzeroMagnitude...1.0
  static let rows: [Row] = [
    Row(
      "exp", { exponential($0) }, { Foundation.exp($0) },
      ranges: [-1...1, -746...710, -746...(-700)],
      magnitudes: [small]),
    Row(
      "expm1", { exponentialMinusOne($0) }, { Foundation.expm1($0) },
      ranges: [-1...1, -60...711, 709...710], magnitudes: [small]),
    Row(
      "log", { naturalLogarithm($0) }, { Foundation.log($0) },
      ranges: [0.5...2, 0.99...1.01, 0...1e3],
      magnitudes: [Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude], signs: [1]),
    Row(
      "log1p", { logarithmOfOnePlus($0) }, { Foundation.log1p($0) }, ranges: [0...2, 0...1e3],
      magnitudes: [Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude], signs: [1]),
    Row(
      "tanh", ulps: 3, { hyperbolicTangent($0) }, { Foundation.tanh($0) },
      ranges: [-1...1, -25...25],
      magnitudes: [small]),
    Row(
      "logistic", { logistic($0) }, { 1 / (1 + Foundation.exp(-$0)) },
      ranges: [-5...5, -750...50, -746...(-700)], magnitudes: [small]),
    Row(
      "softplus", ulps: 3, { softplus($0) },
      { ($0 > 0 ? $0 : 0) + Foundation.log1p(Foundation.exp(-$0.magnitude)) },
      ranges: [-5...5, -750...750], magnitudes: [small]),
    Row(
      "sin", { sineAndCosine($0).sine }, { Foundation.sin($0) }, ranges: [-4...4, -1e5...1e5],
      magnitudes: [small]),
    Row(
      "cos", { sineAndCosine($0).cosine }, { Foundation.cos($0) }, ranges: [-4...4, -1e5...1e5],
      magnitudes: [small]),
  ]

  @Test("the error is within the bound of the header", arguments: rows)
  func accuracy(_ row: Row) {
    var generator = SplitMix(seed: 8)
    var samples: [Double] = []
    for range in row.ranges { samples += generator.uniforms(100_000, in: range) }
    for range in row.magnitudes {
      let logarithms = Foundation.log(range.lowerBound)...Foundation.log(range.upperBound)
      for logarithm in generator.uniforms(100_000, in: logarithms) {
        let magnitude = min(Foundation.exp(logarithm), range.upperBound)
        samples += row.signs.map { $0 * magnitude }
      }
    }
    #expect(largestError(row, samples) <= row.bound)
  }

  @Test("sine and cosine beside the multiples of π/2", arguments: rows.suffix(2))
  func reduction(_ row: Row) {
    var samples: [Double] = []
    for n in 1...63_661 {
      let x = Double(n) * (Double.pi / 2)
      samples += [x.nextDown, x, x.nextUp, -x]
    }
    #expect(largestError(row, samples) <= row.bound)
  }

  @Test("special values")
  func specialValues() {
    let inf = Double.infinity
    let tiny = Double.leastNonzeroMagnitude
    let cases: [(String, Double, Double)] = [
      ("exp -inf", exponential(-inf), 0), ("exp inf", exponential(inf), inf),
      ("exp 0", exponential(0), 1), ("exp -0", exponential(-0.0), 1),
      ("exp 1e300", exponential(1e300), inf), ("exp -1e300", exponential(-1e300), 0),
      ("exp, last finite", exponential(709.782712893384), 0x1.fffffffffff2ap+1023),
      ("exp, first infinite", exponential(709.7827128933841), inf),
      ("exp, least", exponential(-745.1332191019411), tiny),
      ("exp, first zero", exponential(-745.1332191019412), 0),
      ("expm1 -inf", exponentialMinusOne(-inf), -1), ("expm1 inf", exponentialMinusOne(inf), inf),
      ("expm1 0", exponentialMinusOne(0), 0), ("expm1 -0", exponentialMinusOne(-0.0), -0.0),
      ("expm1 tiny", exponentialMinusOne(-tiny), -tiny),
      ("log 0", naturalLogarithm(0), -inf), ("log -0", naturalLogarithm(-0.0), -inf),
      ("log inf", naturalLogarithm(inf), inf), ("log 1", naturalLogarithm(1), 0),
      ("log -1", naturalLogarithm(-1), .nan), ("log -inf", naturalLogarithm(-inf), .nan),
      ("log -tiny", naturalLogarithm(-tiny), .nan),
      ("log1p 0", logarithmOfOnePlus(0), 0), ("log1p -0", logarithmOfOnePlus(-0.0), -0.0),
      ("log1p inf", logarithmOfOnePlus(inf), inf), ("log1p tiny", logarithmOfOnePlus(tiny), tiny),
      ("tanh inf", hyperbolicTangent(inf), 1), ("tanh -inf", hyperbolicTangent(-inf), -1),
      ("tanh 0", hyperbolicTangent(0), 0), ("tanh -0", hyperbolicTangent(-0.0), -0.0),
      ("tanh 1000", hyperbolicTangent(1000), 1), ("tanh tiny", hyperbolicTangent(-tiny), -tiny),
      ("logistic inf", logistic(inf), 1), ("logistic -inf", logistic(-inf), 0),
      ("logistic 0", logistic(0), 0.5), ("logistic 1000", logistic(1000), 1),
      ("logistic -1000", logistic(-1000), 0),
      ("softplus inf", softplus(inf), inf), ("softplus -inf", softplus(-inf), 0),
      ("softplus 1000", softplus(1000), 1000), ("softplus -1000", softplus(-1000), 0),
      ("sin 0", sineAndCosine(0).sine, 0), ("sin -0", sineAndCosine(-0.0).sine, -0.0),
      ("cos 0", sineAndCosine(0).cosine, 1), ("cos -0", sineAndCosine(-0.0).cosine, 1),
      ("sin tiny", sineAndCosine(-tiny).sine, -tiny), ("sin inf", sineAndCosine(inf).sine, .nan),
      ("cos -inf", sineAndCosine(-inf).cosine, .nan),
      ("sin beyond", sineAndCosine(100_000.00000000001).sine, .nan),
      ("cos beyond", sineAndCosine(-1e300).cosine, .nan),
    ]
    for (name, value, expected) in cases {
      // == would not see the sign of zero
      let isSame = value.isNaN && expected.isNaN || value.bitPattern == expected.bitPattern
      #expect(isSame, "\(name): \(value) instead of \(expected)")
    }
    for row in Self.rows { #expect(row.function(.nan).isNaN, "\(row.name) of NaN") }
  }

  private func largestError(_ row: Row, _ samples: [Double]) -> Double {
    var worst = (error: 0.0, at: 0.0)
    for x in samples {
      let (value, exact) = (row.function(x), row.reference(Float80(x)))
      let rounded = Double(exact)
      let error =
        rounded.isInfinite
        ? (value == rounded ? 0 : .infinity)
        : Double((Float80(value) - exact).magnitude / Float80(rounded.ulp))
      if value.isNaN { return .infinity }
      if error > worst.error { worst = (error, x) }
    }
    return worst.error
  }
}
#endif
