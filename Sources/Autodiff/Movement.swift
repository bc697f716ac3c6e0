// Zero times infinity in the two tangent sweeps.
//
// The reverse sweep multiplies as IEEE 754 does: a zero adjoint at an infinite derivative gives NaN,
// because nothing is known of the limit. Along a direction more is known: what does not move adds
// nothing, however steep the function. So the second derivative of the square root at 0 is -∞ along
// its argument and 0 along any other.

/// The product of a first derivative with how fast something moves; 0 where it does not move.
@inlinable @inline(__always)
func moved(_ derivative: Double, by rate: Double) -> Double {
  rate == 0 && derivative.magnitude == .infinity ? 0 : derivative * rate
}

/// The product of two factors of the second-order term `f″ ẋ ȳ`: 0 where one of them is 0, even if
/// the other is infinite.
@inlinable @inline(__always)
func bent(_ x: Double, _ y: Double) -> Double {
  let product = x * y
  // without NaN among the factors, only 0 · ∞ gives NaN
  return product.isNaN && !x.isNaN && !y.isNaN ? 0 : product
}
