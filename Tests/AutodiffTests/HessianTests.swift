import Autodiff
import RandomNumbers
import Testing

@Suite("Hessians in closed form")
struct HessianTests {
  /// `(1 - a)² + 100 (b - a²)²`
  private let rosenbrock = DifferentiableFunction(ParameterLayout([("x", 1, 2)])) { tape in
    let x = tape.parameter("x")
    let (a, b) = (x.columns(0..<1), x.columns(1..<2))
    return square(1 - a) + 100 * square(b - square(a))
  }

  @Test("Rosenbrock's function", arguments: [[0.5, 0.5], [-1.2, 1], [1, 1]])
  func rosenbrock(_ point: [Double]) {
    let (a, b) = (point[0], point[1])
    let (value, gradient) = rosenbrock.valueWithGradient(at: point)
    #expect((value - ((1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a))).magnitude < 1e-12)
    #expect(
      relativeError(gradient, [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]) < 1e-14)
    let hessian = Matrix([[2 - 400 * b + 1200 * a * a, -400 * a], [-400 * a, 200]])
    #expect(relativeError(rosenbrock.hessian(at: point).elements, hessian.elements) < 1e-14)
    for direction in [[1.0, 0], [0, 1], [2, -3]] {
      let product = (0..<2).map { i in dot(hessian.row(i), direction) }
      #expect(
        relativeError(rosenbrock.hessianVectorProduct(at: point, direction: direction), product)
          < 1e-14)
    }
  }

  @Test("the quadratic form xᵀ A x has the Hessian A + Aᵀ")
  func quadraticForm() {
    var stream = RandomStream(seed: 1, purpose: .other)
    let a = Matrix(rows: 5, columns: 5, elements: stream.normals(25))
    let function = DifferentiableFunction(ParameterLayout([("x", 1, 5)])) { tape in
      let x = tape.parameter("x")
      return x.matrixProduct(tape.constant(a)).matrixProduct(x.transposed)
    }
    let point = stream.normals(5)
    let symmetric = zip(a.elements, a.transposed.elements).map { $0 + $1 }
    #expect(relativeError(function.hessian(at: point).elements, symmetric) < 1e-14)
    let gradient =
      (Matrix(rows: 5, columns: 5, elements: symmetric)
      * Matrix(rows: 5, columns: 1, elements: point)).elements
    #expect(relativeError(function.gradient(at: point), gradient) < 1e-14)
  }

  @Test("log det of a positive definite matrix: gradient A⁻¹, Hessian -A⁻¹ ⊗ A⁻¹")
  func logDeterminant() {
    let function = DifferentiableFunction(ParameterLayout([("a", 2, 2)])) { tape in
      let a = tape.parameter("a")
      let l = (0.5 * (a + a.transposed)).cholesky()
      return 2 * log(l.slice(rows: 0..<1, columns: 0..<1) * l.slice(rows: 1..<2, columns: 1..<2))
    }
    // the inverse of [[2, 1], [1, 3]]
    let inverse = [0.6, -0.2, -0.2, 0.4]
    #expect(relativeError(function.gradient(at: [2, 1, 1, 3]), inverse) < 1e-14)
    // along the symmetric direction V, the gradient moves by -A⁻¹ V A⁻¹
    let i = Matrix(rows: 2, columns: 2, elements: inverse)
    let v = Matrix([[1, 2], [2, -1]])
    #expect(
      relativeError(
        function.hessianVectorProduct(at: [2, 1, 1, 3], direction: v.elements),
        (i * v * i).elements.map { -$0 }) < 1e-14)
  }

  @Test("a value that is not a number is refused where one is needed")
  func notANumber() async {
    await #expect(processExitsWith: .failure) {
      let function = DifferentiableFunction(ParameterLayout([("x", 1, 2)])) { $0.parameter("x") }
      _ = function.hessian(at: [1, 2])
    }
  }
}
