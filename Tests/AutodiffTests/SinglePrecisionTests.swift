import Autodiff
import RandomNumbers
import Testing

/// The rules in single precision compute what they compute in double precision, to its rounding.
@Suite("Single precision")
struct SinglePrecisionTests {
  /// The greatest difference of any number from that of a tape of double precision, relative to
  /// 1 + the largest of its kind.
  static let tolerance = 2e-5

  /// Value, tangent, gradient and second order with a seed that moves.
  private func results(
    _ function: DifferentiableFunction, at point: [Double], _ seed: UInt64
  ) -> [[Double]] {
    var stream = RandomStream(seed: seed, purpose: .other)
    let value = function.value(at: point)
    func matrix() -> Matrix {
      Matrix(
        rows: value.rows, columns: value.columns, elements: stream.normals(value.elements.count))
    }
    let (u, moving, v) = (matrix(), matrix(), stream.normals(point.count))
    return [
      value.elements, function.jacobianVectorProduct(at: point, direction: v).elements,
      function.vectorJacobianProduct(at: point, u),
      function.reverseTangent(at: point, u, direction: v, seedTangent: moving),
    ]
  }

  @Test(
    "the four sweeps of every operation agree with those in double precision",
    arguments: OperationTable.rows + UserOperationTests.rows)
  func operations(_ row: OperationRow) {
    for seed in 1...3 as ClosedRange<UInt64> {
      var stream = RandomStream(seed: seed, purpose: .other)
      let point = row.point(&stream)
      for (double, single) in [
        (row.function, row.function(.single)), (row.embedded, row.embedded(.single)),
      ] {
        let (expected, found) = (results(double, at: point, seed), results(single, at: point, seed))
        for (kind, (x, y)) in zip(found, expected).enumerated() {
          #expect(relativeError(x, y) < Self.tolerance, "kind \(kind), seed \(seed)")
        }
        // a tape that computed in double precision after all would pass too
        let isExact = found == expected
        #expect(!isExact || expected[0] == expected[0].map { Double(Float($0)) })
      }
    }
  }

  @Test("numbers are rounded once: what goes in, what comes out")
  func conversion() {
    let third = 1.0 / 3
    let parameters = Parameters(ParameterLayout([("x", 1, 2)]))
    parameters.value = [third, 2]
    let tape = Tape(parameters, precision: .single)
    #expect(tape.precision == .single && Tape(parameters).precision == .double)
    let (x, c) = (tape.parameter("x"), tape.constant(third))
    #expect(x.view.elements == [Double(Float(third)), 2] && c.scalar == Double(Float(third)))
    // master values keep all their digits
    #expect(parameters.value == [third, 2])
    let y = x * c
    #expect(y.view[0, 0] == Double(Float(third) * Float(third)))
    #expect(y.value == Matrix([[Double(Float(third) * Float(third)), Double(2 * Float(third))]]))
    // new values reach the next recording
    parameters.value = [0.1, 0.2]
    tape.reset()
    #expect(tape.parameter("x").view.elements == [Double(Float(0.1)), Double(Float(0.2))])
  }

  @Test("tapes of both precisions share parameters, and add to the same results")
  func sharing() {
    let parameters = Parameters(ParameterLayout([("x", 2, 2), ("y", 1, 1)]))
    parameters.value = [1, 2, 3, 4, 5]
    parameters.tangent = [1, 0, 0, 0, 1]
    let seed = Matrix(rows: 1, columns: 1, repeating: 1)
    for precision in [Precision.double, .single, .single] {
      let tape = Tape(parameters, precision: precision)
      // one block twice, and a parameter that is the output itself
      let output = (tape.parameter("x") * tape.parameter("x")).sum() * tape.parameter("y")
      seed.withView { tape.reverse(from: output, seed: $0) }
      tape.tangent()
      tape.reverseTangent(from: output, seedTangent: nil)
      let last = tape.parameter("y")
      seed.withView { tape.reverse(from: last, seed: $0) }
    }
    #expect(parameters.gradient == [10, 20, 30, 40, 31].map { 3 * $0 })
    #expect(parameters.gradientTangent == [12, 4, 6, 8, 2].map { 3 * $0 })
  }

  @Test("views of tangents follow the last tangent sweep")
  func tangents() {
    let parameters = Parameters(ParameterLayout([("x", 1, 1)]))
    parameters.value = [2]
    let tape = Tape(parameters, precision: .single)
    let y = square(tape.parameter("x"))
    for direction in [1.0, 3, -2] {
      parameters.tangent = [direction]
      tape.tangent()
      #expect(y.tangentView?[0, 0] == 4 * direction && y.tangent[0, 0] == 4 * direction)
    }
  }

  @Test("seeds, zeros and constants at the ends of the range")
  func range() {
    let parameters = Parameters(ParameterLayout([("x", 1, 3)]))
    parameters.value = [1e300, -1e-300, 1e-42]
    let tape = Tape(parameters, precision: .single)
    let x = tape.parameter("x")
    #expect(x.view.elements == [.infinity, -0.0, Double(Float(1e-42))])
    #expect(x.view[0, 1].sign == .minus)
    parameters.clearGradient()
    Matrix([[1e300, 1, 0]]).withView { tape.reverse(from: x, seed: $0) }
    #expect(parameters.gradient == [.infinity, 1, 0])
  }

  @Test("a check by differences asks for double precision")
  func refusal() async {
    await #expect(processExitsWith: .failure) {
      let function = DifferentiableFunction(ParameterLayout([("x", 1, 1)]), precision: .single) {
        square($0.parameter("x"))
      }
      _ = function.check(at: [1], direction: [1], other: [1])
    }
  }
}
