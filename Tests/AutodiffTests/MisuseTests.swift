import Autodiff
import Testing

/// A caller's mistakes end the program.
@Suite("Misuse")
struct MisuseTests {
  @Test("a variable from before a reset")
  func staleVariable() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout([("x", 1, 1)])))
      let x = tape.parameter("x")
      tape.reset()
      _ = square(x)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout([("x", 1, 1)])))
      let x = tape.parameter("x")
      tape.reset()
      _ = x.value
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout([("x", 1, 1)])))
      let x = tape.parameter("x")
      tape.reset()
      _ = tape.parameter("x")
      Matrix(rows: 1, columns: 1).withView { tape.reverse(from: x, seed: $0) }
    }
  }

  @Test("a variable of another tape")
  func otherTape() async {
    await #expect(processExitsWith: .failure) {
      let parameters = Parameters(ParameterLayout([("x", 1, 1)]))
      _ = Tape(parameters).parameter("x") + Tape(parameters).parameter("x")
    }
  }

  @Test("shapes that do not go together")
  func mismatch() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout()))
      _ = tape.constant(Matrix(rows: 2, columns: 3)) + tape.constant(Matrix(rows: 3, columns: 2))
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout()))
      let x = tape.constant(Matrix(rows: 2, columns: 3))
      _ = x.matrixProduct(x)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout()))
      _ = tape.constant(Matrix(rows: 1, columns: 2)).pickColumn(tape.constant(2))
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout()))
      _ = tape.constant(Matrix(rows: 1, columns: 2)).gatherRows([1])
    }
  }

  @Test("a reverse tangent sweep without the sweeps before it")
  func order() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout([("x", 1, 1)])))
      let x = square(tape.parameter("x"))
      Matrix(rows: 1, columns: 1).withView { tape.reverse(from: x, seed: $0) }
      tape.reverseTangent(from: x, seedTangent: nil)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout([("x", 1, 1)])))
      let x = square(tape.parameter("x"))
      Matrix(rows: 1, columns: 1).withView { tape.reverse(from: x, seed: $0) }
      tape.tangent()
      tape.reverseTangent(from: exp(x), seedTangent: nil)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(Parameters(ParameterLayout([("x", 1, 1)])))
      _ = tape.parameter("x").tangent
    }
  }

  @Test("names and lengths of parameters")
  func parameters() async {
    await #expect(processExitsWith: .failure) { _ = ParameterLayout([("x", 1, 1), ("x", 2, 2)]) }
    await #expect(processExitsWith: .failure) {
      _ = Tape(Parameters(ParameterLayout([("x", 1, 1)]))).parameter("y")
    }
    await #expect(processExitsWith: .failure) {
      Parameters(ParameterLayout([("x", 1, 1)])).value = [1, 2]
    }
  }

  @Test("layouts give named matrices and take them back")
  func layouts() {
    let layout = ParameterLayout([("w", 2, 2), ("b", 1, 2)])
    let vector = [1.0, 2, 3, 4, 5, 6]
    #expect(layout.count == 6)
    #expect(layout["b"]?.range == 4..<6 && layout["c"] == nil)
    #expect(layout.matrix("w", of: vector) == Matrix([[1, 2], [3, 4]]))
    #expect(layout.vector(of: layout.matrices(of: vector)) == vector)
  }
}
