import Autodiff
import RandomNumbers
import Testing

/// The checker must find wrong rules: each test breaks one rule of an operation that is right
/// otherwise.
@Suite("The checker finds wrong rules")
struct WrongRuleTests {
  private func check(
    _ layout: [(name: String, rows: Int, columns: Int)] = [("x", 2, 3)],
    _ body: @escaping (Tape) -> Variable
  ) -> DerivativeCheck {
    let function = DifferentiableFunction(ParameterLayout(layout), body)
    var stream = RandomStream(seed: 1, purpose: .other)
    let count = function.layout.count
    return function.check(
      at: stream.normals(count), direction: stream.normals(count), other: stream.normals(count))
  }

  @Test("a correct operation passes")
  func correct() {
    let result = check { $0.parameter("x").map(CubeRule.self) }
    #expect(result.passes(), "\(result)")
  }

  @Test("a wrong first derivative")
  func firstDerivative() {
    enum Wrong: ElementwiseFunction {
      static func value<S: TapeScalar>(_ x: S) -> S { x * x * x }
      static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 2 * x * x }
      static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 4 * x }
    }
    let result = check { $0.parameter("x").map(Wrong.self) }
    #expect(!result.passes())
    // the wrong derivatives agree with each other: only the differences see it
    #expect(result.gradientError > 1e-3 && result.tangentError > 1e-3)
    #expect(result.adjointError < 1e-12 && result.symmetryError < 1e-12)
  }

  @Test("a wrong second derivative alone")
  func secondDerivative() {
    enum Wrong: ElementwiseFunction {
      static func value<S: TapeScalar>(_ x: S) -> S { x * x * x }
      static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 3 * x * x }
      static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 3 * x }
    }
    let result = check { $0.parameter("x").map(Wrong.self) }
    #expect(!result.passes())
    #expect(result.secondOrderError > 1e-3)
    #expect(result.gradientError < 1e-8 && result.tangentError < 1e-8)
  }

  @Test("a wrong tangent alone")
  func tangent() {
    enum Wrong: TapeOperation {
      static func forward<S: TapeScalar>(_ rule: RuleContext<S>) { CubeRule.forward(rule) }
      static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
        CubeRule.tangent(rule)
        rule.outputTangent[0, 0] *= 1.001
      }
      static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) { CubeRule.reverse(rule) }
      static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
        CubeRule.reverseTangent(rule)
      }
    }
    let result = check { record(Wrong.self, $0.parameter("x")) }
    #expect(!result.passes())
    #expect(result.tangentError > 1e-6 && result.adjointError > 1e-6)
    #expect(result.gradientError < 1e-8 && result.secondOrderError < 1e-6)
  }

  @Test("a wrong reverse rule alone")
  func reverse() {
    enum Wrong: TapeOperation {
      static func forward<S: TapeScalar>(_ rule: RuleContext<S>) { CubeRule.forward(rule) }
      static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) { CubeRule.tangent(rule) }
      static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
        CubeRule.reverse(rule)
        if let x = rule.adjoint(0) { x.view[1, 2] *= 1.001 }
      }
      static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
        CubeRule.reverseTangent(rule)
      }
    }
    let result = check { record(Wrong.self, $0.parameter("x")) }
    #expect(!result.passes())
    #expect(result.gradientError > 1e-6 && result.adjointError > 1e-6)
    #expect(result.tangentError < 1e-8)
  }

  @Test("a reverse tangent rule that forgets a term")
  func reverseTangent() {
    /// The product of two operands, whose `reverseTangent` leaves out `x̄˙ += ẏ z̄`.
    enum Wrong: TapeOperation {
      static func forward<S: TapeScalar>(_ rule: RuleContext<S>) { Multiplication.forward(rule) }
      static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) { Multiplication.tangent(rule) }
      static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) { Multiplication.reverse(rule) }
      static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
        let dzbar = rule.outputAdjointTangent
        for k in 0..<2 {
          guard let target = rule.adjointTangent(k) else { continue }
          let other = rule.input(1 - k)
          for i in 0..<dzbar.rows {
            for j in 0..<dzbar.columns {
              let moved = k == 0 ? 0 : (rule.inputTangent(0)?[i, j] ?? 0)
              target.add(other[i, j] * dzbar[i, j] + moved * rule.outputAdjoint[i, j], i, j)
            }
          }
        }
      }
    }
    let result = check([("x", 2, 3), ("y", 2, 3)]) { tape in
      tape.record(Wrong.self, tape.parameter("x"), tape.parameter("y"), rows: 2, columns: 3)
    }
    #expect(!result.passes())
    #expect(result.secondOrderError > 1e-3 && result.symmetryError > 1e-6)
    #expect(result.gradientError < 1e-8 && result.adjointError < 1e-12)
  }

  @Test("a sum along a repeated side that is missing")
  func broadcast() {
    /// The sum of a matrix and a row, whose row gets the adjoint of the last row alone.
    enum Wrong: TapeOperation {
      static func forward<S: TapeScalar>(_ rule: RuleContext<S>) { Addition.forward(rule) }
      static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) { Addition.tangent(rule) }
      static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
        add(rule.outputAdjoint, rule.adjoint(0), rule.adjoint(1))
      }
      static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
        add(rule.outputAdjointTangent, rule.adjointTangent(0), rule.adjointTangent(1))
      }
      static func add<S: TapeScalar>(
        _ zbar: MutableMatrixViewOf<S>, _ x: Accumulator<S>?, _ y: Accumulator<S>?
      ) {
        for j in 0..<zbar.columns {
          for i in 0..<zbar.rows { x?.add(zbar[i, j], i, j) }
          y?.add(zbar[zbar.rows - 1, j], 0, j)
        }
      }
    }
    let result = check([("x", 2, 3), ("y", 1, 3)]) { tape in
      tape.record(Wrong.self, tape.parameter("x"), tape.parameter("y"), rows: 2, columns: 3)
    }
    #expect(!result.passes())
    #expect(result.gradientError > 1e-3 && result.adjointError > 1e-3)
    #expect(result.tangentError < 1e-8)
  }

  @Test("NaN in any of the errors fails the check")
  func nan() {
    #expect(!check { log(-square($0.parameter("x"))) }.passes())
  }
}

/// The cube, right in all four rules.
enum CubeRule: ElementwiseFunction {
  static func value<S: TapeScalar>(_ x: S) -> S { x * x * x }
  static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 3 * x * x }
  static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 6 * x }
}

private func record(_ operation: any TapeOperation.Type, _ x: Variable) -> Variable {
  x.tape.record(operation, x, rows: x.rows, columns: x.columns)
}
