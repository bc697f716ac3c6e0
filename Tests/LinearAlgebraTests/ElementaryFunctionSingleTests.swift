import Foundation
import LinearAlgebra
import Testing

/// The functions in single precision against those in double precision, 2²⁹ times finer.
@Suite("Elementary functions in single precision")
struct ElementaryFunctionSingleTests {
  /// Checks the error at every 61st number and at all beside those where a case begins.
  ///
  /// With `METATAPE_FLOAT_STRIDE=1`, at all 2³² numbers. Inlined, because only loops over functions
  /// that the compiler knows vectorise.
  @inline(__always)
  private func check(
    _ name: String, ulps bound: Float, patterns: ClosedRange<UInt32> = 0...UInt32.max,
    _ function: (Float) -> Float, _ reference: (Double) -> Double
  ) {
    let setting = ProcessInfo.processInfo.environment["METATAPE_FLOAT_STRIDE"]
    var searches = [(range: patterns, stride: setting.flatMap { UInt32($0) } ?? 61)]
    for x in Self.borders.flatMap({ [$0, -$0] }) where patterns.contains(x.bitPattern) {
      let first = max(patterns.lowerBound, x.bitPattern - min(x.bitPattern, 5000))
      searches.append((first...min(patterns.upperBound, x.bitPattern + 5000), 1))
    }
    let (error, x) = largestError(searches, function, reference)
    #expect(error <= bound, "\(error) at \(x)")
    if setting != nil { print("\(name) \(error) at \(x)") }
  }

  /// Where a function clamps, changes the exponent in its reduction, overflows or underflows.
  private static let borders: [Float] = [
    0, 0x1p-126, 0x1p-30, 0x1p-25, 0x1p-24, 0.34657359, 0.70710678, 1, 1.0397208, 1.4142136, 9,
    10, 20, 87.33655, 88.72283, 89, 103.27893, 103.97208, 104, 105, 0x1p23, 0x1p24,
    .greatestFiniteMagnitude,
  ]

  @Test func exponentialError() {
    check("exp", ulps: 1, { exponential($0) }, { zeroBelow($0, exponential(clamped($0))) })
  }

  @Test func exponentialMinusOneError() {
    check("expm1", ulps: 2, { exponentialMinusOne($0) }, { exponentialMinusOne(clamped($0)) })
  }

  @Test func naturalLogarithmError() {
    check("log", ulps: 1, { naturalLogarithm($0) }, { naturalLogarithm($0) })
  }

  @Test func logarithmOfOnePlusError() {
    check(
      "log1p", ulps: 1, patterns: 0...0x7fff_ffff, { logarithmOfOnePlus($0) },
      { logarithmOfOnePlus($0) })
  }

  @Test func hyperbolicTangentError() {
    check("tanh", ulps: 3, { hyperbolicTangent($0) }, { hyperbolicTangent($0) })
  }

  @Test func logisticError() {
    check("logistic", ulps: 2, { logistic($0) }, { zeroBelow($0, logistic(clamped($0))) })
  }

  @Test func softplusError() {
    check(
      "softplus", ulps: 2, { softplus($0) },
      { $0 > 110 ? $0 : zeroBelow($0, softplus(clamped($0))) })
  }

  @Test("the measure of the error reports wrong functions, and where they are wrong")
  func measure() {
    let one = UInt32(0x3f80_0000)
    let range = one - 100_000...one + 100_000
    func measured(_ function: (Float) -> Float) -> (error: Float, at: Float) {
      largestError([(range, 1)], function, { $0 })
    }
    #expect(measured { $0 } == (0, Float(bitPattern: range.lowerBound)))
    #expect(measured { $0 == 1.001 ? $0.nextUp : $0 } == (1, 1.001))
    #expect(measured { $0 == 0.999 ? $0.nextDown : $0 } == (1, 0.999))
    #expect(measured { $0 == 1.001 ? -$0 : $0 } == (.infinity, 1.001))
    let broken = measured { $0 == 1.001 ? .nan : $0 }
    #expect(broken.error.isNaN && broken.at == 1.001)

    let (least, greatest) = (Float.leastNonzeroMagnitude, Float.greatestFiniteMagnitude)
    #expect(errorInUlps(least, 0) == 1 && errorInUlps(0, 0x1p-150) == 0.5)
    #expect(errorInUlps(0x1p-126, 0x1p-126 - 0x1p-149) == 1)
    #expect(errorInUlps(-0.0, 0) == .infinity && errorInUlps(.nan, .nan) == 0)
    #expect(errorInUlps(0, .nan).isNaN && errorInUlps(.infinity, 1e30) == .infinity)
    #expect(errorInUlps(greatest, 0x1p128) == .infinity && errorInUlps(.infinity, 1e300) == 0)
    #expect(errorInUlps(.infinity, Double(greatest)) == .infinity)
    #expect(errorInUlps(-.infinity, .infinity) == .infinity)
  }

