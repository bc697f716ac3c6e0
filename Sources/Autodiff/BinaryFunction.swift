import LinearAlgebra
import Requirements

/// A function of two numbers, applied element by element with broadcasting.
///
/// A side of length 1 is repeated along the other operand's: the shapes `[m, n]`, `[m, 1]`,
/// `[1, n]` and `[1, 1]` can be combined. With `z = f(x, y)`:
///
/// - Tangent: `ż = f_x ẋ + f_y ẏ`
/// - Reverse: `x̄ += f_x z̄`, `ȳ += f_y z̄`, summed along repeated sides
/// - Tangent of reverse: `x̄˙ += f_x z̄˙ + (f_xx ẋ + f_xy ẏ) z̄`, and likewise for `y`
public protocol BinaryFunction: TapeOperation {
  /// The value `f(x, y)`.
  static func value<S: TapeScalar>(_ x: S, _ y: S) -> S
  /// The first derivatives `(f_x, f_y)`.
  static func firstDerivatives<S: TapeScalar>(_ x: S, _ y: S) -> (x: S, y: S)
  /// The second derivatives `(f_xx, f_xy, f_yy)`.
  static func secondDerivatives<S: TapeScalar>(_ x: S, _ y: S) -> (xx: S, xy: S, yy: S)
  /// The tangents of the first derivatives, `(f_xx ẋ + f_xy ẏ, f_xy ẋ + f_yy ẏ)`.
  ///
  /// By default they follow from the second derivatives. Implement this if the second derivatives
  /// overflow before the tangents do.
  static func secondDerivatives<S: TapeScalar>(
    _ x: S, _ y: S, along dx: S, _ dy: S
  ) -> (x: S, y: S)
}

/// An operand seen with the shape of the result: a step of zero repeats.
@usableFromInline
struct Broadcast<Scalar: TapeScalar> {
  @usableFromInline let pointer: UnsafePointer<Scalar>
  @usableFromInline let rowStep: Int
  @usableFromInline let columnStep: Int

  @inlinable
  init(_ view: MatrixViewOf<Scalar>, rows: Int, columns: Int) {
    pointer = view.pointer
    rowStep = view.rows == 1 && rows != 1 ? 0 : view.stride
    columnStep = view.columns == 1 && columns != 1 ? 0 : 1
  }

  @inlinable
  subscript(i: Int, j: Int) -> Scalar { pointer[i &* rowStep &+ j &* columnStep] }
}

extension BinaryFunction {
  /// From the second derivatives.
  @inlinable
  public static func secondDerivatives<S: TapeScalar>(
    _ x: S, _ y: S, along dx: S, _ dy: S
  ) -> (x: S, y: S) {
    let f = secondDerivatives(x, y)
    return (bent(f.xx, dx) + bent(f.xy, dy), bent(f.xy, dx) + bent(f.yy, dy))
  }

