internal import COpenBLAS

// The same routines of OpenBLAS as elsewhere, but without selecting kernels first.

extension KernelCheck.Routines<Double> {
  static var openBLAS: Self {
    Self(
      product: { m, n, k, alpha, a, b, beta, c, stride in
        cblas_dgemm(
          CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
          b.isTransposed ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), alpha,
          a.start, blasint(a.stride), b.start, blasint(b.stride), beta, c, blasint(stride))
      },
      solve: { isLeft, m, n, l, b, stride in
        cblas_dtrsm(
          CblasRowMajor, isLeft ? CblasLeft : CblasRight, CblasLower,
          l.isTransposed ? CblasTrans : CblasNoTrans, CblasNonUnit, blasint(m), blasint(n), 1,
          l.start, blasint(l.stride), b, blasint(stride))
      },
      factor: { n, a, stride in
        Int(
          LAPACKE_dpotrf_work(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), Int32(n), a, Int32(stride)))
      })
  }
}

extension KernelCheck.Routines<Float> {
  static var openBLAS: Self {
    Self(
      product: { m, n, k, alpha, a, b, beta, c, stride in
        cblas_sgemm(
          CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
          b.isTransposed ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), alpha,
          a.start, blasint(a.stride), b.start, blasint(b.stride), beta, c, blasint(stride))
      },
      solve: { isLeft, m, n, l, b, stride in
        cblas_strsm(
          CblasRowMajor, isLeft ? CblasLeft : CblasRight, CblasLower,
          l.isTransposed ? CblasTrans : CblasNoTrans, CblasNonUnit, blasint(m), blasint(n), 1,
          l.start, blasint(l.stride), b, blasint(stride))
      },
      factor: { n, a, stride in
        Int(
          LAPACKE_spotrf_work(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), Int32(n), a, Int32(stride)))
      })
  }
}