  @Test("special values")
  func specialValues() {
    let inf = Float.infinity
    let tiny = Float.leastNonzeroMagnitude
    let huge = Float.greatestFiniteMagnitude
    let cases: [(String, Float, Float)] = [
      ("exp -inf", exponential(-inf), 0), ("exp inf", exponential(inf), inf),
      ("exp 0", exponential(0), 1), ("exp -0", exponential(-0.0), 1),
      ("exp 1e30", exponential(1e30), inf), ("exp -1e30", exponential(-1e30), 0),
      ("exp, last finite", exponential(88.72283), 0x1.ffff08p+127),
      ("exp, first infinite", exponential(88.72284), inf),
      ("exp, least", exponential(-103.97208), tiny),
      ("exp, first zero", exponential(-103.972084), 0),
      ("expm1 -inf", exponentialMinusOne(-inf), -1), ("expm1 inf", exponentialMinusOne(inf), inf),
      ("expm1 0", exponentialMinusOne(0), 0), ("expm1 -0", exponentialMinusOne(-0.0), -0.0),
      ("expm1 tiny", exponentialMinusOne(-tiny), -tiny),
      ("expm1, last finite", exponentialMinusOne(88.72283), 0x1.ffff08p+127),
      ("expm1, first infinite", exponentialMinusOne(88.72284), inf),
      ("log 0", naturalLogarithm(0), -inf), ("log -0", naturalLogarithm(-0.0), -inf),
      ("log inf", naturalLogarithm(inf), inf), ("log 1", naturalLogarithm(1), 0),
      ("log -1", naturalLogarithm(-1), .nan), ("log -inf", naturalLogarithm(-inf), .nan),
      ("log -tiny", naturalLogarithm(-tiny), .nan),
      ("log tiny", naturalLogarithm(tiny), -103.27893),
      ("log1p 0", logarithmOfOnePlus(0), 0), ("log1p -0", logarithmOfOnePlus(-0.0), -0.0),
      ("log1p inf", logarithmOfOnePlus(inf), inf), ("log1p tiny", logarithmOfOnePlus(tiny), tiny),
      ("log1p -1", logarithmOfOnePlus(-1), .nan), ("log1p -2", logarithmOfOnePlus(-2), .nan),
      ("log1p -inf", logarithmOfOnePlus(-inf), .nan),
      ("tanh inf", hyperbolicTangent(inf), 1), ("tanh -inf", hyperbolicTangent(-inf), -1),
      ("tanh 0", hyperbolicTangent(0), 0), ("tanh -0", hyperbolicTangent(-0.0), -0.0),
      ("tanh 1000", hyperbolicTangent(1000), 1), ("tanh tiny", hyperbolicTangent(-tiny), -tiny),
      ("logistic inf", logistic(inf), 1), ("logistic -inf", logistic(-inf), 0),
      ("logistic 0", logistic(0), 0.5), ("logistic 1000", logistic(1000), 1),
      ("logistic -1000", logistic(-1000), 0), ("logistic, least", logistic(-103.97208), tiny),
      ("softplus inf", softplus(inf), inf), ("softplus -inf", softplus(-inf), 0),
      ("softplus 1000", softplus(1000), 1000), ("softplus -1000", softplus(-1000), 0),
      ("softplus huge", softplus(huge), huge), ("softplus, least", softplus(-103.97208), tiny),
      ("sin 0", sineAndCosine(0).sine, 0), ("sin -0", sineAndCosine(-0.0).sine, -0.0),
      ("cos 0", sineAndCosine(0).cosine, 1), ("cos -0", sineAndCosine(-0.0).cosine, 1),
      ("sin tiny", sineAndCosine(-tiny).sine, -tiny), ("sin inf", sineAndCosine(inf).sine, .nan),
      ("cos -inf", sineAndCosine(-inf).cosine, .nan),
      ("sin bounded, beyond", boundedSineAndCosine(Float(1e5).nextUp).sine, .nan),
      ("cos bounded, beyond", boundedSineAndCosine(-huge).cosine, .nan),
      ("cos bounded, infinity", boundedSineAndCosine(inf).cosine, .nan),
      ("sin NaN", sineAndCosine(.nan as Float).sine, .nan),
      ("cos NaN", boundedSineAndCosine(.nan as Float).cosine, .nan),
    ]
    for (name, value, expected) in cases {
      // == would not see the sign of zero
      let isSame = value.isNaN && expected.isNaN || value.bitPattern == expected.bitPattern
      #expect(isSame, "\(name): \(value) instead of \(expected)")
    }
  }

