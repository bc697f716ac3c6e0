// The pointer views of the package. A view does not own its elements: the code that creates a view
// guarantees that they outlive it. Indices of elements and rows are checked in debug builds only.

import Requirements

/// A read-only view of a row-major matrix that it does not own.
///
/// The element at row `i` and column `j` is `pointer[i * stride + j]`.
public struct MatrixView {
  /// The first element.
  public let pointer: UnsafePointer<Double>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between the first elements of neighbouring rows.
  public let stride: Int

  /// Creates a view of elements that outlive it.
  @inlinable
  public init(_ pointer: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int? = nil) {
    self.pointer = pointer
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// Creates a view of a buffer that outlives it.
  public init(_ buffer: UnsafeBufferPointer<Double>, rows: Int, columns: Int) {
    require(
      buffer.count >= rows * columns,
      "A view of shape [\(rows), \(columns)] needs \(rows * columns) elements, not \(buffer.count)."
    )
    self.init(buffer.baseAddress ?? nowhere, rows: rows, columns: columns)
  }

  /// The element at row `i` and column `j`.
  @inlinable
  public subscript(i: Int, j: Int) -> Double {
    assert(
      i >= 0 && i < rows && j >= 0 && j < columns, "[\(i), \(j)] outside [\(rows), \(columns)]")
    return pointer[i &* stride &+ j]
  }

  /// The first element of row `i`.
  @inlinable
  public func row(_ i: Int) -> UnsafePointer<Double> { pointer + i &* stride }

  /// The rows of a range.
  @inlinable
  public func rows(_ range: Range<Int>) -> MatrixView {
    require(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "The rows \(range) are outside of the shape [\(rows), \(columns)].")
    return MatrixView(row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
  }

  /// The number of elements.
  @inlinable
  public var count: Int { rows &* columns }

  /// The transposed matrix, as an operand of ``gemm(_:_:alpha:beta:into:)``.
  @inlinable
  public var transposed: TransposedView { TransposedView(base: self) }

  /// A copy of the elements, row by row.
  public var elements: [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    for i in 0..<rows {
      result.append(contentsOf: UnsafeBufferPointer(start: row(i), count: columns))
    }
    return result
  }
}

/// A mutable view of a row-major matrix that it does not own.
public struct MutableMatrixView {
  /// The first element.
  public let pointer: UnsafeMutablePointer<Double>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between the first elements of neighbouring rows.
  public let stride: Int

  /// Creates a view of elements that outlive it.
  @inlinable
  public init(_ pointer: UnsafeMutablePointer<Double>, rows: Int, columns: Int, stride: Int? = nil)
  {
    self.pointer = pointer
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// Creates a view of a buffer that outlives it.
  public init(_ buffer: UnsafeMutableBufferPointer<Double>, rows: Int, columns: Int) {
    require(
      buffer.count >= rows * columns,
      "A view of shape [\(rows), \(columns)] needs \(rows * columns) elements, not \(buffer.count)."
    )
    self.init(
      buffer.baseAddress ?? UnsafeMutablePointer(mutating: nowhere), rows: rows, columns: columns)
  }

  /// The element at row `i` and column `j`.
  @inlinable
  public subscript(i: Int, j: Int) -> Double {
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
  public func row(_ i: Int) -> UnsafeMutablePointer<Double> { pointer + i &* stride }

  /// The rows of a range.
  @inlinable
  public func rows(_ range: Range<Int>) -> MutableMatrixView {
    require(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "The rows \(range) are outside of the shape [\(rows), \(columns)].")
    return MutableMatrixView(
      row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
  }

  /// The number of elements.
  @inlinable
  public var count: Int { rows &* columns }

  /// The same elements, read only.
  @inlinable
  public var view: MatrixView {
    MatrixView(UnsafePointer(pointer), rows: rows, columns: columns, stride: stride)
  }

  /// Sets every element to a number.
  public func fill(_ value: Double) {
    for i in 0..<rows { row(i).update(repeating: value, count: columns) }
  }

  /// Copies the elements of a view of the same shape.
  public func copy(_ source: MatrixView) {
    require(
      rows == source.rows && columns == source.columns,
      "Cannot copy the shape [\(source.rows), \(source.columns)] into [\(rows), \(columns)].")
    for i in 0..<rows { row(i).update(from: source.row(i), count: columns) }
  }
}

/// A matrix that ``gemm(_:_:alpha:beta:into:)`` reads transposed; nothing is copied.
public struct TransposedView {
  /// The matrix as it is stored.
  public let base: MatrixView

  /// Wraps a matrix.
  @inlinable
  public init(base: MatrixView) { self.base = base }
}

/// The address of views without elements; never read.
private nonisolated(unsafe) let nowhere = UnsafePointer(
  UnsafeMutablePointer<Double>.allocate(capacity: 1))
