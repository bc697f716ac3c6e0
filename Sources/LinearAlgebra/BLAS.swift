// The products and triangular systems of OpenBLAS; LAPACK.swift holds the calls into LAPACKE, and
// KernelSelection.swift chooses the kernels behind them.

internal import COpenBLAS
import Requirements

/// An operand of a matrix product: a matrix, read as it is stored or transposed.
public protocol MatrixOperand {
  /// The matrix as it is stored.
  var stored: MatrixView { get }
  /// Whether the operand is the transpose of what is stored.
  var isTransposed: Bool { get }
}

extension MatrixView: MatrixOperand {
  /// The view itself.
  public var stored: MatrixView { self }
  /// Always false.
  public var isTransposed: Bool { false }
}

extension MutableMatrixView: MatrixOperand {
  /// The view, read only.
  public var stored: MatrixView { view }
  /// Always false.
  public var isTransposed: Bool { false }
}

extension TransposedView: MatrixOperand {
  /// The matrix as it is stored.
  public var stored: MatrixView { base }
  /// Always true.
  public var isTransposed: Bool { true }
}

/// The matrix product `C = alpha A B + beta C`.
///
/// - Shapes: `A: [m, k]`, `B: [k, n]`, `C: [m, n]`; either factor may be `.transposed`.
/// - Edge cases: with `beta` 0, `C` is not read and may hold anything.
/// - Precondition: the shapes agree, and `C` overlaps neither factor.
/// - Complexity: `2 m k n` flop.
public func gemm(
  _ a: some MatrixOperand, _ b: some MatrixOperand,
  alpha: Double = 1, beta: Double = 0, into c: MutableMatrixView
) {
  let (m, k) = shape(a)
  let (inner, n) = shape(b)
  require(
    k == inner && c.rows == m && c.columns == n,
    "A product of the shapes [\(m), \(k)] and [\(inner), \(n)] does not fit into [\(c.rows), \(c.columns)]."
  )
  if m == 0 || n == 0 { return }
  if k == 0 {
    for i in 0..<m { for j in 0..<n { c[i, j] = beta == 0 ? 0 : beta * c[i, j] } }
    return
  }
  BLAS.prepare()
  cblas_dgemm(
    CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
    b.isTransposed ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), alpha, a.stored.pointer, blasint(max(1, a.stored.stride)),
    b.stored.pointer, blasint(max(1, b.stored.stride)), beta, c.pointer, blasint(max(1, c.stride)))
}

/// The sum with a matrix product, `C += A B`.
public func gemm(
  _ a: some MatrixOperand, _ b: some MatrixOperand, addingTo c: MutableMatrixView
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
public func solveTriangular(
  _ l: MatrixView, side: TriangularSide, adjoint: Bool = false, inPlace b: MutableMatrixView
) {
  let k = side == .left ? b.rows : b.columns
  require(
    l.rows == k && l.columns == k,
    "A triangular matrix of shape [\(l.rows), \(l.columns)] does not fit [\(b.rows), \(b.columns)]."
  )
  if b.count == 0 { return }
  BLAS.prepare()
  let transposed = (side == .left) == adjoint
  cblas_dtrsm(
    CblasRowMajor, side == .left ? CblasLeft : CblasRight, CblasLower,
    transposed ? CblasTrans : CblasNoTrans, CblasNonUnit, blasint(b.rows), blasint(b.columns),
    1, l.pointer, blasint(l.stride), b.pointer, blasint(b.stride))
}

/// Information about the BLAS of this process.
public enum BLAS {
  /// The name of the processor family whose kernels OpenBLAS uses.
  ///
  /// Rounding differs between families. To resume with bit-identical results, a run needs the same
  /// one.
  public static var coreName: String { selection.kernels }

  /// The version and build options of OpenBLAS, and the kernels in use.
  public static var configuration: String {
    prepare()
    return String(cString: openblas_get_config())
  }

  /// The number of threads that OpenBLAS would use by itself: 1.
  public static var threadCount: Int {
    prepare()
    return Int(openblas_get_num_threads())
  }

  /// Called before every use: selects the right kernels and makes OpenBLAS run in the calling
  /// thread, because the package runs tasks in parallel instead.
  @inline(__always)
  static func prepare() { _ = isPrepared }

  private static let isPrepared: Void = { _ = selection }()
}

private func shape(_ operand: some MatrixOperand) -> (Int, Int) {
  let stored = operand.stored
  return operand.isTransposed ? (stored.columns, stored.rows) : (stored.rows, stored.columns)
}
