import LinearAlgebra
import Requirements

/// The same elements, row by row, in another shape.
public enum Reshape: LinearOperation {
  /// Copies the elements.
  public static func apply<S: TapeScalar>(
    _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
  ) {
    y.pointer.update(from: x.pointer, count: y.count)
  }

  /// Adds the elements.
  public static func addAdjoint<S: TapeScalar>(
    _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    let xbar = x.cleared()
    for i in 0..<xbar.count { xbar.pointer[i] += ybar.pointer[i] }
  }
}

extension Variable {
  /// The same elements, row by row, in another shape.
  ///
  /// - Precondition: the number of elements is the same.
  public func reshaped(rows: Int, columns: Int) -> Variable {
    require(
      rows * columns == self.rows * self.columns,
      "The shape [\(self.rows), \(self.columns)] does not have the elements of [\(rows), \(columns)]."
    )
    return tape.record(Reshape.self, self, rows: rows, columns: columns)
  }
}
