import Autodiff
import Testing

/// Where a derivative is infinite: what does not move along a direction adds nothing, a zero adjoint
/// gives NaN.
@Suite("Infinite derivatives")
struct InfiniteDerivativeTests {
  private let infinity = Double.infinity

  private func function(
    _ names: String..., body: @escaping (Tape) -> Variable
  ) -> DifferentiableFunction {
    DifferentiableFunction(ParameterLayout(names.map { ($0, 1, 1) }), body)
  }

  @Test("the second derivative is infinite along its argument and right along others")
  func otherDirections() {
    for root in [{ sqrt($0) }, { pow($0, 0.5) }] as [(Variable) -> Variable] {
      let f = DifferentiableFunction(ParameterLayout([("x", 1, 2)])) {
        root($0.parameter("x")).sum()
      }
      #expect(f.gradient(at: [0, 1]) == [infinity, 0.5])
      #expect(f.hessian(at: [0, 1]).elements == [-infinity, 0, 0, -0.25])
      #expect(f.hessianVectorProduct(at: [0, 1], direction: [0, 0]) == [0, 0])
      #expect(f.jacobianVectorProduct(at: [0, 1], direction: [0, 1]).elements == [0.5])
      #expect(f.jacobianVectorProduct(at: [0, 1], direction: [-1, 0]).elements == [-infinity])
    }
    let e = DifferentiableFunction(ParameterLayout([("x", 1, 2)])) { exp($0.parameter("x")).sum() }
    #expect(e.hessian(at: [1e308, 0]).elements == [infinity, 0, 0, 1])
  }

  @Test("an infinite tangent or adjoint meets second derivatives that are zero")
  func composition() {
    let sum = function("x", "y") { $0.parameter("x") + sqrt($0.parameter("y")) }
    #expect(sum.hessian(at: [1, 0]).elements == [0, 0, 0, -infinity])
    let product = function("x", "y") { $0.parameter("x") * sqrt($0.parameter("y")) }
    #expect(product.hessian(at: [2, 0]).elements == [0, infinity, infinity, -infinity])
    let largest = function("x", "y") { max($0.parameter("x"), sqrt($0.parameter("y"))) }
    #expect(largest.hessian(at: [-1, 0]).elements == [0, 0, 0, -infinity])
    let root = function("x", "y") { sqrt($0.parameter("x") + $0.parameter("y")) }
    #expect(root.gradient(at: [0, 0]) == [infinity, infinity])
    #expect(root.hessianVectorProduct(at: [0, 0], direction: [1, 0]) == [-infinity, -infinity])
    let quotient = function("x", "y") { $0.parameter("x") / $0.parameter("y") }
    #expect(quotient.hessian(at: [1e200, 1e-200]).elements == [0, -infinity, -infinity, infinity])
  }

  @Test("a zero adjoint gives NaN, as in the branch that is not used")
  func zeroAdjoint() {
    // 0 · ∞: the limit of the product is 1 for one of these and undefined for the other
    #expect(function("x") { square(sqrt($0.parameter("x"))) }.gradient(at: [0])[0].isNaN)
    #expect(function("x") { sqrt(square($0.parameter("x"))) }.gradient(at: [0])[0].isNaN)
    #expect(function("x") { 0 * sqrt($0.parameter("x")) }.gradient(at: [0])[0].isNaN)
    let masked = function("x") {
      let x = $0.parameter("x")
      return select(x.mask { $0 > 0 }, sqrt(x), 0 * x)
    }
    #expect(masked.value(at: [0]).elements == [0])
    #expect(masked.gradient(at: [0])[0].isNaN)
    #expect(masked.gradient(at: [4]) == [0.25])
  }

  @Test("choosing the argument as well gives the derivatives of the branch that is used")
  func chosenArgument() {
    let f = DifferentiableFunction(ParameterLayout([("x", 1, 3)])) { tape in
      let x = tape.parameter("x")
      let isPositive = x.mask { $0 > 0 }
      let safe = select(isPositive, x, tape.constant(1))
      return select(isPositive, sqrt(safe), tape.constant(0)).sum()
    }
    #expect(f.value(at: [0, 4, -1]).elements == [2])
    #expect(f.gradient(at: [0, 4, -1]) == [0, 0.25, 0])
    #expect(f.hessianVectorProduct(at: [0, 4, -1], direction: [1, 1, 1]) == [0, -0.03125, 0])
  }

  @Test("the entropy of masked logits")
  func maskedEntropy() {
    func entropy(_ isSafe: Bool) -> DifferentiableFunction {
      DifferentiableFunction(ParameterLayout([("x", 1, 3)])) { tape in
        let logits = tape.parameter("x") + tape.constant(Matrix([[0, 0, -Double.infinity]]))
        let p = logits.softmax()
        let l = logits.logSoftmax()
        let safe = isSafe ? select(l.mask { $0 > -.infinity }, l, tape.constant(0)) : l
        return -(p * safe).sum()
      }
    }
    #expect(entropy(false).value(at: [0, 0, 0])[0, 0].isNaN)
    #expect((entropy(true).value(at: [0, 0, 0])[0, 0] - 0.6931471805599453).magnitude < 1e-15)
    // at equal probabilities the gradient is zero and the second derivative -1/4
    let product = entropy(true).hessianVectorProduct(at: [0, 0, 0], direction: [1, -1, 5])
    #expect(relativeError(product, [-0.5, 0.5, 0]) < 1e-15)
    #expect(entropy(true).gradient(at: [0, 0, 0]).allSatisfy { $0.magnitude < 1e-16 })
  }

  @Test("reductions over nothing")
  func empty() {
    let tape = Tape(Parameters(ParameterLayout()), isRecording: false)
    let none = tape.constant(Matrix(rows: 0, columns: 3))
    #expect(none.sum().scalar == 0)
    #expect(none.sumOfRows().value.elements == [0, 0, 0])
    #expect(none.sumOfColumns().value.elements.isEmpty)
    #expect(none.mean().scalar.isNaN)
    #expect(none.logSumExp().value.elements.isEmpty)
  }

  @Test("the sign of zero survives constants")
  func signOfZero() {
    for f in [{ 2 * $0 }, { $0 * 2 }, { $0 / 2 }, { -(-$0) }, { $0 - 0 }]
      as [(Variable) -> Variable]
    {
      let x = function("x") { f($0.parameter("x")) }.value(at: [-0.0])[0, 0]
      #expect(x == 0 && x.sign == .minus)
    }
    #expect(function("x") { -$0.parameter("x") }.value(at: [0])[0, 0].sign == .minus)
  }
}
