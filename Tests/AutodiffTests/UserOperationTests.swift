import Autodiff
import RandomNumbers
import Testing

/// Operations defined outside of the package's modules, with the public interface alone.
@Suite("Operations of one's own")
struct UserOperationTests {
  /// The function `x e^x`.
  enum ProductLog: ElementwiseFunction {
    static func value<S: TapeScalar>(_ x: S) -> S { x * S.exp(x) }
    static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { S.exp(x) + y }
    static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 2 * S.exp(x) + y }
  }

  /// The function `√(x² + y²)`.
  enum Hypotenuse: BinaryFunction {
    static func value<S: TapeScalar>(_ x: S, _ y: S) -> S { (x * x + y * y).squareRoot() }
    static func firstDerivatives<S: TapeScalar>(_ x: S, _ y: S) -> (x: S, y: S) {
      (x / value(x, y), y / value(x, y))
    }
    static func secondDerivatives<S: TapeScalar>(
      _ x: S, _ y: S
    ) -> (xx: S, xy: S, yy: S) {
      let z = value(x, y)
      return (y * y / (z * z * z), -x * y / (z * z * z), x * x / (z * z * z))
    }
  }

  /// The differences of neighbouring columns.
  enum Differences: LinearOperation {
    static func apply<S: TapeScalar>(
      _ x: MatrixViewOf<S>, into y: MutableMatrixViewOf<S>, _ rule: RuleContext<S>
    ) {
      for i in 0..<y.rows { for j in 0..<y.columns { y[i, j] = x[i, j + 1] - x[i, j] } }
    }
    static func addAdjoint<S: TapeScalar>(
      _ ybar: MatrixViewOf<S>, to x: Accumulator<S>, _ rule: RuleContext<S>
    ) {
      let xbar = x.cleared()
      for i in 0..<ybar.rows {
        for j in 0..<ybar.columns {
          xbar[i, j + 1] += ybar[i, j]
          xbar[i, j] -= ybar[i, j]
        }
      }
    }
  }

  /// The activation `z / √(1 + z²)`, with `f′ = (1 - y²)^(3/2)` and `f″/f′ = -3 y √(1 - y²)`.
  enum InverseSquareRootUnit: Activation {
    static func value<S: TapeScalar>(_ z: S) -> S { z / (1 + z * z).squareRoot() }
    static func derivative<S: TapeScalar>(atOutput y: S) -> S {
      (1 - y * y) * (1 - y * y).squareRoot()
    }
    static func curvature<S: TapeScalar>(atOutput y: S) -> S { -3 * y * (1 - y * y).squareRoot() }
  }

  /// The trace of a product, `Σ A ⊙ Bᵀ` times an attribute, with all four rules and a workspace.
  enum TraceOfProduct: TapeOperation {
    static var name: String { "trace" }

    static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
      let (a, b) = (rule.input(0), rule.input(1))
      let product = rule.workspace(rows: a.rows, columns: a.rows)
      gemm(a, b, into: product)
      rule.output[0, 0] = (0..<a.rows).reduce(0) { $0 + rule.scalars[0] * product[$1, $1] }
    }

    static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
      var sum: S = 0
      for (k, other) in [(0, 1), (1, 0)] {
        guard let dx = rule.inputTangent(k) else { continue }
        let y = rule.input(other)
        for i in 0..<dx.rows { for j in 0..<dx.columns { sum += dx[i, j] * y[j, i] } }
      }
      rule.outputTangent[0, 0] = rule.scalars[0] * sum
    }

    static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
      for (k, other) in [(0, 1), (1, 0)] {
        guard let target = rule.adjoint(k) else { continue }
        add(rule.scalars[0] * rule.outputAdjoint[0, 0], rule.input(other), to: target)
      }
    }

    static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
      for (k, other) in [(0, 1), (1, 0)] {
        guard let target = rule.adjointTangent(k) else { continue }
        add(rule.scalars[0] * rule.outputAdjointTangent[0, 0], rule.input(other), to: target)
        if let dy = rule.inputTangent(other) {
          for i in 0..<dy.rows {
            for j in 0..<dy.columns {
              target.view[j, i] += rule.scalars[0] * rule.outputAdjoint[0, 0] * dy[i, j]
            }
          }
        }
      }
    }

    private static func add<S: TapeScalar>(
      _ factor: S, _ x: MatrixViewOf<S>, to target: Accumulator<S>
    ) {
      for i in 0..<x.rows { for j in 0..<x.columns { target.add(factor * x[i, j], j, i) } }
    }
  }

  static let rows: [OperationRow] = [
    OperationRow("x e^x", [Block("x", 3, 4)]) { $0["x"].map(ProductLog.self) },
    OperationRow("hypotenuse", [Block("x", 3, 4, .nearHalves), Block("y", 1, 4)]) {
      $0["x"].combined(with: $0["y"], by: Hypotenuse.self)
    },
    OperationRow("differences", [Block("x", 3, 4)], step: 1) {
      $0.tape.record(Differences.self, $0["x"], rows: 3, columns: 3)
    },
    OperationRow("activation", [Block("x", 3, 4), Block("w", 4, 2), Block("b", 1, 2)]) {
      $0["x"].affine(weight: $0["w"], bias: $0["b"], activation: InverseSquareRootUnit.self)
    },
    OperationRow("trace", [Block("x", 3, 4), Block("y", 4, 3)], step: 1) {
      $0.tape.record(
        TraceOfProduct.self, $0["x"], $0["y"], rows: 1, columns: 1,
        attributes: Attributes(scalars: [2, 0]))
    },
    OperationRow("trace with a constant", [Block("y", 4, 3)], step: 1) {
      $0.tape.record(
        TraceOfProduct.self, $0.constant(3, 4), $0["y"], rows: 1, columns: 1,
        attributes: Attributes(scalars: [2, 0]))
    },
  ]

  @Test("have exact derivatives", arguments: rows)
  func derivatives(_ row: OperationRow) {
    for (function, step) in [(row.function, row.step), (row.embedded, 1e-3)] {
      var stream = RandomStream(seed: 1, purpose: .other)
      let point = row.point(&stream)
      let check = function.check(
        at: point, direction: stream.normals(point.count), other: stream.normals(point.count),
        step: step)
      #expect(check.passes(), "\(check)")
    }
  }

  @Test("are printed by their name")
  func names() {
    let recordings = Self.rows.map { row in
      var stream = RandomStream(seed: 1, purpose: .other)
      return row.function.recording(at: row.point(&stream))
    }
    #expect(recordings[0].contains("= ProductLog(%0) [3, 4]"))
    #expect(recordings[3].contains("= Affine+InverseSquareRootUnit(%0, %1, %2) [3, 2]"))
    #expect(recordings[4].contains("= trace(%0, %1) [1, 1]"))
  }

  @Test("what a row of the embedded form repeats is said where it is missing")
  func missingContribution() async {
    // reverse contributes to its input, reverseTangent does not
    await #expect(processExitsWith: .failure) {
      enum Forgetful: ElementwiseFunction {
        static func value<S: TapeScalar>(_ x: S) -> S { x }
        static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 1 }
        static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 0 }
        static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {}
      }
      let function = DifferentiableFunction(ParameterLayout([("x", 1, 1)])) {
        square($0.parameter("x")).map(Forgetful.self)
      }
      _ = function.hessianVectorProduct(at: [1], direction: [1])
    }
  }
}
