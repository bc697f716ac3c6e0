import Requirements

/// An operand of a matrix product: a matrix, read as it is stored or transposed.
public protocol MatrixOperand<Scalar> {
  /// The type of the elements.
  associatedtype Scalar: MatrixScalar
  /// The matrix as it is stored.
  var stored: MatrixViewOf<Scalar> { get }
  /// Whether the operand is the transpose of what is stored.
  var isTransposed: Bool { get }
}

extension MatrixViewOf: MatrixOperand {
  /// The view itself.
  @inlinable
  public var stored: MatrixViewOf<Scalar> { self }
  /// Always false.
  @inlinable
  public var isTransposed: Bool { false }
}

extension MutableMatrixViewOf: MatrixOperand {
  /// The view, read only.
  @inlinable
  public var stored: MatrixViewOf<Scalar> { view }
  /// Always false.
  @inlinable
  public var isTransposed: Bool { false }
}

extension TransposedView: MatrixOperand {
  /// The matrix as it is stored.
  @inlinable
  public var stored: MatrixViewOf<Scalar> { base }
  /// Always true.
  @inlinable
  public var isTransposed: Bool { true }
}

extension MatrixOperand {
  /// The shape of the matrix that the operand stands for.
  @inlinable
  var shape: (rows: Int, columns: Int) {
    isTransposed ? (stored.columns, stored.rows) : (stored.rows, stored.columns)
  }
}

/// The matrix product `C = alpha A B + beta C`.
///
/// - Shapes: `A: [m, k]`, `B: [k, n]`, `C: [m, n]`; either factor may be `.transposed`.
/// - Edge cases: with `beta` 0, `C` is not read and may hold anything.
/// - Precondition: the shapes agree, and `C` overlaps neither factor.
/// - Complexity: `2 m k n` flop.
@inlinable
public func gemm<S: MatrixScalar>(
  _ a: some MatrixOperand<S>, _ b: some MatrixOperand<S>,
  alpha: S = 1, beta: S = 0, into c: MutableMatrixViewOf<S>
) {
  let ((m, k), (inner, n)) = (a.shape, b.shape)
  require(
    k == inner && c.rows == m && c.columns == n,
    "A product of the shapes [\(m), \(k)] and [\(inner), \(n)] does not fit into [\(c.rows), \(c.columns)]."
  )
  if m == 0 || n == 0 { return }
  if k == 0 {
    for i in 0..<m { for j in 0..<n { c[i, j] = beta == 0 ? 0 : beta * c[i, j] } }
    return
  }
  multiplyInBands(
    a.stored, isTransposed: a.isTransposed, b.stored, isTransposed: b.isTransposed, alpha: alpha,
    beta: beta, into: c)
}

/// The sum with a matrix product, `C += A B`.
@inlinable
public func gemm<S: MatrixScalar>(
  _ a: some MatrixOperand<S>, _ b: some MatrixOperand<S>, addingTo c: MutableMatrixViewOf<S>
) {
  gemm(a, b, beta: 1, into: c)
}

/// The side of a triangular matrix in a system.
public enum TriangularSide: Int, Sendable {
  /// `L Z = B`.
  case left
  /// `Z Lᵀ = B`: every row of `B` is a right-hand side.
  case rightTransposed
}

/// Solves a triangular system in place: `L Z = B` or `Z Lᵀ = B`.
///
/// - Parameters:
///   - l: `[k, k]`; only the lower triangle is read.
///   - side: the side of the triangular matrix.
///   - adjoint: solve with the adjoint map instead, `Lᵀ Z = B` or `Z L = B`.
///   - b: `[k, m]` (left) or `[m, k]` (right): the right-hand sides, overwritten by the solution.
/// - Edge cases: a zero on the diagonal gives infinities or NaN.
/// - Complexity: `k² m` flop.
@inlinable
public func solveTriangular<S: MatrixScalar>(
  _ l: MatrixViewOf<S>, side: TriangularSide, adjoint: Bool = false,
  inPlace b: MutableMatrixViewOf<S>
) {
  let k = side == .left ? b.rows : b.columns
  require(
    l.rows == k && l.columns == k,
    "A triangular matrix of shape [\(l.rows), \(l.columns)] does not fit [\(b.rows), \(b.columns)]."
  )
  if b.count > 0 { S.solveTriangular(l, side: side, adjoint: adjoint, inPlace: b) }
}

/// Factors a symmetric positive definite matrix, `A = L Lᵀ`, in place.
///
/// - Parameter a: `[n, n]`; its lower triangle is read and becomes `L`, the upper one becomes zero.
/// - Returns: 0, or the one-based order of the leading minor that is not positive (or NaN).
/// - Complexity: `n³ / 3` flop.
/// - Source: LAPACK `dpotrf`.
@inlinable
public func factorCholesky<S: MatrixScalar>(inPlace a: MutableMatrixViewOf<S>) -> Int {
  require(
    a.rows == a.columns, "Cholesky needs a square matrix, not [\(a.rows), \(a.columns)].")
  if a.rows == 0 { return 0 }
  let info = S.factorCholesky(a)
  for i in 0..<a.rows { for j in (i + 1)..<max(i + 1, a.columns) { a[i, j] = 0 } }
  // OpenBLAS takes the root of NaN without reporting it
  return info != 0 ? info : ((0..<a.rows).first { !(a[$0, $0] > 0) } ?? -1) + 1
}

/// Solves `A x = b` for a symmetric positive definite `A`, in place.
///
/// - Parameters:
///   - a: `[n, n]`, overwritten by its factor.
///   - b: `[n, m]`: right-hand sides, overwritten by the solutions.
/// - Returns: Whether `A` was positive definite; if it was not, `b` is unchanged.
/// - Complexity: `n³ / 3 + 2 n² m` flop.
public func solvePositiveDefinite(_ a: MutableMatrixView, inPlace b: MutableMatrixView) -> Bool {
  guard factorCholesky(inPlace: a) == 0 else { return false }
  solveTriangular(a.view, side: .left, inPlace: b)
  solveTriangular(a.view, side: .left, adjoint: true, inPlace: b)
  return true
}
