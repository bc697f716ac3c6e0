import LinearAlgebra

/// A function applied to every element: an operation defined by `f`, `f′` and `f″` alone.
///
/// - Tangent: `ẏ = f′(x) ẋ`
/// - Reverse: `x̄ += f′(x) ȳ`
/// - Tangent of reverse: `x̄˙ += f′(x) ȳ˙ + f″(x) ẋ ȳ`
///
/// The derivatives also receive the value `y = f(x)`, which is often all they need. The compiler
/// specialises the loops for each function, in the package that defines it.
///
/// At an infinite derivative, a zero tangent contributes zero and a zero adjoint gives NaN: see
/// "Infinite derivatives" on the page of ``Autodiff``.
public protocol ElementwiseFunction: TapeOperation {
  /// The value `f(x)`.
  static func value<S: TapeScalar>(_ x: S) -> S
  /// The first derivative at `x`, where the value is `y`.
  static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S
  /// The second derivative at `x`, where the value is `y`.
  static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S
}

extension ElementwiseFunction {
  /// `y = f(x)`
  @inlinable
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (x, y) = (rule.input(0).pointer, rule.output)
    let target = y.pointer
    for i in 0..<y.count { target[i] = value(x[i]) }
  }

  /// `ẏ = f′(x) ẋ`
  @inlinable
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dx = rule.inputTangent(0)?.pointer else { return }
    let (x, y, dy) = (rule.input(0).pointer, rule.output.pointer, rule.outputTangent.pointer)
    for i in 0..<rule.output.count { dy[i] = moved(firstDerivative(x[i], y[i]), by: dx[i]) }
  }

  /// `x̄ += f′(x) ȳ`
  @inlinable
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let target = rule.adjoint(0) else { return }
    let (x, y, ybar) = (rule.input(0).pointer, rule.output.pointer, rule.outputAdjoint.pointer)
    let xbar = target.view.pointer
    let count = rule.output.count
    if target.isFirst {
      for i in 0..<count { xbar[i] = firstDerivative(x[i], y[i]) * ybar[i] }
    } else {
      for i in 0..<count { xbar[i] += firstDerivative(x[i], y[i]) * ybar[i] }
    }
  }

  /// `x̄˙ += f′(x) ȳ˙ + f″(x) ẋ ȳ`
  @inlinable
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let target = rule.adjointTangent(0), let dx = rule.inputTangent(0)?.pointer else {
      return
    }
    let (x, y, ybar) = (rule.input(0).pointer, rule.output.pointer, rule.outputAdjoint.pointer)
    let dybar = rule.outputAdjointTangent.pointer
    let dxbar = target.view.pointer
    let count = rule.output.count
    if target.isFirst {
      for i in 0..<count {
        dxbar[i] =
          moved(firstDerivative(x[i], y[i]), by: dybar[i])
          + bent(bent(secondDerivative(x[i], y[i]), dx[i]), ybar[i])
      }
    } else {
      for i in 0..<count {
        dxbar[i] +=
          moved(firstDerivative(x[i], y[i]), by: dybar[i])
          + bent(bent(secondDerivative(x[i], y[i]), dx[i]), ybar[i])
      }
    }
  }
}

extension Variable {
  /// Applies an elementwise function.
  public func map(_ function: any ElementwiseFunction.Type) -> Variable {
    tape.record(function, self, rows: rows, columns: columns)
  }
}
