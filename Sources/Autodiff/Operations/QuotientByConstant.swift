import LinearAlgebra

/// The elementwise quotient `y = x / c` by a constant number `c`: a linear map whose adjoint is the
/// same division.
///
/// Like Swift's division it is correctly rounded: `c / c` is 1. Division by zero gives infinities,
/// or NaN where `x`, its tangent or the adjoint is zero.
public enum QuotientByConstant: LinearOperation {
  /// `y = x / c`
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    let (c, x, y, count) = (rule.scalars[0], x.pointer, y.pointer, y.count)
    for i in 0..<count { y[i] = x[i] / c }
  }

  /// `x̄ += ȳ / c`
  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    let (c, ybar, xbar) = (rule.scalars[0], ybar.pointer, x.cleared())
    for i in 0..<xbar.count { xbar.pointer[i] += ybar[i] / c }
  }
}

extension Variable {
  /// The quotient by a constant number.
  public static func / (x: Variable, c: Double) -> Variable {
    x.tape.record(
      QuotientByConstant.self, x, rows: x.rows, columns: x.columns,
      attributes: Attributes(scalars: SIMD2(c, 0)))
  }
}
