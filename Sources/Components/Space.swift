/// The set that observations or actions come from, in Gymnasium's terms.
public enum Space: Equatable, Sendable {
  /// Vectors between two bounds, element by element; a bound may be infinite.
  case box(low: [Double], high: [Double])
  /// The numbers `0 ..< count`, in one column.
  case discrete(Int)

  /// A box with the same bounds for each of its elements.
  public static func box(size: Int, in bounds: ClosedRange<Double>) -> Space {
    .box(
      low: [Double](repeating: bounds.lowerBound, count: size),
      high: [Double](repeating: bounds.upperBound, count: size))
  }

  /// Vectors without bounds.
  public static func unbounded(size: Int) -> Space {
    .box(
      low: [Double](repeating: -.infinity, count: size),
      high: [Double](repeating: .infinity, count: size))
  }

  /// The number of columns of a matrix with one element of the space in each row.
  public var columns: Int {
    switch self {
    case .box(let low, _): low.count
    case .discrete: 1
    }
  }

  /// Whether a vector belongs to the space.
  public func contains(_ vector: [Double]) -> Bool {
    guard vector.count == columns else { return false }
    switch self {
    case .box(let low, let high):
      return vector.indices.allSatisfy { vector[$0] >= low[$0] && vector[$0] <= high[$0] }
    case .discrete(let count):
      return vector[0] == vector[0].rounded() && vector[0] >= 0 && vector[0] < Double(count)
    }
  }
}

extension Space {
  /// Whether the elements are indices.
  public var isDiscrete: Bool { if case .discrete = self { true } else { false } }

  /// The number of a discrete space's elements.
  ///
  /// - Parameter user: what needs the number; it appears in the message.
  /// - Returns: The number.
  /// - Throws: ``ConfigurationError`` if the space is not discrete.
  public func requireCount(for user: String) throws(ConfigurationError) -> Int {
    guard case .discrete(let count) = self else {
      throw ConfigurationError(
        description: "\(user) chooses among finitely many actions, but the actions are vectors.")
    }
    return count
  }
}