  /// `z = f(x, y)`
  @inlinable
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let z = rule.output
    let x = Broadcast(rule.input(0), rows: z.rows, columns: z.columns)
    let y = Broadcast(rule.input(1), rows: z.rows, columns: z.columns)
    if x.columnStep == 1 && y.columnStep == 1 {
      // the usual case, with steps known to the compiler
      for i in 0..<z.rows {
        let (a, b, c) = (x.pointer + i &* x.rowStep, y.pointer + i &* y.rowStep, z.row(i))
        for j in 0..<z.columns { c[j] = value(a[j], b[j]) }
      }
    } else {
      for i in 0..<z.rows { for j in 0..<z.columns { z[i, j] = value(x[i, j], y[i, j]) } }
    }
  }

  /// `ż = f_x ẋ + f_y ẏ`
  @inlinable
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let dz = rule.outputTangent
    let (m, n) = (dz.rows, dz.columns)
    let x = Broadcast(rule.input(0), rows: m, columns: n)
    let y = Broadcast(rule.input(1), rows: m, columns: n)
    let dx = rule.inputTangent(0).map { Broadcast($0, rows: m, columns: n) }
    let dy = rule.inputTangent(1).map { Broadcast($0, rows: m, columns: n) }
    for i in 0..<m {
      for j in 0..<n {
        let f = firstDerivatives(x[i, j], y[i, j])
        var sum: S = 0
        if let dx { sum += moved(f.x, by: dx[i, j]) }
        if let dy { sum += moved(f.y, by: dy[i, j]) }
        dz[i, j] = sum
      }
    }
  }

  /// `x̄ += f_x z̄`, `ȳ += f_y z̄`
  @inlinable
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    let zbar = rule.outputAdjoint
    let x = Broadcast(rule.input(0), rows: zbar.rows, columns: zbar.columns)
    let y = Broadcast(rule.input(1), rows: zbar.rows, columns: zbar.columns)
    if let target = rule.adjoint(0) {
      accumulate(target, zbar.rows, zbar.columns) { i, j in
        firstDerivatives(x[i, j], y[i, j]).x * zbar[i, j]
      }
    }
    if let target = rule.adjoint(1) {
      accumulate(target, zbar.rows, zbar.columns) { i, j in
        firstDerivatives(x[i, j], y[i, j]).y * zbar[i, j]
      }
    }
  }

  /// `x̄˙ += f_x z̄˙ + (f_xx ẋ + f_xy ẏ) z̄`, `ȳ˙ += f_y z̄˙ + (f_xy ẋ + f_yy ẏ) z̄`
  @inlinable
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (zbar, dzbar) = (rule.outputAdjoint, rule.outputAdjointTangent)
    let (m, n) = (zbar.rows, zbar.columns)
    let x = Broadcast(rule.input(0), rows: m, columns: n)
    let y = Broadcast(rule.input(1), rows: m, columns: n)
    let dx = rule.inputTangent(0).map { Broadcast($0, rows: m, columns: n) }
    let dy = rule.inputTangent(1).map { Broadcast($0, rows: m, columns: n) }
    if let target = rule.adjointTangent(0) {
      accumulate(target, m, n) { i, j in
        let turn = secondDerivatives(
          x[i, j], y[i, j], along: dx?[i, j] ?? 0, dy?[i, j] ?? 0
        ).x
        return moved(firstDerivatives(x[i, j], y[i, j]).x, by: dzbar[i, j])
          + bent(turn, zbar[i, j])
      }
    }
    if let target = rule.adjointTangent(1) {
      accumulate(target, m, n) { i, j in
        let turn = secondDerivatives(
          x[i, j], y[i, j], along: dx?[i, j] ?? 0, dy?[i, j] ?? 0
        ).y
        return moved(firstDerivatives(x[i, j], y[i, j]).y, by: dzbar[i, j])
          + bent(turn, zbar[i, j])
      }
    }
  }

  /// Adds the terms of an `m` by `n` result to an operand, summed along its repeated sides.
  @inlinable @inline(__always)
  static func accumulate<S: TapeScalar>(
    _ target: Accumulator<S>, _ m: Int, _ n: Int, _ term: (Int, Int) -> S
  ) {
    if target.view.rows == m && target.view.columns == n {
      for i in 0..<m { for j in 0..<n { target.add(term(i, j), i, j) } }
      return
    }
    let sum = target.cleared()
    let rowStep = sum.rows == 1 ? 0 : 1
    let columnStep = sum.columns == 1 ? 0 : 1
    for i in 0..<m { for j in 0..<n { sum[i &* rowStep, j &* columnStep] += term(i, j) } }
  }
}

extension Variable {
  /// Applies a function of two numbers, with broadcasting.
  ///
  /// - Precondition: the shapes can be broadcast together.
  public func combined(
    with other: Variable, by function: any BinaryFunction.Type
  ) -> Variable {
    func side(_ a: Int, _ b: Int) -> Int? { a == b || b == 1 ? a : (a == 1 ? b : nil) }
    guard let rows = side(rows, other.rows), let columns = side(columns, other.columns) else {
      requirementFailure(
        "\(function.name): the shapes [\(rows), \(columns)] and [\(other.rows), \(other.columns)] cannot be broadcast together."
      )
    }
    return tape.record(function, self, other, rows: rows, columns: columns)
  }
}
