import LinearAlgebra

/// The generator SplitMix64, for reproducible samples.
///
/// Source: Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators".
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Numbers uniform in a range.
  mutating func uniforms(_ count: Int, in range: ClosedRange<Double> = -1...1) -> [Double] {
    (0..<count).map { _ in Double.random(in: range, using: &self) }
  }

  /// A matrix of numbers uniform in -1...1.
  mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, elements: uniforms(rows * columns))
  }

  /// A lower triangular matrix with a diagonal in 1...2.
  mutating func lowerTriangle(_ size: Int) -> Matrix {
    var l = matrix(size, size)
    for i in 0..<size {
      for j in i..<size { l[i, j] = j == i ? Double.random(in: 1...2, using: &self) : 0 }
    }
    return l
  }
}

/// The matrix product by its definition.
func naiveProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
  var c = Matrix(rows: a.rows, columns: b.columns)
  for i in 0..<a.rows {
    for j in 0..<b.columns { for k in 0..<a.columns { c[i, j] += a[i, k] * b[k, j] } }
  }
  return c
}
