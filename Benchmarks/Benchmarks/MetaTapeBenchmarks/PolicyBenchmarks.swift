import Benchmark
import MetaTape

/// The derivatives of 4,000 samples for every kind of policy; networks are 17-100-100-6.
func addPolicyBenchmarks() {
  for activation in ActivationFunction.allCases {
    addPolicyBenchmarks("Gaussian, \(activation.rawValue)") {
      PolicyFixture(
        GaussianNetworkPolicy(observationSize: 17, actionSize: 6, activation: activation))
    }
  }
  addPolicyBenchmarks("full covariance") {
    PolicyFixture(FullCovarianceGaussianPolicy(observationSize: 17, actionSize: 6))
  }
  addPolicyBenchmarks("categorical") {
    PolicyFixture(CategoricalNetworkPolicy(observationSize: 17, actionCount: 6), actionCount: 6)
  }
  addPolicyBenchmarks("softmax") {
    PolicyFixture(SoftmaxPolicy(observationSize: 17, actionCount: 6), actionCount: 6)
  }
}

private func addPolicyBenchmarks(
  _ name: String, _ makeFixture: @escaping @Sendable () -> PolicyFixture
) {
  Benchmark("Policy gradient \(name)") { benchmark in
    let fixture = makeFixture()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(fixture.gradient()) }
  }
  Benchmark("Policy Hessian-vector product \(name)") { benchmark in
    let fixture = makeFixture()
    _ = fixture.gradient()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(fixture.hessianVectorProduct()) }
  }
}

private struct PolicyFixture {
  let likelihood: LogLikelihood
  let observations: Matrix
  let actions: Matrix
  let weights: [Double]
  let direction: [Double]
  let blocks = EpisodeBlock.partition(Array(stride(from: 0, through: 4000, by: 100)))

  /// - Parameters:
  ///   - policy: a policy with 17 observations.
  ///   - actionCount: the number of discrete actions; nil for actions of 6 numbers.
  init(_ policy: any Policy, actionCount: Int? = nil) {
    var stream = RandomStream(seed: 1, purpose: .other)
    likelihood = LogLikelihood(policy)
    likelihood.parameters.value = policy.initialParameters(using: &stream)
    observations = Matrix(rows: 4000, columns: 17, elements: stream.normals(17 * 4000))
    if let actionCount {
      actions = Matrix(
        rows: 4000, columns: 1, elements: (0..<4000).map { Double($0 * 7 % actionCount) })
    } else {
      actions = Matrix(rows: 4000, columns: 6, elements: stream.normals(6 * 4000))
    }
    weights = stream.normals(4000)
    direction = stream.normals(policy.layout.count)
  }

  func gradient() -> [Double] {
    observations.withView { x in
      actions.withView { likelihood.recordGradient(x, $0, blocks: blocks, weights: weights) }
    }
  }

  func hessianVectorProduct() -> [Double] {
    likelihood.secondOrder(weights: weights, direction: direction) { _, _, tangents in
      tangents.update(repeating: 0)
    }
  }
}
