// Elementary functions that vectorise.
//
// Goals, in order of priority:
// 1. the special values of IEEE 754: NaN propagates, infinities and signed zeros are right;
// 2. an error of at most two units in the last place (tested; tanh and softplus three);
// 3. no branch and no table, which lets the compiler vectorise a loop over an array: a call of the
//    C library costs 5 to 16 ns per element, these cost about 1 ns. Sine and cosine follow this up
//    to 10⁵; `LargeArguments.swift` reduces larger arguments.
//
// They are `package` and not public because inlining them into code that was compiled without FMA
// would turn every fused multiply-add into a call.

/// `2^n` for a whole number `n` in -1022...1023, given as a Double.
@inlinable @inline(__always)
func powerOfTwo(_ n: Double) -> Double {
  // adding 2^52 + 1023 leaves the biased exponent in the lowest bits
  Double(bitPattern: (n + (0x1p52 + 1023)).bitPattern &<< 52)
}

/// The nearest whole number, as a Double; for magnitudes below 2^51.
@inlinable @inline(__always)
func nearest(_ x: Double) -> Double { (x + 0x1.8p52) - 0x1.8p52 }

/// `e^r - 1` for `|r| <= ln 2 / 2`, by its Taylor polynomial of degree 13.
@inlinable @inline(__always)
func exponentialMinusOneReduced(_ r: Double) -> Double {
  var p = 1.0 / 6_227_020_800
  p = (1.0 / 479_001_600).addingProduct(p, r)
  p = (1.0 / 39_916_800).addingProduct(p, r)
  p = (1.0 / 3_628_800).addingProduct(p, r)
  p = (1.0 / 362_880).addingProduct(p, r)
  p = (1.0 / 40_320).addingProduct(p, r)
  p = (1.0 / 5_040).addingProduct(p, r)
  p = (1.0 / 720).addingProduct(p, r)
  p = (1.0 / 120).addingProduct(p, r)
  p = (1.0 / 24).addingProduct(p, r)
  p = (1.0 / 6).addingProduct(p, r)
  p = 0.5.addingProduct(p, r)
  return r.addingProduct(r * r, p)
}

/// The parts of `x = n ln 2 + r`.
@inlinable @inline(__always)
func reduceByLogTwo(_ x: Double) -> (n: Double, r: Double) {
  let n = nearest(x * 1.442695040888963407)
  // ln 2 in two parts, the first with zeros at its end, so that n times it is exact
  let high = x.addingProduct(-n, 0x1.62e42fee00000p-1)
  return (n, high.addingProduct(-n, 0x1.a39ef35793c76p-33))
}

/// The exponential function.
@inlinable @inline(__always)
package func exponential(_ x: Double) -> Double {
  let upper = x > 710 ? 710 : x
  let clamped = upper < -750 ? -750 : upper
  let (n, r) = reduceByLogTwo(clamped)
  let p = 1 + exponentialMinusOneReduced(r)
  // in two factors, for results below the smallest normal number
  let half = nearest(n * 0.5)
  return p * powerOfTwo(half) * powerOfTwo(n - half)
}

/// `e^x - 1`, accurate near zero.
@inlinable @inline(__always)
package func exponentialMinusOne(_ x: Double) -> Double {
  // up to 709, n is at most 1023; from 50 on, the 1 is lost in rounding
  let upper = x > 709 ? 709 : x
  let clamped = upper < -50 ? -50 : upper
  let (n, r) = reduceByLogTwo(clamped)
  let scale = powerOfTwo(n)
  let result = (scale - 1).addingProduct(scale, exponentialMinusOneReduced(r))
  let big = x > 709 ? exponential(x) : result
  return x == 0 ? x : big
}

/// The natural logarithm.
@inlinable @inline(__always)
package func naturalLogarithm(_ x: Double) -> Double {
  // x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2)
  let isTiny = x < 0x1p-1022
  let scaled = isTiny ? x * 0x1p54 : x
  let bits = scaled.bitPattern &+ (0x3ff0_0000_0000_0000 &- 0x3fe6_a09e_667f_3bcd)
  let biased = bits &>> 52
  let e = Double(bitPattern: biased | 0x4330_0000_0000_0000) - (0x1p52 + 1023) - (isTiny ? 54 : 0)
  let m = Double(bitPattern: (bits & 0x000f_ffff_ffff_ffff) &+ 0x3fe6_a09e_667f_3bcd)
  let f = m - 1
  // log(1 + f) = 2 artanh(s) with s = f / (2 + f)
  let s = f / (2 + f)
  let z = s * s
  var p = 2.0 / 23
  p = (2.0 / 21).addingProduct(p, z)
  p = (2.0 / 19).addingProduct(p, z)
  p = (2.0 / 17).addingProduct(p, z)
  p = (2.0 / 15).addingProduct(p, z)
  p = (2.0 / 13).addingProduct(p, z)
  p = (2.0 / 11).addingProduct(p, z)
  p = (2.0 / 9).addingProduct(p, z)
  p = (2.0 / 7).addingProduct(p, z)
  p = (2.0 / 5).addingProduct(p, z)
  p = (2.0 / 3).addingProduct(p, z)
  p = p * z
  let half = 0.5 * f * f
  let low = (s * (half + p)).addingProduct(e, 0x1.a39ef35793c76p-33)
  let result = (f - (half - low)).addingProduct(e, 0x1.62e42fee00000p-1)
  let finite = x == .infinity ? x : result
  let positive = x == 0 ? -.infinity : finite
  return x < 0 || x.isNaN ? .nan : positive
}

