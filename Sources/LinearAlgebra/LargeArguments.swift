// The reduction of large arguments of sine and cosine.

/// The sine and the cosine for magnitudes above 10⁵; NaN for infinity and NaN.
///
/// With `|x| = m 2^e` and a whole `m`, the bits of `2/π` above `2^(2-e)` only add multiples of four
/// quarter turns to `x · 2/π`. The product of `m` with the 256 bits that follow has an error below
/// `2⁻²⁰⁰`, and no double comes closer than `2⁻⁶²` to a multiple of `π/2`: every bit of the result counts.
///
/// - Complexity: about 60 integer operations beyond those of ``boundedSineAndCosine(_:)``.
/// - Source: Payne and Hanek (1983), "Radian reduction for trigonometric functions".
@usableFromInline @inline(never)
func unboundedSineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
  guard x.isFinite else { return (.nan, .nan) }
  let significand = UInt64(1) << 52 | x.significandBitPattern
  // 64 zeros stand before the binary point of 2/π
  let offset = Int(x.exponent) - 52 - 2 + 64
  let product = fraction(of: significand, timesBitsFrom: offset)
  // the whole quarter turns are the first two bits; the rest is rounded to the nearest one
  var quadrant = product[0] >> 62
  var rest = withoutQuadrant(product)
  let isAbove = rest[0] >> 63 == 1
  if isAbove {
    quadrant &+= 1
    rest = negated(rest)
  }
  let (high, low) = timesHalfPi(rest)
  let r = isAbove ? -high : high
  let (sine, cosine) = reducedSineAndCosine(r, isAbove ? -low : low, quadrant: quadrant)
  return (x < 0 ? -sine : sine, cosine)
}

/// `m` times 256 bits of `2/π` from a given one on, without what overflows the first of them.
private func fraction(of m: UInt64, timesBitsFrom offset: Int) -> SIMD4<UInt64> {
  let (first, shift) = (offset >> 6, UInt64(offset & 63))
  var result = SIMD4<UInt64>.zero
  var carry: UInt64 = 0
  for k in (0..<4).reversed() {
    let (a, b) = (twoOverPi(first + k), twoOverPi(first + k + 1))
    let word = shift == 0 ? a : a << shift | b >> (64 - shift)
    let (high, low) = word.multipliedFullWidth(by: m)
    let (sum, overflow) = low.addingReportingOverflow(carry)
    result[k] = sum
    carry = high &+ (overflow ? 1 : 0)
  }
  return result
}

/// A fraction of a quarter turn, up to a half, as an angle in two parts.
private func timesHalfPi(_ fraction: SIMD4<UInt64>) -> (high: Double, low: Double) {
  // to the left until the first bit is set
  let words = fraction[0] != 0 ? 0 : 1
  let zeros = fraction[words].leadingZeroBitCount
  let (a, b, c) = (fraction[words], fraction[words + 1], fraction[words + 2])
  let top = zeros == 0 ? a : a << zeros | b >> (64 - zeros)
  let next = zeros == 0 ? b : b << zeros | c >> (64 - zeros)
  let scale = Double(sign: .plus, exponent: -(64 * words + zeros) - 64, significand: 1)
  let high = Double(top & ~0x7ff) * scale
  let low = (Double(top & 0x7ff) + Double(next) * 0x1p-64) * scale
  // π/2 in two parts; the error of the first product is exact
  let angle = high * 0x1.921fb54442d18p+0
  let lost = (-angle).addingProduct(high, 0x1.921fb54442d18p+0)
  let rest = lost.addingProduct(low, 0x1.921fb54442d18p+0).addingProduct(
    high, 0x1.1a62633145c07p-54)
  return (angle, rest)
}

/// The negative of 256 bits.
private func negated(_ x: SIMD4<UInt64>) -> SIMD4<UInt64> {
  var result = ~x
  for k in (0..<4).reversed() {
    result[k] &+= 1
    if result[k] != 0 { break }
  }
  return result
}

/// 256 bits without the first two.
private func withoutQuadrant(_ x: SIMD4<UInt64>) -> SIMD4<UInt64> {
  var result = x &<< SIMD4(repeating: 2)
  for k in 0..<3 { result[k] |= x[k + 1] >> 62 }
  return result
}

/// 64 bits of `2/π`, after 64 zeros: word 1 begins at the binary point.
private func twoOverPi(_ word: Int) -> UInt64 { word == 0 ? 0 : twoOverPiBits[word - 1] }

/// 1280 bits of `2/π`.
private let twoOverPiBits: [UInt64] = [
  0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561,
  0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c, 0xfe1d_eb1c_b129_a73e, 0xe882_35f5_2ebb_4484,
  0xe99c_7026_b45f_7e41, 0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b, 0x1ff8_97ff_de05_980f,
  0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d, 0x7527_bac7_ebe5_f17b,
  0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08, 0x5603_3046_fc7b_6bab, 0xf0cf_bc20_9af4_361d,
]

/// Whether no magnitude exceeds a bound; false where a number is NaN.
@inlinable
package func isBounded<S: MatrixScalar>(
  _ x: UnsafePointer<S>, count: Int, by bound: S
) -> Bool {
  // no early return, which would prevent vectorisation
  var outside = 0
  for i in 0..<count { outside &+= x[i].magnitude <= bound ? 0 : 1 }
  return outside == 0
}
