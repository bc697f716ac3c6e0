// The pointer views of the package. A view does not own its elements: the code that creates a view
// guarantees that they outlive it. Indices of elements and rows are checked in debug builds only.

import Requirements

/// A read-only view of a row-major matrix of doubles that it does not own.
public typealias MatrixView = MatrixViewOf<Double>

/// A mutable view of a row-major matrix of doubles that it does not own.
public typealias MutableMatrixView = MutableMatrixViewOf<Double>

/// A read-only view of a row-major matrix that it does not own, in any precision.
///
/// The element at row `i` and column `j` is `pointer[i * stride + j]`.
public struct MatrixViewOf<Scalar: MatrixScalar> {
  /// The first element.
  public let pointer: UnsafePointer<Scalar>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between the first elements of neighbouring rows.
  public let stride: Int

  /// Creates a view of elements that outlive it.
  @inlinable
  public init(_ pointer: UnsafePointer<Scalar>, rows: Int, columns: Int, stride: Int? = nil) {
    self.pointer = pointer
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// Creates a view of a buffer that outlives it.
  public init(_ buffer: UnsafeBufferPointer<Scalar>, rows: Int, columns: Int) {
    require(
      buffer.count >= rows * columns,
      "A view of shape [\(rows), \(columns)] needs \(rows * columns) elements, not \(buffer.count)."
    )
    self.init(
      buffer.baseAddress ?? UnsafePointer(nowhere.assumingMemoryBound(to: Scalar.self)), rows: rows,
      columns: columns)
  }

  /// The element at row `i` and column `j`.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    assert(
      i >= 0 && i < rows && j >= 0 && j < columns, "[\(i), \(j)] outside [\(rows), \(columns)]")
    return pointer[i &* stride &+ j]
  }

  /// The first element of row `i`.
  @inlinable
  public func row(_ i: Int) -> UnsafePointer<Scalar> { pointer + i &* stride }

  /// The rows of a range.
  @inlinable
  public func rows(_ range: Range<Int>) -> MatrixViewOf<Scalar> {
    require(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "The rows \(range) are outside of the shape [\(rows), \(columns)].")
    return MatrixViewOf(row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
  }

  /// The number of elements.
  @inlinable
  public var count: Int { rows &* columns }

  /// The transposed matrix, as an operand of ``gemm(_:_:alpha:beta:into:)``.
  @inlinable
  public var transposed: TransposedView<Scalar> { TransposedView(base: self) }

  /// A copy of the elements, row by row.
  public var elements: [Scalar] {
    var result: [Scalar] = []
    result.reserveCapacity(count)
    for i in 0..<rows {
      result.append(contentsOf: UnsafeBufferPointer(start: row(i), count: columns))
    }
    return result
  }
}

/// A mutable view of a row-major matrix that it does not own, in any precision.
public struct MutableMatrixViewOf<Scalar: MatrixScalar> {
  /// The first element.
  public let pointer: UnsafeMutablePointer<Scalar>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between the first elements of neighbouring rows.
  public let stride: Int

  /// Creates a view of elements that outlive it.
  @inlinable
  public init(_ pointer: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, stride: Int? = nil)
  {
    self.pointer = pointer
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// Creates a view of a buffer that outlives it.
  public init(_ buffer: UnsafeMutableBufferPointer<Scalar>, rows: Int, columns: Int) {
    require(
      buffer.count >= rows * columns,
      "A view of shape [\(rows), \(columns)] needs \(rows * columns) elements, not \(buffer.count)."
    )
    self.init(
      buffer.baseAddress ?? nowhere.assumingMemoryBound(to: Scalar.self), rows: rows,
      columns: columns)
  }

  /// The element at row `i` and column `j`.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    get {
      assert(
        i >= 0 && i < rows && j >= 0 && j < columns, "[\(i), \(j)] outside [\(rows), \(columns)]")
      return pointer[i &* stride &+ j]
    }
    nonmutating set {
      assert(
        i >= 0 && i < rows && j >= 0 && j < columns, "[\(i), \(j)] outside [\(rows), \(columns)]")
      pointer[i &* stride &+ j] = newValue
    }
  }

  /// The first element of row `i`.
  @inlinable
  public func row(_ i: Int) -> UnsafeMutablePointer<Scalar> { pointer + i &* stride }

  /// The rows of a range.
  @inlinable
  public func rows(_ range: Range<Int>) -> MutableMatrixViewOf<Scalar> {
    require(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "The rows \(range) are outside of the shape [\(rows), \(columns)].")
    return MutableMatrixViewOf(
      row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
  }

  /// The number of elements.
  @inlinable
  public var count: Int { rows &* columns }

  /// The same elements, read only.
  @inlinable
  public var view: MatrixViewOf<Scalar> {
    MatrixViewOf(UnsafePointer(pointer), rows: rows, columns: columns, stride: stride)
  }

  /// Sets every element to a number.
  @inlinable
  public func fill(_ value: Scalar) {
    for i in 0..<rows { row(i).update(repeating: value, count: columns) }
  }

  /// Copies the elements of a view of the same shape.
  @inlinable
  public func copy(_ source: MatrixViewOf<Scalar>) {
    require(
      rows == source.rows && columns == source.columns,
      "Cannot copy the shape [\(source.rows), \(source.columns)] into [\(rows), \(columns)].")
    for i in 0..<rows { row(i).update(from: source.row(i), count: columns) }
  }
}

/// A matrix that ``gemm(_:_:alpha:beta:into:)`` reads transposed; nothing is copied.
public struct TransposedView<Scalar: MatrixScalar> {
  /// The matrix as it is stored.
  public let base: MatrixViewOf<Scalar>

  /// Wraps a matrix.
  @inlinable
  public init(base: MatrixViewOf<Scalar>) { self.base = base }
}

/// The address of views without elements; never read.
private nonisolated(unsafe) let nowhere = UnsafeMutableRawPointer.allocate(
  byteCount: 8, alignment: 8)
