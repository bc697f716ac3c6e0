// OpenBLAS's kernels for AVX-512 multiply small matrices as they are stored, without first copying them
// into the order of the kernel. They do so up to a million multiplications a product, for every order of
// the factors but A Bᵀ. A policy's products are a few times as large. So they are divided into bands.

/// How a product is divided into parts that OpenBLAS multiplies without copies.
@usableFromInline
enum ProductBands {
  /// The largest number of multiplications of a product without copies.
  @usableFromInline static let largestProduct = 1_000_000
  /// The fewest rows of a band; wider matrices gain more from the copies.
  @usableFromInline static let leastRows = 50

  /// Whether products of `area` multiplications a row are fastest without copies.
  @inlinable
  static func areWorthwhile(area: Int) -> Bool {
    area > 0 && area &* leastRows <= largestProduct && BLAS.hasKernelsForSmallProducts
  }

  /// The rows of a band for parts of `area` multiplications a row; nil if the product stays whole.
  @inlinable
  static func rows(area: Int, of rows: Int) -> Int? {
    guard areWorthwhile(area: area), area &* rows > largestProduct else { return nil }
    return largestProduct / area
  }
}

/// Multiplies in bands where that is faster, else at once.
///
/// The bands are rows of `C`; for `Aᵀ B` they are parts of the sum.
@inlinable
func multiplyInBands<S: MatrixScalar>(
  _ a: MatrixViewOf<S>, isTransposed aTransposed: Bool, _ b: MatrixViewOf<S>,
  isTransposed bTransposed: Bool, alpha: S, beta: S, into c: MutableMatrixViewOf<S>
) {
  guard !bTransposed,
    let band = ProductBands.rows(area: b.columns &* a.columns, of: a.rows)
  else {
    return S.multiply(
      a, isTransposed: aTransposed, b, isTransposed: bTransposed, alpha: alpha, beta: beta, into: c)
  }
  var start = 0
  while start < a.rows {
    let range = start..<min(start &+ band, a.rows)
    S.multiply(
      a.rows(range), isTransposed: aTransposed, aTransposed ? b.rows(range) : b,
      isTransposed: false, alpha: alpha, beta: aTransposed && start > 0 ? 1 : beta,
      into: aTransposed ? c : c.rows(range))
    start = range.upperBound
  }
}

/// A factor of a matrix product that was prepared for it.
public struct PreparedOperand<Scalar: MatrixScalar>: MatrixOperand {
  /// The matrix as it is stored.
  public let stored: MatrixViewOf<Scalar>
  /// Whether the operand is the transpose of what is stored.
  public let isTransposed: Bool

  /// The transpose of `b`, as the second factor of `A Bᵀ`: copied where OpenBLAS multiplies `A B` faster,
  /// and else as it is.
  ///
  /// - Parameters:
  ///   - b: the matrix.
  ///   - rows: the rows of `A`.
  ///   - scratch: makes memory for the copy, of the shape of `Bᵀ`; called at most once.
  @inlinable
  public init(
    transposing b: MatrixViewOf<Scalar>, rows: Int,
    scratch: (_ rows: Int, _ columns: Int) -> MutableMatrixViewOf<Scalar>
  ) {
    guard rows >= ProductBands.leastRows, ProductBands.areWorthwhile(area: b.count) else {
      (stored, isTransposed) = (b, true)
      return
    }
    let copy = scratch(b.columns, b.rows)
    transpose(b, into: copy)
    (stored, isTransposed) = (copy.view, false)
  }
}

/// Writes the transpose of a matrix, eight columns at a time.
@inlinable
func transpose<S: MatrixScalar>(_ a: MatrixViewOf<S>, into t: MutableMatrixViewOf<S>) {
  let tile = 8
  for first in stride(from: 0, to: a.columns, by: tile) {
    let columns = first..<min(first &+ tile, a.columns)
    for i in 0..<a.rows {
      let row = a.row(i)
      for j in columns { t.pointer[j &* t.stride &+ i] = row[j] }
    }
  }
}
