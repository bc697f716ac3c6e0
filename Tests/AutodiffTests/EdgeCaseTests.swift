import Autodiff
import Testing

/// Kinks, extreme arguments and NaN: what the documentation of each operation promises.
@Suite("Edge cases")
struct EdgeCaseTests {
  /// Value, first and second derivative of a function of one number.
  private func derivatives(
    at x: Double, _ f: @escaping (Variable) -> Variable
  ) -> [Double] {
    let function = DifferentiableFunction(ParameterLayout([("x", 1, 1)])) { f($0.parameter("x")) }
    let (value, gradient) = function.valueWithGradient(at: [x])
    return [value, gradient[0], function.hessianVectorProduct(at: [x], direction: [1])[0]]
  }

  @Test("at a kink the derivative is the documented one")
  func kinks() {
    #expect(derivatives(at: 0) { abs($0) } == [0, 0, 0])
    #expect(derivatives(at: 0) { relu($0) } == [0, 0, 0])
    #expect(derivatives(at: -1) { $0.clamped(from: -1, to: 2) } == [-1, 0, 0])
    #expect(derivatives(at: 2) { $0.clamped(from: -1, to: 2) } == [2, 0, 0])
    #expect(derivatives(at: 3) { $0.clamped(from: -1, to: 2) } == [2, 0, 0])
    #expect(derivatives(at: 0) { pow($0, 2) } == [0, 0, 2])
    #expect(derivatives(at: 0) { pow($0, 3) } == [0, 0, 0])
    #expect(derivatives(at: 0) { pow($0, 1) } == [0, 1, 0])
    #expect(derivatives(at: 0) { pow($0, 0) } == [1, 0, 0])
    #expect(derivatives(at: 0) { sqrt($0) }[1] == .infinity)
  }

  @Test("where the operands of max and min are equal, the first counts")
  func ties() {
    let layout = ParameterLayout([("x", 1, 1), ("y", 1, 1)])
    for function in [
      DifferentiableFunction(layout) { max($0.parameter("x"), $0.parameter("y")) },
      DifferentiableFunction(layout) { min($0.parameter("x"), $0.parameter("y")) },
    ] {
      #expect(function.gradient(at: [1, 1]) == [1, 0])
      #expect(function.jacobianVectorProduct(at: [1, 1], direction: [2, 3]).elements == [2])
      #expect(function.value(at: [.nan, 1])[0, 0].isNaN)
      #expect(function.value(at: [1, .nan])[0, 0].isNaN)
    }
  }

  @Test("an affine map with ReLU has derivative zero at the kink")
  func affineKink() {
    let layout = ParameterLayout([("w", 1, 1), ("b", 1, 1)])
    let function = DifferentiableFunction(layout) {
      $0.constant(2).affine(
        weight: $0.parameter("w"), bias: $0.parameter("b"), activation: ReLU.self)
    }
    #expect(function.gradient(at: [1, -2]) == [0, 0])
    #expect(function.gradient(at: [1, -1]) == [2, 1])
  }

  @Test("extreme arguments neither overflow nor give NaN")
  func extremes() {
    #expect(derivatives(at: 1000) { tanh($0) } == [1, 0, 0])
    #expect(derivatives(at: -1000) { tanh($0) } == [-1, 0, 0])
    #expect(derivatives(at: 1000) { softplus($0) } == [1000, 1, 0])
    #expect(derivatives(at: -1000) { softplus($0) } == [0, 0, 0])
    #expect(derivatives(at: 1000) { sigmoid($0) } == [1, 0, 0])
    #expect(derivatives(at: -1000) { sigmoid($0) } == [0, 0, 0])
    // far below zero, softplus and the logistic function are e^x, and so are their derivatives
    for f in [{ softplus($0) }, { sigmoid($0) }] as [(Variable) -> Variable] {
      let result = derivatives(at: -700, f)
      for derivative in result {
        #expect((derivative / 9.859676543759770e-305 - 1).magnitude < 1e-14)
      }
    }
  }

  @Test("softmax of large numbers", arguments: [-1e4, 1000.0, 1e300])
  func softmax(_ shift: Double) {
    let function = DifferentiableFunction(ParameterLayout([("x", 1, 3)])) {
      $0.parameter("x").logSoftmax()
    }
    let point = [shift, shift, -.infinity]
    let value = function.value(at: point).elements
    #expect(value[2] == -.infinity)
    #expect((value[0] - -0.6931471805599453).magnitude < 1e-15 && value[0] == value[1])
    let gradient = function.vectorJacobianProduct(at: point, Matrix([[1, 0, 0]]))
    #expect(relativeError(gradient, [0.5, -0.5, 0]) < 1e-15)
    let sum = DifferentiableFunction(ParameterLayout([("x", 1, 3)])) {
      $0.parameter("x").logSumExp()
    }
    #expect((sum.value(at: point)[0, 0] / (shift + 0.6931471805599453) - 1).magnitude < 1e-15)
    #expect(relativeError(sum.gradient(at: point), [0.5, 0.5, 0]) < 1e-15)
    #expect(
      relativeError(
        sum.hessianVectorProduct(at: point, direction: [1, 0, 0]), [0.25, -0.25, 0]) < 1e-15)
  }

  @Test("NaN goes through every elementwise operation")
  func nan() {
    let functions: [(Variable) -> Variable] = [
      { abs($0) }, { relu($0) }, { square($0) }, { sqrt($0) }, { exp($0) }, { log($0) },
      { sin($0) },
      { cos($0) }, { tanh($0) }, { sigmoid($0) }, { softplus($0) }, { pow($0, 2) },
      { $0.clamped(from: -1, to: 1) }, { 2 * $0 }, { $0.logSumExp() }, { $0.logSoftmax() },
    ]
    for (index, f) in functions.enumerated() {
      #expect(derivatives(at: .nan, f)[0].isNaN, "function \(index)")
    }
    #expect(derivatives(at: -1) { log($0) }[0].isNaN)
    #expect(derivatives(at: -1) { pow($0, 0.5) }[0].isNaN)
    #expect(derivatives(at: .infinity) { sin($0) }[0].isNaN)
  }
}
