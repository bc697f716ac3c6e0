// Zero times infinity in the two tangent sweeps.
//
// The reverse sweep follows IEEE 754: a zero adjoint at an infinite derivative gives NaN, because
// the limit is unknown. Along a direction more is known: a value that does not move contributes
// zero, however steep the function. So the second derivative of the square root at 0 is -∞ along
// its argument and 0 along any other parameter.

/// The product of a first derivative and a tangent; 0 if the tangent is 0.
@inlinable @inline(__always)
func moved<S: TapeScalar>(_ derivative: S, by rate: S) -> S {
  rate == 0 && derivative.magnitude == .infinity ? 0 : derivative * rate
}

/// The product of two factors of the second-order term `f″ ẋ ȳ`: 0 where one of them is 0, even if
/// the other is infinite.
@inlinable @inline(__always)
func bent<S: TapeScalar>(_ x: S, _ y: S) -> S {
  let product = x * y
  // without NaN among the factors, only 0 · ∞ gives NaN
  return product.isNaN && !x.isNaN && !y.isNaN ? 0 : product
}
