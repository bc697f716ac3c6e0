// Loops over flat vectors: the optimizer's and the estimators' arithmetic.

import Requirements

/// The inner product `xᵀ y`.
///
/// Uses eight partial sums, added in a fixed order: the result depends only on the values.
public func dot(_ x: [Double], _ y: [Double]) -> Double {
  require(x.count == y.count, "dot: \(x.count) against \(y.count) elements.")
  return x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in
      var sums = SIMD8<Double>.zero
      let whole = x.count / 8 * 8
      var i = 0
      while i < whole {
        var a = SIMD8<Double>.zero
        var b = SIMD8<Double>.zero
        for k in 0..<8 {
          a[k] = x[i &+ k]
          b[k] = y[i &+ k]
        }
        sums += a * b
        i &+= 8
      }
      var sum = sums.sum()
      while i < x.count {
        sum += x[i] * y[i]
        i &+= 1
      }
      return sum
    }
  }
}

/// The Euclidean norm, safe from overflow.
public func norm(_ x: [Double]) -> Double {
  let largest = x.reduce(0) { Swift.max($0, $1.magnitude) }
  guard largest > 0 && largest.isFinite else { return x.contains(where: \.isNaN) ? .nan : largest }
  if largest > 1e-140 && largest < 1e140 { return dot(x, x).squareRoot() }
  let scaled = x.map { $0 / largest }
  return largest * dot(scaled, scaled).squareRoot()
}

/// The sum with a multiple, `y += a x`.
public func add(_ a: Double, _ x: [Double], to y: inout [Double]) {
  require(x.count == y.count, "add: \(x.count) to \(y.count) elements.")
  let count = x.count
  x.withUnsafeBufferPointer { x in
    y.withUnsafeMutableBufferPointer { y in
      for i in 0..<count { y[i] += a * x[i] }
    }
  }
}
