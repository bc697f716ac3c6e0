internal import COpenBLAS
import Requirements

/// Factors a symmetric positive definite matrix, `A = L Lᵀ`, in place.
///
/// - Parameter a: `[n, n]`; its lower triangle is read and becomes `L`, the upper one becomes zero.
/// - Returns: 0, or the one-based order of the leading minor that is not positive (or NaN).
/// - Complexity: `n³ / 3` flop.
/// - Source: LAPACK `dpotrf`.
public func factorCholesky(inPlace a: MutableMatrixView) -> Int {
  require(
    a.rows == a.columns, "Cholesky needs a square matrix, not [\(a.rows), \(a.columns)].")
  if a.rows == 0 { return 0 }
  BLAS.prepare()
  // in column-major order the lower triangle is the upper one: LAPACKE then copies nothing
  let info = LAPACKE_dpotrf_work(
    LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), Int32(a.rows), a.pointer, Int32(a.stride))
  for i in 0..<a.rows { for j in (i + 1)..<max(i + 1, a.columns) { a[i, j] = 0 } }
  // OpenBLAS takes the root of NaN without reporting it
  return info != 0 ? Int(info) : ((0..<a.rows).first { !(a[$0, $0] > 0) } ?? -1) + 1
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
