import LinearAlgebra
import Requirements

/// A function of named parameters with all its first and second derivatives.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/Reference.swift#rosenbrock -->
/// ```swift
/// let rosenbrock = DifferentiableFunction(ParameterLayout([("x", 1, 2)])) { tape in
///   let x = tape.parameter("x")
///   let (a, b) = (x.columns(0..<1), x.columns(1..<2))
///   return square(1 - a) + 100 * square(b - square(a))
/// }
/// let (value, gradient) = rosenbrock.valueWithGradient(at: [0.5, 0.5])
/// let curvature = rosenbrock.hessianVectorProduct(at: [0.5, 0.5], direction: [1, 0])
/// ```
///
/// The tape's memory is reused from call to call. An instance belongs to one task at a time.
public final class DifferentiableFunction {
  /// The names and shapes of the parameters.
  public let layout: ParameterLayout
  private let parameters: Parameters
  let tape: Tape
  private let body: (Tape) -> Variable

  /// Creates a function from a closure that computes it on a tape.
  ///
  /// - Parameters:
  ///   - layout: the names and shapes of the parameters.
  ///   - precision: that of the tape. ``check(at:direction:other:seed:step:)`` needs double precision.
  ///   - body: computes the function.
  public init(
    _ layout: ParameterLayout, precision: Precision = .double,
    _ body: @escaping (Tape) -> Variable
  ) {
    self.layout = layout
    self.body = body
    parameters = Parameters(layout)
    tape = Tape(parameters, precision: precision)
  }

  private func record(_ point: [Double]) -> Variable {
    tape.reset()
    parameters.value = point
    return body(tape)
  }

  private func requireNumber(_ output: Variable) {
    require(
      output.rows == 1 && output.columns == 1,
      "The function's value has the shape [\(output.rows), \(output.columns)]; this call needs a number. Use vectorJacobianProduct or sum()."
    )
  }

  /// The value, a matrix.
  public func value(at point: [Double]) -> Matrix { record(point).value }

  /// The value and the gradient of a function whose value is a number.
  public func valueWithGradient(at point: [Double]) -> (value: Double, gradient: [Double]) {
    let output = record(point)
    requireNumber(output)
    return (output.scalar, vectorJacobianProduct(output, Matrix(rows: 1, columns: 1, repeating: 1)))
  }

  /// The gradient of a function whose value is a number.
  public func gradient(at point: [Double]) -> [Double] { valueWithGradient(at: point).gradient }

  /// The product `uᵀ (∂f/∂θ)`.
  ///
  /// - Parameters:
  ///   - point: the parameters.
  ///   - u: a matrix of the shape of the value.
  /// - Returns: A vector in the layout of the parameters.
  public func vectorJacobianProduct(at point: [Double], _ u: Matrix) -> [Double] {
    vectorJacobianProduct(record(point), u)
  }

  private func vectorJacobianProduct(_ output: Variable, _ u: Matrix) -> [Double] {
    parameters.clearGradient()
    u.withView { tape.reverse(from: output, seed: $0) }
    return parameters.gradient
  }

  /// The product `(∂f/∂θ) v`, of the shape of the value.
  public func jacobianVectorProduct(at point: [Double], direction v: [Double]) -> Matrix {
    let output = record(point)
    parameters.tangent = v
    tape.tangent()
    return output.tangent
  }

  /// The product `∇²f v` for a function whose value is a number.
  public func hessianVectorProduct(at point: [Double], direction v: [Double]) -> [Double] {
    let output = record(point)
    requireNumber(output)
    return secondOrder(
      output, u: Matrix(rows: 1, columns: 1, repeating: 1), direction: v, seedTangent: nil)
  }

  /// The derivative of `uᵀ (∂f/∂θ)` along `v`, while `u` moves along `seedTangent`.
  public func reverseTangent(
    at point: [Double], _ u: Matrix, direction v: [Double], seedTangent: Matrix? = nil
  ) -> [Double] {
    secondOrder(record(point), u: u, direction: v, seedTangent: seedTangent)
  }

  private func secondOrder(
    _ output: Variable, u: Matrix, direction v: [Double], seedTangent: Matrix?
  ) -> [Double] {
    _ = vectorJacobianProduct(output, u)
    parameters.tangent = v
    tape.tangent()
    parameters.clearGradientTangent()
    if let seedTangent {
      seedTangent.withView { tape.reverseTangent(from: output, seedTangent: $0) }
    } else {
      tape.reverseTangent(from: output, seedTangent: nil)
    }
    return parameters.gradientTangent
  }

  /// The dense Hessian of a function whose value is a number, for small problems.
  ///
  /// - Complexity: one pair of tangent sweeps for each parameter.
  public func hessian(at point: [Double]) -> Matrix {
    let output = record(point)
    requireNumber(output)
    _ = vectorJacobianProduct(output, Matrix(rows: 1, columns: 1, repeating: 1))
    var result = Matrix(rows: layout.count, columns: layout.count)
    for i in 0..<layout.count {
      var direction = [Double](repeating: 0, count: layout.count)
      direction[i] = 1
      parameters.tangent = direction
      tape.tangent()
      parameters.clearGradientTangent()
      tape.reverseTangent(from: output, seedTangent: nil)
      for (j, element) in parameters.gradientTangent.enumerated() { result[i, j] = element }
    }
    return result
  }

  /// The recording at a point, one line per node.
  public func recording(at point: [Double]) -> String {
    _ = record(point)
    return tape.description
  }
}
