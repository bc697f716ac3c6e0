import Benchmark
import MetaTape

/// One operation on 400 by 100 elements: its recording and its four sweeps.
func addOperationBenchmarks() {
  let operations: [(name: String, apply: @Sendable (Variable) -> Variable)] = [
    ("tanh", { tanh($0) }), ("exp", { exp($0) }), ("relu", { relu($0) }),
    ("softplus", { softplus($0) }), ("multiply", { $0 * $0 }),
    ("logSoftmax", { $0.logSoftmax() }), ("sum", { $0.sum() }),
  ]
  for (name, apply) in operations {
    Benchmark("Operation \(name) 400x100") { benchmark in
      let layout = ParameterLayout([("x", 400, 100)])
      let parameters = Parameters(layout)
      var stream = RandomStream(seed: 1, purpose: .other)
      parameters.value = stream.normals(layout.count)
      parameters.tangent = stream.normals(layout.count)
      let tape = Tape(parameters)
      let shape = apply(tape.parameter("x"))
      let seed = Matrix(rows: shape.rows, columns: shape.columns, repeating: 1)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        tape.reset()
        let output = apply(tape.parameter("x"))
        seed.withView { tape.reverse(from: output, seed: $0) }
        tape.tangent()
        tape.reverseTangent(from: output, seedTangent: nil)
      }
      benchmark.stopMeasurement()
      blackHole(parameters.gradientTangent)
    }
  }
}
