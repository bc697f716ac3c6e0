import Benchmark
import MetaTape

/// Every operation: its recording and its four sweeps, on 400 by 100 elements unless noted.
func addOperationBenchmarks() {
  let unary = unaryOperations.map { name, apply in
    MeasuredOperation(name) { apply($0.parameter("x")) }
  }
  let binary = binaryOperations.map { name, apply in
    MeasuredOperation(name, [("x", 400, 100), ("y", 400, 100)]) {
      apply($0.parameter("x"), $0.parameter("y"))
    }
  }
  for operation in unary + binary + products {
    Benchmark("Operation \(operation.name)") { benchmark in
      let parameters = operation.makeParameters()
      let tape = Tape(parameters)
      let shape = operation.apply(tape)
      let seed = Matrix(rows: shape.rows, columns: shape.columns, repeating: 1)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        tape.reset()
        let output = operation.apply(tape)
        seed.withView { tape.reverse(from: output, seed: $0) }
        tape.tangent()
        tape.reverseTangent(from: output, seedTangent: nil)
      }
      benchmark.stopMeasurement()
      blackHole(parameters.gradientTangent)
    }
  }
}

private struct MeasuredOperation: Sendable {
  let name: String
  let blocks: [(name: String, rows: Int, columns: Int)]
  let apply: @Sendable (Tape) -> Variable

  init(
    _ name: String, _ blocks: [(name: String, rows: Int, columns: Int)] = [("x", 400, 100)],
    _ apply: @escaping @Sendable (Tape) -> Variable
  ) {
    (self.name, self.blocks, self.apply) = (name, blocks, apply)
  }

  /// Values in `[0.5, 1.5)`, where every operation is defined; square matrices are diagonally dominant.
  func makeParameters() -> Parameters {
    let layout = ParameterLayout(blocks)
    let parameters = Parameters(layout)
    var stream = RandomStream(seed: 1, purpose: .other)
    parameters.value = (0..<layout.count).map { _ in stream.uniform(in: 0.5..<1.5) }
    parameters.tangent = stream.normals(layout.count)
    var start = 0
    for block in blocks {
      if block.rows == block.columns {
        for i in 0..<block.rows { parameters.value[start + i * (block.columns + 1)] += 200 }
      }
      start += block.rows * block.columns
    }
    return parameters
  }
}

private let unaryOperations: [(name: String, apply: @Sendable (Variable) -> Variable)] = [
  ("abs", { abs($0) }), ("square", { square($0) }), ("sqrt", { sqrt($0) }), ("exp", { exp($0) }),
  ("log", { log($0) }), ("sin", { sin($0) }), ("cos", { cos($0) }), ("tanh", { tanh($0) }),
  ("sigmoid", { sigmoid($0) }), ("relu", { relu($0) }), ("softplus", { softplus($0) }),
  ("pow", { pow($0, 2.5) }), ("clamp", { $0.clamped(from: 0.8, to: 1.2) }),
  ("scale and shift", { 2 * $0 + 1 }), ("logSoftmax", { $0.logSoftmax() }),
  ("sum", { $0.sum() }), ("sum of rows", { $0.sumOfRows() }),
  ("sum of columns", { $0.sumOfColumns() }), ("transpose", { $0.transposed }),
  ("reshape", { $0.reshaped(rows: 100, columns: 400) }),
  ("slice", { $0.slice(rows: 100..<300, columns: 25..<75) }),
  ("gather rows", { $0.gatherRows((0..<400).map { $0 * 7 % 400 }) }),
  ("concatenate rows", { .concatenatedRows([$0, $0]) }),
  ("concatenate columns", { .concatenatedColumns([$0, $0]) }),
]

private let binaryOperations: [(name: String, apply: @Sendable (Variable, Variable) -> Variable)] =
  [
    ("add", { $0 + $1 }), ("subtract", { $0 - $1 }), ("multiply", { $0 * $1 }),
    ("divide", { $0 / $1 }), ("max", { max($0, $1) }), ("min", { min($0, $1) }),
  ]

private let products: [MeasuredOperation] = [
  MeasuredOperation("matrix product 400x100x100", [("x", 400, 100), ("w", 100, 100)]) {
    $0.parameter("x").matrixProduct($0.parameter("w"))
  },
  MeasuredOperation(
    "affine tanh 400x100x100", [("x", 400, 100), ("w", 100, 100), ("b", 1, 100)]
  ) {
    $0.parameter("x").affine(
      weight: $0.parameter("w"), bias: $0.parameter("b"), activation: Tanh.self)
  },
  MeasuredOperation("Cholesky 100x100", [("l", 100, 100)]) { $0.parameter("l").cholesky() },
  MeasuredOperation("triangular solve 100x100x400", [("l", 100, 100), ("b", 400, 100)]) {
    $0.parameter("l").solvingLower(rowsOf: $0.parameter("b"))
  },
  MeasuredOperation("exponential diagonal 6x6", [("l", 6, 6)]) {
    (0.001 * $0.parameter("l")).exponentialDiagonal()
  },
  MeasuredOperation("Gaussian 400x6", [("x", 400, 6), ("s", 1, 6), ("a", 400, 6)]) {
    $0.parameter("x").gaussianLogProbability(
      of: $0.parameter("a"), logStandardDeviation: $0.parameter("s"))
  },
]
