// The elementary functions in single precision.
//
// Goals, in order of priority:
// 1. the special values of IEEE 754: NaN propagates, infinities and signed zeros are right, and so
//    are arguments and results below the smallest normal number;
// 2. an error of at most one unit in the last place, for `expm1`, the logistic function and softplus
//    two, for the hyperbolic tangent three. Measured on every number: 0.92 for `exp`, 0.84 for the
//    logarithms, 1.59 for `expm1`, 1.50 for the logistic function, 2.60 for the hyperbolic tangent;
//    on every 61st: 1.56 for softplus;
// 3. no branch and no table, as in `ElementaryFunctions.swift`: a loop over an array has eight
//    elements in a vector and takes a fifth to two fifths of the time of double precision. Sine and
//    cosine are computed in double precision and gain nothing.
//
// The polynomials are weighted minimax fits by the exchange algorithm of Remez with 40 digits. Each
// coefficient was rounded to single precision, lowest power first, before the rest were fitted again.

/// `2^n` for a whole number `n` in -126...127, given as a Float.
@inlinable @inline(__always)
func powerOfTwo(_ n: Float) -> Float {
  // adding 2^23 + 127 leaves the biased exponent in the lowest bits
  Float(bitPattern: (n + (0x1p23 + 127)).bitPattern &<< 23)
}

/// The nearest whole number, as a Float; for magnitudes below 2^22.
@inlinable @inline(__always)
func nearest(_ x: Float) -> Float { (x + 0x1.8p23) - 0x1.8p23 }

/// `(e^r - 1 - r) / r²` for `|r| <= ln 2 / 2`, by a polynomial of degree 4.
///
/// It changes `e^r - 1` by at most `2⁻²⁶` of its value, which the fit minimises.
@inlinable @inline(__always)
func exponentialRemainder(_ r: Float) -> Float {
  var p: Float = 0x1.6ab0acp-10
  p = Float(0x1.122c7ap-7).addingProduct(p, r)
  p = Float(0x1.55579ep-5).addingProduct(p, r)
  p = Float(0x1.5554aap-3).addingProduct(p, r)
  return Float(0x1.fffffep-2).addingProduct(p, r)
}

/// `e^r - 1` for `|r| <= ln 2 / 2`.
@inlinable @inline(__always)
func exponentialMinusOneReduced(_ r: Float) -> Float {
  // not r² times it, which would underflow near zero
  r.addingProduct(r, r * exponentialRemainder(r))
}

/// The parts of `x = n ln 2 + r`.
@inlinable @inline(__always)
func reduceByLogTwo(_ x: Float) -> (n: Float, r: Float) {
  let n = nearest(x * 1.44269504)
  // ln 2 in two parts, the first with zeros at its end: the first step is exact
  let high = x.addingProduct(-n, 0x1.62e4p-1)
  return (n, high.addingProduct(-n, 0x1.7f7d1cp-20))
}

/// The exponential function, within one unit in the last place.
@inlinable @inline(__always)
package func exponential(_ x: Float) -> Float {
  let upper = x > 89 ? 89 : x
  let isZero = x < -104
  let (n, r) = reduceByLogTwo(isZero ? -104 : upper)
  let p = Float(1).addingProduct(r, Float(1).addingProduct(r, exponentialRemainder(r)))
  // in two factors, for results below the smallest normal number
  let half = nearest(n * 0.5)
  let factor = powerOfTwo(n - half)
  // the zero as a factor, because a product that underflows takes ten times as long
  return p * powerOfTwo(half) * (isZero ? 0 : factor)
}

/// `e^x - 1`, accurate near zero: within two units in the last place.
@inlinable @inline(__always)
package func exponentialMinusOne(_ x: Float) -> Float {
  // from 20 on, the 1 is lost in rounding
  let upper = x > 89 ? 89 : x
  let clamped = upper < -20 ? -20 : upper
  let (n, r) = reduceByLogTwo(clamped)
  // half the result, because 2^n overflows before the result does
  let scale = powerOfTwo(n - 1)
  let half = (scale - 0.5).addingProduct(scale, exponentialMinusOneReduced(r))
  // below 2^-24, x is the nearest number, and half of it may be inexact
  return x.magnitude < 0x1p-24 ? x : 2 * half
}

