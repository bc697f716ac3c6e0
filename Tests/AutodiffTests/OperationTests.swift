import Autodiff
import RandomNumbers
import Testing

/// Every row of ``OperationTable`` against central differences and the identities.
@Suite("Operations")
struct OperationTests {
  @Test(
    "the four sweeps agree with differences and with each other", arguments: OperationTable.rows)
  func derivatives(_ row: OperationRow) {
    for seed in 1...2 as ClosedRange<UInt64> {
      for (function, isEmbedded) in [(row.function, false), (row.embedded, true)] {
        var stream = RandomStream(seed: seed, purpose: .other)
        let point = row.point(&stream)
        let shape = function.value(at: point)
        let u = Matrix(
          rows: shape.rows, columns: shape.columns, elements: stream.normals(shape.elements.count))
        // the sine around an embedded function is of no low degree
        let check = function.check(
          at: point, direction: stream.normals(point.count), other: stream.normals(point.count),
          seed: u, step: isEmbedded ? min(row.step, 1e-3) : row.step)
        #expect(
          check.passes(gradient: row.gradient, secondOrder: row.secondOrder, identities: 1e-12),
          "seed \(seed), embedded: \(isEmbedded): \(check)")
      }
    }
  }

  @Test("a seed that moves adds its own gradient", arguments: OperationTable.rows)
  func seedTangent(_ row: OperationRow) {
    var stream = RandomStream(seed: 3, purpose: .other)
    let (point, function) = (row.point(&stream), row.embedded)
    let shape = function.value(at: point)
    func seed() -> Matrix {
      Matrix(
        rows: shape.rows, columns: shape.columns, elements: stream.normals(shape.elements.count))
    }
    let (u, moving, v) = (seed(), seed(), stream.normals(point.count))
    var expected = function.reverseTangent(at: point, u, direction: v)
    add(1, function.vectorJacobianProduct(at: point, moving), to: &expected)
    let both = function.reverseTangent(at: point, u, direction: v, seedTangent: moving)
    #expect(relativeError(both, expected) < 1e-12)
  }

  @Test("what memory held before does not matter", arguments: OperationTable.rows)
  func memory(_ row: OperationRow) {
    var stream = RandomStream(seed: 4, purpose: .other)
    let (point, v) = (row.point(&stream), stream.normals(row.layout.count))

    func results(onUsedTape isUsed: Bool) -> [[Double]] {
      let parameters = Parameters(row.layout)
      let tape = Tape(parameters)
      if isUsed { fillWithNaN(tape, parameters) }
      tape.reset()
      parameters.value = point
      parameters.tangent = v
      parameters.clearGradient()
      parameters.clearGradientTangent()
      let output = sin(row.body(Inputs(tape: tape, isBehindNode: true)))
      let seed = Matrix(rows: output.rows, columns: output.columns, repeating: 1)
      seed.withView { tape.reverse(from: output, seed: $0) }
      tape.tangent()
      tape.reverseTangent(from: output, seedTangent: nil)
      return [
        output.value.elements, output.tangent.elements, parameters.gradient,
        parameters.gradientTangent,
      ]
    }
    #expect(results(onUsedTape: true) == results(onUsedTape: false))
  }

  /// Runs all sweeps over a recording that is larger than any row's and full of NaN.
  private func fillWithNaN(_ tape: Tape, _ parameters: Parameters) {
    let number = tape.parameter(parameters.layout.blocks[0]).sum()
    let nan = number * tape.constant(Matrix(rows: 40, columns: 40, repeating: .nan))
    let output = (nan.cholesky().logSoftmax() + nan.matrixProduct(nan)).sum()
    Matrix(rows: 1, columns: 1, repeating: .nan).withView { seed in
      tape.reverse(from: output, seed: seed)
      tape.tangent()
      tape.reverseTangent(from: output, seedTangent: seed)
    }
  }

  @Test("every operation of the package has a row")
  func completeness() throws {
    var recorded: Set<String> = []
    for row in OperationTable.rows {
      var stream = RandomStream(seed: 5, purpose: .other)
      let text = row.function.recording(at: row.point(&stream))
      recorded.formUnion(text.matches(of: /[=+] ?(\w+)/).map { String($0.1) })
    }
    for name in try OperationFiles.operations() {
      #expect(recorded.contains(name), "\(name) has no row")
    }
  }
}
