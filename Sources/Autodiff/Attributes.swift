/// Numbers that belong to one use of an operation.
public struct Attributes {
  /// Up to two real numbers.
  public var scalars: SIMD2<Double>
  /// Up to two integers.
  public var integers: SIMD2<Int>
  /// Any number of indices.
  public var indices: [Int]
  var activation: (any Activation.Type)?

  /// Creates attributes; omitted ones are zero or empty.
  public init(
    scalars: SIMD2<Double> = .zero, integers: SIMD2<Int> = .zero, indices: [Int] = []
  ) {
    self.scalars = scalars
    self.integers = integers
    self.indices = indices
  }
}
