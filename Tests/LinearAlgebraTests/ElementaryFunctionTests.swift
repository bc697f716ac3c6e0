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
      ("sin bounded, beyond", boundedSineAndCosine(100_000.00000000001).sine, .nan),
      ("cos bounded, beyond", boundedSineAndCosine(-1e300).cosine, .nan),
    ]
    for (name, value, expected) in cases {
      // == would not see the sign of zero
      let isSame = value.isNaN && expected.isNaN || value.bitPattern == expected.bitPattern
      #expect(isSame, "\(name): \(value) instead of \(expected)")
    }
    for row in Self.rows { #expect(row.function(.nan).isNaN, "\(row.name) of NaN") }
  }

  /// Sine and cosine with 50 digits (mpmath 1.3.0); the C library is off by 8 units in one of them.
  static let largeArguments: [(x: Double, sine: String, cosine: String)] = [
    (
      100_000.00000000001, "0.035748797957473895564073598879127589979771878509854",
      "-0.99936080743873266536863439977445134749265023138525"
    ),
    (
      1e6, "-0.34999350217129295211765248678077146906140660532872",
      "0.93675212753314478693853253507491877570809780421237"
    ),
    (
      1e15, "0.85827279317023583552388639084840664660020340822073",
      "-0.51319373778697025223453613642316492958815677124475"
    ),
    (
      0x1p62, "-0.70292244361920887641538155784702383217886777076311",
      "-0.7112665029764863869469031515263402875670271996516"
    ),
    (
      0x1p63, "0.99993037667344222961785650539352998954866961173428",
      "0.011800076512800236684420385060898207895010908931332"
    ),
    (
      1e22, "-0.85220084976718880177270589375302936826176215041004",
      "0.52321478539513894549759447338470949214091997243939"
    ),
    (
      0x1.6ac5b262ca1ffp+849, "0.99999999999999999999999999999999999989015237799253",
      "-4.6871659242546276111225828019638843987779147189711e-19"
    ),
    (
      1.7e308, "-0.5952560848632076654780953130891416594395920065492",
      "0.8035360560879180074929935331501327276934887681725"
    ),
    (
      1.7976931348623157e308, "0.0049619547891840617905026711970747057507646999567918",
      "-0.99998768942655993746487006630693439514061351446892"
    ),
  ]

  @Test("sine and cosine of large arguments are within one unit in the last place")
  func largeArguments() throws {
    for (x, sine, cosine) in Self.largeArguments {
      for sign in [1.0, -1.0] {
        let found = sineAndCosine(sign * x)
        let (s, c) = try (#require(Float80(sine)), #require(Float80(cosine)))
        #expect(errorInUlps(sign * found.sine, s) <= 1, "sin \(sign * x) = \(found.sine)")
        #expect(errorInUlps(found.cosine, c) <= 1, "cos \(x) = \(found.cosine)")
      }
    }
  }

  @Test("sine and cosine at random magnitudes of the whole range are within a unit and a quarter")
  func wholeRange() {
    var generator = SplitMix(seed: 9)
    let logarithms = Foundation.log(1e5)...Foundation.log(Double.greatestFiniteMagnitude)
    for logarithm in generator.uniforms(100_000, in: logarithms) {
      let x = min(Foundation.exp(logarithm), .greatestFiniteMagnitude)
      let found = sineAndCosine(x)
      let exact = Float80(x)
      if errorInUlps(found.sine, Foundation.sin(exact)) > 1.25
        || errorInUlps(found.cosine, Foundation.cos(exact)) > 1.25
      {
        Issue.record("sin or cos of \(x)")
        return
      }
    }
  }

  @Test("within the bound, the function for any argument has the bits of the one that vectorises")
  func bounded() {
    var generator = SplitMix(seed: 10)
    for x in generator.uniforms(200_000, in: -1e5...1e5) + [0, -0.0, 1e5, -1e5] {
      let (a, b) = (sineAndCosine(x), boundedSineAndCosine(x))
      guard a.sine.bitPattern == b.sine.bitPattern, a.cosine.bitPattern == b.cosine.bitPattern
      else {
        Issue.record("\(x)")
        return
      }
    }
  }

  private func errorInUlps(_ value: Double, _ exact: Float80) -> Double {
    Double((Float80(value) - exact).magnitude / Float80(Double(exact).ulp))
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