/// `log(1 + x)` for `x >= 0`, accurate near zero.
@inlinable @inline(__always)
package func logarithmOfOnePlus(_ x: Double) -> Double {
  let w = 1 + x
  // the rounding error of 1 + x
  let lost = x - (w - 1)
  let result = naturalLogarithm(w) + lost / w
  return x == 0 || x == .infinity ? x : result
}

/// The hyperbolic tangent.
@inlinable @inline(__always)
package func hyperbolicTangent(_ x: Double) -> Double {
  let magnitude = x.magnitude > 20 ? 20 : x.magnitude
  let (n, r) = reduceByLogTwo(2 * magnitude)
  let scale = powerOfTwo(n)
  let e = (scale - 1).addingProduct(scale, exponentialMinusOneReduced(r))
  let result = e / (e + 2)
  let signed = Double(signOf: x, magnitudeOf: result)
  return x.isNaN ? x : signed
}

/// The logistic function `1 / (1 + e^-x)`.
@inlinable @inline(__always)
package func logistic(_ x: Double) -> Double {
  // the exponential of -|x| cannot overflow, so small results keep their digits
  let e = exponential(-x.magnitude)
  let numerator = x < 0 ? e : 1
  let w = 1 + e
  let lost = (1 - w) + e
  let quotient = numerator / w
  // one step of Newton, with 1 / (1 + e) from the quotient itself
  let rest = numerator.addingProduct(-quotient, w).addingProduct(-quotient, lost)
  return quotient.addingProduct(x < 0 ? 1 - quotient : quotient, rest)
}

/// `log(1 + e^x)`.
@inlinable @inline(__always)
package func softplus(_ x: Double) -> Double {
  (x > 0 ? x : 0) + logarithmOfOnePlus(exponential(-x.magnitude))
}

/// The sine and the cosine of any number.
///
/// Uses ``boundedSineAndCosine(_:)`` within its bound, else the reduction of
/// `LargeArguments.swift`. A loop vectorises only with the former: check
/// ``isBounded(_:count:by:)`` first.
@inlinable @inline(__always)
package func sineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
  x.magnitude <= boundOfSineAndCosine ? boundedSineAndCosine(x) : unboundedSineAndCosine(x)
}

/// The largest magnitude that ``boundedSineAndCosine(_:)`` accepts.
@inlinable @inline(__always)
package var boundOfSineAndCosine: Double { 1e5 }

/// The sine and the cosine, for magnitudes up to 10⁵; NaN beyond it.
///
/// Source: reduction by multiples of π/2 in three parts (Cody and Waite, 1980).
@inlinable @inline(__always)
package func boundedSineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
  let n = nearest(x * 0.63661977236758134308)
  // n has 16 bits and the first two parts have 33: these steps are exact
  let high = x.addingProduct(-n, 0x1.921fb54400000p+0)
  let middle = n * 0x1.0b4611a600000p-34
  let r = high - middle
  // the rounding error of r, and the third part
  let rest = ((high - r) - middle).addingProduct(-n, 0x1.3198a2e037073p-69)
  // the quadrant from the lowest two bits of n
  let quadrant = (n + 0x1.8p52).bitPattern
  let (sine, cosine) = reducedSineAndCosine(r, rest, quadrant: quadrant)
  let outOfRange = x.magnitude > boundOfSineAndCosine || x.isNaN
  let sineResult = x == 0 ? x : sine
  return (outOfRange ? .nan : sineResult, outOfRange ? .nan : cosine)
}

/// The sine and the cosine of `r + rest` and a number of quarter turns, for `|r| <= π/4`.
@inlinable @inline(__always)
func reducedSineAndCosine(
  _ r: Double, _ rest: Double, quadrant: UInt64
) -> (sine: Double, cosine: Double) {
  let z = r * r
  let w = 1 - 0.5 * z
  var s = -1.0 / 1_307_674_368_000
  s = (1.0 / 6_227_020_800).addingProduct(s, z)
  s = (-1.0 / 39_916_800).addingProduct(s, z)
  s = (1.0 / 362_880).addingProduct(s, z)
  s = (-1.0 / 5_040).addingProduct(s, z)
  s = (1.0 / 120).addingProduct(s, z)
  s = (-1.0 / 6).addingProduct(s, z)
  // sin(r + rest) = sin r + rest cos r
  let sine = r + (rest * w).addingProduct(r * z, s)
  var c = 1.0 / 20_922_789_888_000
  c = (-1.0 / 87_178_291_200).addingProduct(c, z)
  c = (1.0 / 479_001_600).addingProduct(c, z)
  c = (-1.0 / 3_628_800).addingProduct(c, z)
  c = (1.0 / 40_320).addingProduct(c, z)
  c = (-1.0 / 720).addingProduct(c, z)
  c = (1.0 / 24).addingProduct(c, z)
  // cos(r + rest) = cos r - rest sin r, with the rounding error of 1 - z/2
  let lost = ((1 - w) - 0.5 * z).addingProduct(-r, rest)
  let cosine = w + lost.addingProduct(z * z, c)
  let swap = quadrant & 1 != 0
  let a = swap ? cosine : sine
  let b = swap ? sine : cosine
  let signSine = (quadrant & 2) &<< 62
  let signCosine = ((quadrant &+ 1) & 2) &<< 62
  return (
    Double(bitPattern: a.bitPattern ^ signSine), Double(bitPattern: b.bitPattern ^ signCosine)
  )
}
