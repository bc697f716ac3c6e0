import LinearAlgebra
import Requirements

/// A rectangular part of a matrix; the adjoint adds to that part.
///
/// Shapes: `X: [m, n]`, `Y` a part of it.
public enum Slice: LinearOperation {
  /// `Y = X[part]`
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    let (row, column) = (rule.integers[0], rule.integers[1])
    for i in 0..<y.rows { for j in 0..<y.columns { y[i, j] = x[row + i, column + j] } }
  }

  /// `X̄[part] += Ȳ`
  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    let (row, column) = (rule.integers[0], rule.integers[1])
    let xbar = x.cleared()
    for i in 0..<ybar.rows { for j in 0..<ybar.columns { xbar[row + i, column + j] += ybar[i, j] } }
  }
}

extension Variable {
  /// The rows of a range.
  public func rows(_ range: Range<Int>) -> Variable { slice(rows: range, columns: 0..<columns) }

  /// The columns of a range.
  public func columns(_ range: Range<Int>) -> Variable { slice(rows: 0..<rows, columns: range) }

  /// The part of given rows and columns.
  ///
  /// - Precondition: the ranges are within the shape.
  public func slice(rows: Range<Int>, columns: Range<Int>) -> Variable {
    require(
      rows.lowerBound >= 0 && rows.upperBound <= self.rows && columns.lowerBound >= 0
        && columns.upperBound <= self.columns,
      "The slice [\(rows), \(columns)] is outside of the shape [\(self.rows), \(self.columns)].")
    return tape.record(
      Slice.self, self, rows: rows.count, columns: columns.count,
      attributes: Attributes(integers: SIMD2(rows.lowerBound, columns.lowerBound)))
  }
}
