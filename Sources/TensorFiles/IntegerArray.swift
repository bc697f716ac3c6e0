import Requirements

/// A named array of integers, such as the actions of trajectories: type `I64` in the safetensors format.
public struct IntegerArray: Equatable, Sendable {
  /// Its name.
  public let name: String
  /// Its sizes, row-major.
  public let shape: [Int]
  /// Its elements, as many as the product of the sizes.
  public let elements: [Int]

  /// Creates an array.
  ///
  /// - Precondition: there are as many elements as the shape says.
  public init(_ name: String, shape: [Int], _ elements: [Int]) {
    require(
      shape.reduce(1, *) == elements.count,
      "The array '\(name)' of shape \(shape) has \(elements.count) elements.")
    (self.name, self.shape, self.elements) = (name, shape, elements)
  }
}