/// The natural logarithm of a normal number, plus a correction small beside it.
@inlinable @inline(__always)
func naturalLogarithm(
  ofNormal x: Float, exponentOffset: Float, correction: Float
) -> Float {
  // x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2)
  let bits = x.bitPattern &+ (0x3f80_0000 &- 0x3f35_04f3)
  let e = Float(bitPattern: (bits &>> 23) | 0x4b00_0000) - (0x1p23 + 127) - exponentOffset
  let f = Float(bitPattern: (bits & 0x007f_ffff) &+ 0x3f35_04f3) - 1
  // log(1 + f) = 2 artanh(s) with s = f / (2 + f)
  let s = f / (2 + f)
  let z = s * s
  // minimax in the error relative to log(1 + f), which is 2^-30
  var p: Float = 0x1.31e0d8p-2
  p = Float(0x1.995ed4p-2).addingProduct(p, z)
  p = Float(0x1.55557ap-1).addingProduct(p, z)
  p = p * z
  let half = 0.5 * f * f
  let rest = correction.addingProduct(e, 0x1.7f7d1cp-20)
  let low = rest.addingProduct(s, half + p)
  return (f - (half - low)).addingProduct(e, 0x1.62e4p-1)
}

/// The natural logarithm, within one unit in the last place.
@inlinable @inline(__always)
package func naturalLogarithm(_ x: Float) -> Float {
  let isTiny = x < 0x1p-126
  let result = naturalLogarithm(
    ofNormal: isTiny ? x * 0x1p25 : x, exponentOffset: isTiny ? 25 : 0, correction: 0)
  let finite = x == .infinity ? x : result
  let positive = x == 0 ? -.infinity : finite
  return x < 0 || x.isNaN ? .nan : positive
}

/// `log(1 + x)` for `x >= 0`, accurate near zero: within one unit in the last place.
@inlinable @inline(__always)
package func logarithmOfOnePlus(_ x: Float) -> Float {
  let w = 1 + x
  // the rounding error of 1 + x
  let lost = x - (w - 1)
  let result = naturalLogarithm(ofNormal: w, exponentOffset: 0, correction: lost / w)
  let defined = x < -1 ? .nan : result
  return x == 0 || x == .infinity ? x : defined
}

/// The hyperbolic tangent, within three units in the last place.
@inlinable @inline(__always)
package func hyperbolicTangent(_ x: Float) -> Float {
  let magnitude = x.magnitude > 10 ? 10 : x.magnitude
  let (n, r) = reduceByLogTwo(2 * magnitude)
  let scale = powerOfTwo(n)
  let e = (scale - 1).addingProduct(scale, exponentialMinusOneReduced(r))
  return Float(signOf: x, magnitudeOf: e / (e + 2))
}

/// The logistic function `1 / (1 + e^-x)`, within two units in the last place.
@inlinable @inline(__always)
package func logistic(_ x: Float) -> Float {
  // the exponential of -|x| cannot overflow, so small results keep their digits
  let e = exponential(-x.magnitude)
  let numerator = x < 0 ? e : 1
  let w = 1 + e
  // what 1 + e lost, rounded to a multiple of 2^-33: a smaller one would only cause underflow
  let lost = ((1 - w) + e + 0x1.8p-10) - 0x1.8p-10
  let quotient = numerator / w
  // one step of Newton, for which one digit of 1 / w is enough
  let rest = numerator.addingProduct(-quotient, w).addingProduct(-quotient, lost)
  return quotient.addingProduct(Float(1.457).addingProduct(-0.5, w), rest)
}

/// `log(1 + e^x)`, within two units in the last place.
@inlinable @inline(__always)
package func softplus(_ x: Float) -> Float {
  (x > 0 ? x : 0) + logarithmOfOnePlus(exponential(-x.magnitude))
}

/// The sine and the cosine of any number, within 0.501 units in the last place.
///
/// A loop vectorises only with ``boundedSineAndCosine(_:)``.
@inlinable @inline(__always)
package func sineAndCosine(_ x: Float) -> (sine: Float, cosine: Float) {
  let (sine, cosine) = sineAndCosine(Double(x))
  return (Float(sine), Float(cosine))
}

/// The sine and the cosine, for magnitudes up to ``boundOfSineAndCosine``; NaN beyond it.
///
/// Within 0.501 units in the last place.
@inlinable @inline(__always)
package func boundedSineAndCosine(_ x: Float) -> (sine: Float, cosine: Float) {
  let (sine, cosine) = boundedSineAndCosine(Double(x))
  return (Float(sine), Float(cosine))
}
