// The elementary functions in either precision. The choice is made when code is specialised for a type,
// and costs nothing where it runs.

/// ``exponential(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func exponential<S: MatrixScalar>(_ x: S) -> S {
  if S.self == Double.self { return same(exponential(same(x) as Double)) }
  return same(exponential(same(x) as Float))
}

/// ``exponentialMinusOne(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func exponentialMinusOne<S: MatrixScalar>(_ x: S) -> S {
  if S.self == Double.self { return same(exponentialMinusOne(same(x) as Double)) }
  return same(exponentialMinusOne(same(x) as Float))
}

/// ``naturalLogarithm(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func naturalLogarithm<S: MatrixScalar>(_ x: S) -> S {
  if S.self == Double.self { return same(naturalLogarithm(same(x) as Double)) }
  return same(naturalLogarithm(same(x) as Float))
}

/// ``logarithmOfOnePlus(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func logarithmOfOnePlus<S: MatrixScalar>(_ x: S) -> S {
  if S.self == Double.self { return same(logarithmOfOnePlus(same(x) as Double)) }
  return same(logarithmOfOnePlus(same(x) as Float))
}

/// ``hyperbolicTangent(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func hyperbolicTangent<S: MatrixScalar>(_ x: S) -> S {
  if S.self == Double.self { return same(hyperbolicTangent(same(x) as Double)) }
  return same(hyperbolicTangent(same(x) as Float))
}

/// ``logistic(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func logistic<S: MatrixScalar>(_ x: S) -> S {
  if S.self == Double.self { return same(logistic(same(x) as Double)) }
  return same(logistic(same(x) as Float))
}

/// ``softplus(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func softplus<S: MatrixScalar>(_ x: S) -> S {
  if S.self == Double.self { return same(softplus(same(x) as Double)) }
  return same(softplus(same(x) as Float))
}

/// ``sineAndCosine(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func sineAndCosine<S: MatrixScalar>(_ x: S) -> (sine: S, cosine: S) {
  let (sine, cosine) = sineAndCosine(x.inDouble)
  return (S(sine), S(cosine))
}

/// ``boundedSineAndCosine(_:)`` in the precision of its argument.
@inlinable @inline(__always)
package func boundedSineAndCosine<S: MatrixScalar>(_ x: S) -> (sine: S, cosine: S) {
  let (sine, cosine) = boundedSineAndCosine(x.inDouble)
  return (S(sine), S(cosine))
}

/// A number that is of another type by name alone.
@inlinable @inline(__always)
func same<X: MatrixScalar, Y: MatrixScalar>(_ x: X) -> Y { unsafeBitCast(x, to: Y.self) }
