import Requirements

/// A dense matrix of double-precision numbers, stored row by row.
///
/// The element at row `i` and column `j` is `elements[i * columns + j]`. A matrix owns its elements
/// and has value semantics; kernels work on ``MatrixView`` and ``MutableMatrixView``.
public struct Matrix: Equatable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements, row by row: `rows * columns` numbers.
  public var elements: [Double]

  /// Creates a matrix with the same number everywhere.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    require(rows >= 0 && columns >= 0, "A matrix cannot have the shape [\(rows), \(columns)].")
    self.rows = rows
    self.columns = columns
    elements = [Double](repeating: value, count: rows * columns)
  }

  /// Creates a matrix from its elements, row by row.
  ///
  /// - Precondition: `elements.count == rows * columns`.
  public init(rows: Int, columns: Int, elements: [Double]) {
    require(
      elements.count == rows * columns,
      "A matrix of shape [\(rows), \(columns)] needs \(rows * columns) elements, not \(elements.count)."
    )
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// Creates a matrix from an array of rows of equal length.
  public init(_ rows: [[Double]]) {
    let columns = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() {
      require(
        row.count == columns,
        "Row \(index) has \(row.count) elements, the first row has \(columns).")
    }
    self.init(rows: rows.count, columns: columns, elements: rows.flatMap(\.self))
  }

  /// The identity matrix.
  public static func identity(_ size: Int) -> Matrix {
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size { matrix[i, i] = 1 }
    return matrix
  }

  /// The element at row `i` and column `j`.
  @inlinable
  public subscript(i: Int, j: Int) -> Double {
    get {
      require(
        isIndex(i, j), "Index [\(i), \(j)] is outside of the shape [\(rows), \(columns)].")
      return elements[i * columns + j]
    }
    set {
      require(
        isIndex(i, j), "Index [\(i), \(j)] is outside of the shape [\(rows), \(columns)].")
      elements[i * columns + j] = newValue
    }
  }

  /// Whether there is an element at row `i` and column `j`.
  @inlinable
  public func isIndex(_ i: Int, _ j: Int) -> Bool {
    i >= 0 && i < rows && j >= 0 && j < columns
  }

  /// The elements of row `i`.
  public func row(_ i: Int) -> [Double] {
    require(i >= 0 && i < rows, "There is no row \(i) in the shape [\(rows), \(columns)].")
    return Array(elements[i * columns..<(i + 1) * columns])
  }

  /// The transposed matrix.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
    return result
  }

  /// The matrix product.
  ///
  /// - Precondition: `left.columns == right.rows`.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    var result = Matrix(rows: left.rows, columns: right.columns)
    left.withView { a in
      right.withView { b in result.withMutableView { c in gemm(a, b, into: c) } }
    }
    return result
  }

  /// Calls a closure with a view of the elements, valid during the call.
  public func withView<Result>(_ body: (MatrixView) throws -> Result) rethrows -> Result {
    try elements.withUnsafeBufferPointer { buffer in
      try body(MatrixView(buffer, rows: rows, columns: columns))
    }
  }

  /// Calls a closure with a mutable view of the elements, valid during the call.
  public mutating func withMutableView<Result>(
    _ body: (MutableMatrixView) throws -> Result
  ) rethrows -> Result {
    let (rows, columns) = (rows, columns)
    return try elements.withUnsafeMutableBufferPointer { buffer in
      try body(MutableMatrixView(buffer, rows: rows, columns: columns))
    }
  }
}
