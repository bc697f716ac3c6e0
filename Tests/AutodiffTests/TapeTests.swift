import Autodiff
import RandomNumbers
import Testing

@Suite("Tape")
struct TapeTests {
  private let layout = ParameterLayout([("w", 2, 2), ("b", 1, 2)])
  private let one = Matrix(rows: 1, columns: 1, repeating: 1)

  /// `Σ tanh(x W + b)²`
  private func loss(_ tape: Tape, _ x: Matrix) -> Variable {
    square(
      tape.constant(x).affine(
        weight: tape.parameter("w"), bias: tape.parameter("b"), activation: Tanh.self)
    ).sum()
  }

  @Test("a recording prints one line a node")
  func printing() {
    let function = DifferentiableFunction(layout) { loss($0, Matrix([[1, 2]])) }
    #expect(
      function.recording(at: [1, 2, 3, 4, 5, 6]) == """
        %0 = Constant [1, 2]
        %1 = Parameter 'w' [2, 2]
        %2 = Parameter 'b' [1, 2]
        %3 = Affine+Tanh(%0, %1, %2) [1, 2]
        %4 = Square(%3) [1, 2]
        %5 = Sum(%4) [1, 1]
        """)
  }

  @Test("tapes that share the memory of tangents compute the same", arguments: Precision.allCases)
  func sharedTangents(_ precision: Precision) {
    func results(isShared: Bool) -> [[Double]] {
      let parameters = Parameters(layout)
      parameters.value = [0.1, -0.2, 0.3, 0.4, -0.5, 0.6]
      parameters.tangent = [1, -1, 0.5, 2, 0, 1]
      var (tapes, tangents) = ([Tape](), [[Double]]())
      for _ in 0..<3 {
        tapes.append(
          Tape(parameters, precision: precision, sharingTangentsOf: isShared ? tapes.first : nil))
      }
      for (rows, tape) in zip([[1, 2], [3, 4, 5, 6], [-1, 0.5]], tapes) {
        let x = Matrix(rows: rows.count / 2, columns: 2, elements: rows)
        let output = loss(tape, x)
        one.withView { tape.reverse(from: output, seed: $0) }
        for _ in 0..<2 {
          tape.tangent()
          tangents.append(output.tangent.elements)
          tape.reverseTangent(from: output, seedTangent: nil)
        }
      }
      return tangents + [parameters.gradient, parameters.gradientTangent]
    }
    #expect(results(isShared: true) == results(isShared: false))
  }

  @Test("tangents that another tape has overwritten are not used")
  func lostTangents() async {
    await #expect(processExitsWith: .failure) {
      let parameters = Parameters(ParameterLayout([("x", 1, 1)]))
      let first = Tape(parameters)
      let second = Tape(parameters, sharingTangentsOf: first)
      let outputs = [first, second].map { square($0.parameter("x")) }
      Matrix([[1]]).withView { first.reverse(from: outputs[0], seed: $0) }
      first.tangent()
      second.tangent()
      first.reverseTangent(from: outputs[0], seedTangent: nil)
    }
  }

  @Test("tapes with the same parameters add up")
  func sharedParameters() {
    let x = Matrix([[1, 2], [-0.3, 0.5], [0.1, -1]])
    let point = [0.1, -0.2, 0.3, 0.4, -0.5, 0.6]
    let v = [1.0, -1, 0.5, 2, 0, 1]
    let parameters = Parameters(layout)
    (parameters.value, parameters.tangent) = (point, v)
    for row in 0..<3 {
      let tape = Tape(parameters)
      let output = loss(tape, Matrix([x.row(row)]))
      one.withView { tape.reverse(from: output, seed: $0) }
      tape.tangent()
      tape.reverseTangent(from: output, seedTangent: nil)
    }
    let function = DifferentiableFunction(layout) { loss($0, x) }
    #expect(relativeError(parameters.gradient, function.gradient(at: point)) < 1e-15)
    let product = function.hessianVectorProduct(at: point, direction: v)
    #expect(relativeError(parameters.gradientTangent, product) < 1e-14)
    parameters.clearGradient()
    parameters.clearGradientTangent()
    #expect(parameters.gradient + parameters.gradientTangent == [Double](repeating: 0, count: 12))
  }

  @Test("one recording gives many products, and can be seeded anew")
  func reuse() {
    var stream = RandomStream(seed: 1, purpose: .other)
    let point = stream.normals(layout.count)
    let x = Matrix(rows: 3, columns: 2, elements: stream.normals(6))
    let function = DifferentiableFunction(layout) {
      tanh($0.constant(x).matrixProduct($0.parameter("w")) + $0.parameter("b"))
    }
    let parameters = Parameters(layout)
    parameters.value = point
    let tape = Tape(parameters)
    let output = tanh(
      tape.constant(x).matrixProduct(tape.parameter("w")) + tape.parameter("b"))
    for _ in 0..<3 {
      let seed = Matrix(rows: 3, columns: 2, elements: stream.normals(6))
      parameters.clearGradient()
      seed.withView { tape.reverse(from: output, seed: $0) }
      #expect(parameters.gradient == function.vectorJacobianProduct(at: point, seed))
      for _ in 0..<3 {
        let (v, moving) = (
          stream.normals(layout.count), Matrix(rows: 3, columns: 2, elements: stream.normals(6))
        )
        parameters.tangent = v
        tape.tangent()
        #expect(output.tangent == function.jacobianVectorProduct(at: point, direction: v))
        parameters.clearGradientTangent()
        moving.withView { tape.reverseTangent(from: output, seedTangent: $0) }
        #expect(
          parameters.gradientTangent
            == function.reverseTangent(at: point, seed, direction: v, seedTangent: moving))
      }
    }
  }

  @Test("a sweep may start at any variable, a parameter or a constant too")
  func starts() {
    let parameters = Parameters(ParameterLayout([("x", 1, 2)]))
    parameters.value = [3, 4]
    let tape = Tape(parameters)
    let x = tape.parameter("x")
    let middle = square(x)
    let end = exp(middle)
    let seed = Matrix([[1, 10]])
    seed.withView { tape.reverse(from: middle, seed: $0) }
    #expect(parameters.gradient == [6, 80])
    seed.withView { tape.reverse(from: x, seed: $0) }
    #expect(parameters.gradient == [7, 90])
    seed.withView { tape.reverse(from: tape.constant(seed), seed: $0) }
    #expect(parameters.gradient == [7, 90])
    #expect(end.isActive && !tape.constant(1).isActive)
  }

  @Test("a tape that only evaluates gives the same values and cannot be swept")
  func evaluation() async {
    let x = Matrix([[1, 2], [3, 4]])
    let parameters = Parameters(layout)
    parameters.value = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    let (recording, evaluating) = (Tape(parameters), Tape(parameters, isRecording: false))
    let output = loss(evaluating, x)
    #expect(output.scalar == loss(recording, x).scalar)
    #expect(!output.isActive)
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout([("x", 1, 1)])), isRecording: false)
      let output = square(tape.parameter("x"))
      Matrix(rows: 1, columns: 1).withView { tape.reverse(from: output, seed: $0) }
    }
  }

  @Test("a recording of 100,000 operations does not exhaust the stack")
  func longRecording() {
    let function = DifferentiableFunction(ParameterLayout([("x", 1, 1)])) { tape in
      var x = tape.parameter("x")
      for _ in 0..<100_000 { x = x + 1e-5 * square(x) }
      return x
    }
    // dx/dt = x² from 0 to 1, in Euler's steps; from x = 0.5 it is x / (1 - x) with slope 1/(1-x)²
    // and curvature 2/(1-x)³, to the method's order 1e-5 log(1e5)
    let (value, gradient) = function.valueWithGradient(at: [0.5])
    let product = function.hessianVectorProduct(at: [0.5], direction: [1])
    #expect((value - 1).magnitude < 1e-4)
    #expect((gradient[0] - 4).magnitude < 1e-3)
    #expect((product[0] - 16).magnitude < 1e-2)
  }

  @Test("statistics count nodes, memory and sweeps")
  func statistics() {
    let parameters = Parameters(layout)
    let tape = Tape(parameters)
    let output = loss(tape, Matrix([[1, 2]]))
    one.withView { tape.reverse(from: output, seed: $0) }
    tape.tangent()
    tape.reverseTangent(from: output, seedTangent: nil)
    let first = tape.statistics
    #expect(first.nodes == 6 && first.arenaBytes > 0)
    #expect(first.sweeps.reverse == 1 && first.sweeps.tangent == 1)
    #expect(first.sweeps.reverseTangent == 1)
    for _ in 0..<10 {
      tape.reset()
      one.withView { tape.reverse(from: loss(tape, Matrix([[1, 2]])), seed: $0) }
    }
    #expect(tape.statistics.nodes == 6)
    #expect(tape.statistics.arenaAllocations == first.arenaAllocations)
    #expect(tape.statistics.arenaBytes == first.arenaBytes)
  }
}
