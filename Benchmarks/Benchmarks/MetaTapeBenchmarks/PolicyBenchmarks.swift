import Benchmark
import MetaTape

/// The derivatives of 4,000 samples of a Gaussian network 17-100-100-6.
func addPolicyBenchmarks() {
  for activation in ActivationFunction.allCases {
    Benchmark("Policy gradient \(activation.rawValue)") { benchmark in
      let fixture = PolicyFixture(activation)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { blackHole(fixture.gradient()) }
    }
    Benchmark("Policy Hessian-vector product \(activation.rawValue)") { benchmark in
      let fixture = PolicyFixture(activation)
      _ = fixture.gradient()
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { blackHole(fixture.hessianVectorProduct()) }
    }
  }
}

private struct PolicyFixture {
  let likelihood: LogLikelihood
  let observations: Matrix
  let actions: Matrix
  let weights: [Double]
  let direction: [Double]
  let blocks = Block.partition(Array(stride(from: 0, through: 4000, by: 100)))

  init(_ activation: ActivationFunction) {
    let policy = GaussianNetworkPolicy(
      observationSize: 17, actionSize: 6, activation: activation)
    var stream = RandomStream(seed: 1, purpose: .other)
    likelihood = LogLikelihood(policy)
    likelihood.parameters.value = policy.initialParameters(using: &stream)
    observations = Matrix(rows: 4000, columns: 17, elements: stream.normals(17 * 4000))
    actions = Matrix(rows: 4000, columns: 6, elements: stream.normals(6 * 4000))
    weights = stream.normals(4000)
    direction = stream.normals(policy.layout.count)
  }

  func gradient() -> [Double] {
    observations.withView { x in
      actions.withView { likelihood.recordGradient(x, $0, blocks: blocks, weights: weights) }
    }
  }

  func hessianVectorProduct() -> [Double] {
    likelihood.secondOrder(direction: direction) { block, _, tangents in
      tangents.update(repeating: 0, count: block.rows.count)
    }
  }
}