  @Test("sine and cosine of numbers of every magnitude are almost always the nearest ones")
  func sineAndCosineOfAnyNumber() {
    let all = [(range: 0...UInt32.max, stride: UInt32(4099))]
    let sine = largestError(all, { sineAndCosine($0).sine }, { Foundation.sin($0) })
    #expect(sine.error <= 0.501, "sine, at \(sine.at)")
    let cosine = largestError(all, { sineAndCosine($0).cosine }, { Foundation.cos($0) })
    #expect(cosine.error <= 0.501, "cosine, at \(cosine.at)")
  }

  @Test("within the bound, the function for any argument has the bits of the one that vectorises")
  func bounded() {
    for pattern in Swift.stride(from: UInt32(0), through: Float(1e5).bitPattern, by: 4099) {
      let x = Float(bitPattern: pattern)
      for x in [x, -x] {
        let (a, b) = (sineAndCosine(x), boundedSineAndCosine(x))
        guard a.sine.bitPattern == b.sine.bitPattern, a.cosine.bitPattern == b.cosine.bitPattern
        else {
          Issue.record("\(x)")
          return
        }
      }
    }
  }
}

/// The largest error of a function at bit patterns of some ranges and strides, and where it is.
@inline(__always)
private func largestError(
  _ searches: [(range: ClosedRange<UInt32>, stride: UInt32)],
  _ function: (Float) -> Float, _ reference: (Double) -> Double
) -> (error: Float, at: Float) {
  let block: UInt32 = 4096
  let values = UnsafeMutablePointer<Float>.allocate(capacity: Int(block))
  let exact = UnsafeMutablePointer<Double>.allocate(capacity: Int(block))
  defer {
    values.deallocate()
    exact.deallocate()
  }
  // errors have the order of their bit patterns, with NaN above all numbers
  var worst = (error: UInt32(0), at: searches[0].range.lowerBound)
  for (range, stride) in searches {
    var first = range.lowerBound
    while true {
      let steps = (range.upperBound - first) / stride
      let count = min(steps, block - 1) + 1
      // one loop each, because all of it in one does not vectorise
      for i in 0..<count { values[Int(i)] = function(Float(bitPattern: first &+ i &* stride)) }
      for i in 0..<count {
        exact[Int(i)] = reference(Double(Float(bitPattern: first &+ i &* stride)))
      }
      var largest: UInt32 = 0
      for i in 0..<Int(count) {
        largest = max(largest, errorInUlps(values[i], exact[i]).bitPattern)
      }
      if largest > worst.error {
        let place = (0..<count).first {
          errorInUlps(values[Int($0)], exact[Int($0)]).bitPattern == largest
        }
        worst = (largest, first + (place ?? 0) * stride)
      }
      if steps < block { break }
      first += count * stride
    }
  }
  return (Float(bitPattern: worst.error), Float(bitPattern: worst.at))
}

/// The distance of a Float from an exact value, in units in the last place of the latter.
///
/// Infinite where the signs differ or only one of them overflows, NaN where only one is NaN.
@inline(__always)
private func errorInUlps(_ value: Float, _ exact: Double) -> Float {
  let rounded = Float(exact)
  // without a branch: the loop over the samples vectorises
  let magnitude = exact.magnitude < 0x1p-126 ? 0x1p-126 : exact.magnitude
  let exponent = magnitude.bitPattern & 0x7ff0_0000_0000_0000
  let perUlp = Double(bitPattern: 0x7fe0_0000_0000_0000 &- exponent) * 0x1p23
  let error = Float((Double(value) - exact).magnitude * perUlp)
  let hasSign = (value.bitPattern ^ rounded.bitPattern) & 0x8000_0000 == 0
  let overflows = rounded.magnitude == .infinity
  let finite = hasSign && !overflows ? error : .infinity
  let result = overflows && value == rounded ? 0 : finite
  let isBroken = value.isNaN != exact.isNaN
  return isBroken ? .nan : (value.isNaN ? 0 : result)
}

/// A number, or the bound of -120...120 that it exceeds: beyond, functions that contain an exponential
/// have reached their limits in single precision.
@inline(__always)
private func clamped(_ x: Double) -> Double {
  let upper = x > 120 ? 120 : x
  return upper < -120 ? -120 : upper
}

/// A value, or zero below -110, where it rounds to zero: numbers that underflow take long to round.
@inline(__always)
private func zeroBelow(_ x: Double, _ value: Double) -> Double { x < -110 ? 0 : value }
