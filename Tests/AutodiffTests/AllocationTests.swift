import Autodiff
import CAllocationCounter
import RandomNumbers
import Testing

/// Memory is allocated during the first recording alone. Allocations inside of OpenBLAS do not count.
@Suite(
  "Allocations", .serialized,
  .enabled(
    if: allocation_counter_is_available(), "allocations can be counted on Linux with glibc only"))
struct AllocationTests {
  private func allocations(_ body: () -> Void) -> Int {
    allocation_counter_start()
    body()
    return Int(allocation_counter_stop().own)
  }

  /// A rule that allocates, for the positive control.
  enum Wasteful: ElementwiseFunction {
    static func value<S: TapeScalar>(_ x: S) -> S { x }
    static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 1 }
    static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 0 }
    static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
      guard let dx = rule.inputTangent(0) else { return }
      let copy = dx.elements
      for i in 0..<copy.count { rule.outputTangent.pointer[i] = copy[i] }
    }
  }

  @Test("the counter sees an allocation, and only between start and stop")
  func positiveControl() {
    #expect(allocations {} == 0)
    #expect(allocations { UnsafeMutablePointer<Double>.allocate(capacity: 100).deallocate() } == 1)
    #expect(
      allocations {
        UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 64).deallocate()
      } == 1)
    #expect(allocations { _ = Tape(Parameters(ParameterLayout())) } > 5)
  }

  @Test("OpenBLAS is found, so what it allocates itself is counted apart")
  func openblas() {
    #expect(allocation_counter_knows_openblas())
    let a = Matrix(rows: 20, columns: 20, repeating: 1)
    var c = a
    a.withView { a in
      c.withMutableView { c in
        gemm(a, a, into: c)
        allocation_counter_start()
        for _ in 0..<100 { gemm(a, a.transposed, into: c) }
        let count = allocation_counter_stop()
        #expect(count.own == 0)
      }
    }
  }

  @Test("the counter sees an allocation in a rule")
  func wastefulRule() {
    let parameters = Parameters(ParameterLayout([("x", 2, 2)]))
    let tape = Tape(parameters)
    let output = tape.parameter("x").map(Wasteful.self).sum()
    let seed = Matrix(rows: 1, columns: 1, repeating: 1)
    _ = sweep(tape, output, seed)
    #expect(sweep(tape, output, seed) == 1)
  }

  /// Runs the three sweeps and counts.
  private func sweep(_ tape: Tape, _ output: Variable, _ seed: Matrix) -> Int {
    seed.withView { seed in
      allocations {
        tape.reverse(from: output, seed: seed)
        tape.tangent()
        tape.reverseTangent(from: output, seedTangent: seed)
      }
    }
  }

  @Test(
    "the sweeps of every operation allocate nothing", arguments: OperationTable.rows,
    Precision.allCases)
  func operations(_ row: OperationRow, _ precision: Precision) {
    var stream = RandomStream(seed: 1, purpose: .other)
    let parameters = Parameters(row.layout)
    parameters.value = row.point(&stream)
    parameters.tangent = stream.normals(row.layout.count)
    let tape = Tape(parameters, precision: precision)
    for recording in 0..<5 {
      tape.reset()
      let output = row.body(Inputs(tape: tape, isBehindNode: true))
      let seed = Matrix(rows: output.rows, columns: output.columns, repeating: 1)
      let counts = [sweep(tape, output, seed), sweep(tape, output, seed)]
      if recording > 0 { #expect(counts == [0, 0]) }
    }
  }

  @Test(
    "1,000 recordings of a network allocate nothing, in recording as in sweeping",
    arguments: Precision.allCases)
  func recordings(_ precision: Precision) {
    let layout = ParameterLayout([
      ("w0", 8, 32), ("b0", 1, 32), ("w1", 32, 32), ("b1", 1, 32), ("w2", 32, 3), ("b2", 1, 3),
      ("s", 1, 3), ("c", 3, 3),
    ])
    let (w0, b0, w1, b1) = (layout.blocks[0], layout.blocks[1], layout.blocks[2], layout.blocks[3])
    let (w2, b2, s, c) = (layout.blocks[4], layout.blocks[5], layout.blocks[6], layout.blocks[7])
    let parameters = Parameters(layout)
    var stream = RandomStream(seed: 2, purpose: .other)
    parameters.value = stream.normals(layout.count)
    parameters.tangent = stream.normals(layout.count)
    let observations = Matrix(rows: 50, columns: 8, elements: stream.normals(400))
    let actions = Matrix(rows: 50, columns: 3, elements: stream.normals(150))
    let weights = Matrix(rows: 50, columns: 1, elements: stream.normals(50))
    let tape = Tape(parameters, precision: precision)

    func record(_ x: MatrixView, _ a: MatrixView) -> Variable {
      let action = tape.constant(a)
      var y = tape.constant(x).affine(
        weight: tape.parameter(w0), bias: tape.parameter(b0), activation: Tanh.self)
      y = y.affine(weight: tape.parameter(w1), bias: tape.parameter(b1), activation: ReLU.self)
      y = y.affine(weight: tape.parameter(w2), bias: tape.parameter(b2))
      let diagonal = y.gaussianLogProbability(
        of: action, logStandardDeviation: tape.parameter(s).clamped(from: -5))
      let z = tape.parameter(c).exponentialDiagonal().solvingLower(rowsOf: action - y)
      return diagonal - 0.5 * square(z).sumOfColumns() + y.logSoftmax().columns(1..<2)
    }

    var counts: Set<Int> = []
    var sum = 0.0
    for recording in 0..<1001 {
      let count = observations.withView { x in
        actions.withView { a in
          weights.withView { w in
            allocations {
              tape.reset()
              parameters.clearGradient()
              parameters.clearGradientTangent()
              let output = record(x, a)
              tape.reverse(from: output, seed: w)
              tape.tangent()
              tape.reverseTangent(from: output, seedTangent: w)
              // in single precision, copies come from memory that is kept
              sum += output.view[0, 0] + (output.tangentView?[0, 0] ?? 0)
            }
          }
        }
      }
      if recording > 0 { counts.insert(count) } else { #expect(count > 0) }
    }
    #expect(sum.isFinite)
    #if DEBUG
    // without optimisation, literals and closures live on the heap
    #expect(counts.count == 1)
    #else
    #expect(counts == [0])
    #endif
  }
}
