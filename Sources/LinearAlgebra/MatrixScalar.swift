internal import COpenBLAS

/// The type of the elements of a matrix: `Double` or `Float`.
///
/// The routines of OpenBLAS and LAPACKE are members, so that code that is written once runs in both
/// precisions. ``gemm(_:_:alpha:beta:into:)``, ``solveTriangular(_:side:adjoint:inPlace:)`` and
/// ``factorCholesky(inPlace:)`` check shapes and call them.
public protocol MatrixScalar: BinaryFloatingPoint, BitwiseCopyable, Codable, SIMDScalar, Sendable {
  /// The number in double precision.
  var inDouble: Double { get }

  /// `C = alpha A B + beta C`, for shapes that agree and are not empty.
  static func multiply(
    _ a: MatrixViewOf<Self>, isTransposed: Bool, _ b: MatrixViewOf<Self>,
    isTransposed: Bool, alpha: Self, beta: Self, into c: MutableMatrixViewOf<Self>)
  /// Solves a triangular system of shapes that agree and are not empty.
  static func solveTriangular(
    _ l: MatrixViewOf<Self>, side: TriangularSide, adjoint: Bool,
    inPlace b: MutableMatrixViewOf<Self>)
  /// The Cholesky factor of a matrix that is not empty, in its lower triangle; what LAPACK returns.
  static func factorCholesky(_ a: MutableMatrixViewOf<Self>) -> Int
}

extension Double: MatrixScalar {
  /// The number itself.
  @inlinable
  public var inDouble: Double { self }

  /// `cblas_dgemm`
  public static func multiply(
    _ a: MatrixView, isTransposed aTransposed: Bool, _ b: MatrixView,
    isTransposed bTransposed: Bool, alpha: Double, beta: Double, into c: MutableMatrixView
  ) {
    BLAS.prepare()
    cblas_dgemm(
      CblasRowMajor, order(aTransposed), order(bTransposed), blasint(c.rows), blasint(c.columns),
      blasint(aTransposed ? a.rows : a.columns), alpha, a.pointer, step(a.stride), b.pointer,
      step(b.stride), beta, c.pointer, step(c.stride))
  }

  /// `cblas_dtrsm`
  public static func solveTriangular(
    _ l: MatrixView, side: TriangularSide, adjoint: Bool, inPlace b: MutableMatrixView
  ) {
    BLAS.prepare()
    cblas_dtrsm(
      CblasRowMajor, side == .left ? CblasLeft : CblasRight, CblasLower,
      order((side == .left) == adjoint), CblasNonUnit, blasint(b.rows), blasint(b.columns), 1,
      l.pointer, blasint(l.stride), b.pointer, blasint(b.stride))
  }

  /// `LAPACKE_dpotrf`
  public static func factorCholesky(_ a: MutableMatrixView) -> Int {
    BLAS.prepare()
    // in column-major order the lower triangle is the upper one: LAPACKE then copies nothing
    return Int(
      LAPACKE_dpotrf_work(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), Int32(a.rows), a.pointer, Int32(a.stride)))
  }
}

extension Float: MatrixScalar {
  /// The number in double precision.
  @inlinable
  public var inDouble: Double { Double(self) }

  /// `cblas_sgemm`
  public static func multiply(
    _ a: MatrixViewOf<Float>, isTransposed aTransposed: Bool, _ b: MatrixViewOf<Float>,
    isTransposed bTransposed: Bool, alpha: Float, beta: Float, into c: MutableMatrixViewOf<Float>
  ) {
    BLAS.prepare()
    cblas_sgemm(
      CblasRowMajor, order(aTransposed), order(bTransposed), blasint(c.rows), blasint(c.columns),
      blasint(aTransposed ? a.rows : a.columns), alpha, a.pointer, step(a.stride), b.pointer,
      step(b.stride), beta, c.pointer, step(c.stride))
  }

  /// `cblas_strsm`
  public static func solveTriangular(
    _ l: MatrixViewOf<Float>, side: TriangularSide, adjoint: Bool,
    inPlace b: MutableMatrixViewOf<Float>
  ) {
    BLAS.prepare()
    cblas_strsm(
      CblasRowMajor, side == .left ? CblasLeft : CblasRight, CblasLower,
      order((side == .left) == adjoint), CblasNonUnit, blasint(b.rows), blasint(b.columns), 1,
      l.pointer, blasint(l.stride), b.pointer, blasint(b.stride))
  }

  /// `LAPACKE_spotrf`
  public static func factorCholesky(_ a: MutableMatrixViewOf<Float>) -> Int {
    BLAS.prepare()
    return Int(
      LAPACKE_spotrf_work(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), Int32(a.rows), a.pointer, Int32(a.stride)))
  }
}

private func order(_ isTransposed: Bool) -> CBLAS_TRANSPOSE {
  isTransposed ? CblasTrans : CblasNoTrans
}

/// The stride of a view as BLAS wants it, which is 1 at least.
private func step(_ stride: Int) -> blasint { blasint(max(1, stride)) }
