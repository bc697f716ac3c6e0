import LinearAlgebra
import Requirements

/// One of two operands, element by element: `z = c ? x : y`, with broadcasting.
///
/// Shapes: as in a ``BinaryFunction``; the mask `c` has the shape of the result.
///
/// - Tangent: `ż = c ? ẋ : ẏ`
/// - Reverse: `x̄ += c ? z̄ : 0`, `ȳ += c ? 0 : z̄`, summed along repeated sides
/// - Tangent of reverse: the same with `z̄˙`
///
/// The operand that is not chosen contributes nothing, even if it is NaN or infinite, because it is
/// not multiplied by zero. But the operations before it receive a zero adjoint, which an infinite
/// derivative turns into NaN. So select the *argument* as well (`Docs/Tour.md`, "Kinks, infinities
/// and NaN", has an example). The mask has no derivative.
public enum Select: TapeOperation {
  /// `z = c ? x : y`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    choose(rule.input(1), rule.input(2), rule.output, rule)
  }

  /// `ż = c ? ẋ : ẏ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    choose(rule.inputTangent(1), rule.inputTangent(2), rule.outputTangent, rule)
  }

  /// `x̄ += c ? z̄ : 0`, `ȳ += c ? 0 : z̄`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let x = rule.adjoint(1) { add(rule.outputAdjoint, where: true, to: x, rule) }
    if let y = rule.adjoint(2) { add(rule.outputAdjoint, where: false, to: y, rule) }
  }

  /// `x̄˙ += c ? z̄˙ : 0`, `ȳ˙ += c ? 0 : z̄˙`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let x = rule.adjointTangent(1) { add(rule.outputAdjointTangent, where: true, to: x, rule) }
    if let y = rule.adjointTangent(2) { add(rule.outputAdjointTangent, where: false, to: y, rule) }
  }

  /// Writes the chosen elements; an operand that is absent is zero.
  private static func choose<S: TapeScalar>(
    _ x: MatrixViewOf<S>?, _ y: MatrixViewOf<S>?, _ z: MutableMatrixViewOf<S>,
    _ rule: RuleContext<S>
  ) {
    let mask = rule.input(0)
    let x = x.map { Broadcast($0, rows: z.rows, columns: z.columns) }
    let y = y.map { Broadcast($0, rows: z.rows, columns: z.columns) }
    for i in 0..<z.rows {
      for j in 0..<z.columns { z[i, j] = (mask[i, j] != 0 ? x?[i, j] : y?[i, j]) ?? 0 }
    }
  }

  /// Adds the elements of one choice, summed along repeated sides.
  private static func add<S: TapeScalar>(
    _ zbar: MutableMatrixViewOf<S>, where choice: Bool, to target: Accumulator<S>,
    _ rule: RuleContext<S>
  ) {
    let (mask, sum) = (rule.input(0), target.cleared())
    let rowStep = sum.rows == 1 ? 0 : 1
    let columnStep = sum.columns == 1 ? 0 : 1
    for i in 0..<zbar.rows {
      for j in 0..<zbar.columns where (mask[i, j] != 0) == choice {
        sum[i * rowStep, j * columnStep] += zbar[i, j]
      }
    }
  }
}

/// The elements of `x` where the mask is not zero, and those of `y` elsewhere, with broadcasting.
///
/// - Parameters:
///   - mask: a constant of the shape of the result, such as one of ``Variable/mask(_:)``.
///   - x: the elements where the mask is not zero.
///   - y: the elements where it is zero.
/// - Returns: a variable of the shape of the mask.
public func select(_ mask: Variable, _ x: Variable, _ y: Variable) -> Variable {
  func side(_ a: Int, _ b: Int, _ c: Int) -> Bool { (a == c || a == 1) && (b == c || b == 1) }
  require(
    !mask.isActive && side(x.rows, y.rows, mask.rows) && side(x.columns, y.columns, mask.columns),
    "Select needs a constant mask of the shape of the result: the shapes [\(mask.rows), \(mask.columns)], [\(x.rows), \(x.columns)] and [\(y.rows), \(y.columns)] do not match."
  )
  return mask.tape.record(Select.self, mask, x, y, rows: mask.rows, columns: mask.columns)
}

extension Variable {
  /// A constant that is 1 where a condition holds for an element, and 0 elsewhere.
  public func mask(_ condition: (Double) -> Bool) -> Variable {
    tape.constant(
      Matrix(rows: rows, columns: columns, elements: view.elements.map { condition($0) ? 1 : 0 }))
  }
}
