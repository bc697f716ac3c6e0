import Foundation
import Policies
import Testing

/// Samples against the parameters of their distributions. Seeds are fixed; the stated rate is the
/// chance that correct code fails at a seed drawn at random.
@Suite("Sampling")
struct SamplingTests {
  static let count = 100_000

  /// Draws `count` actions for one observation.
  private func samples(
    _ policy: any Policy, _ values: [Double], _ observation: [Double], seed: UInt64
  ) -> Matrix {
    let parameters = Parameters(policy.layout)
    parameters.value = values
    let observations = Matrix([[Double]](repeating: observation, count: Self.count))
    var actions = Matrix(rows: Self.count, columns: policy.actionSize)
    observations.withView { observations in
      actions.withMutableView { actions in
        ActionSampler(policy, parameters).sample(observations, into: actions) { row in
          RandomStream(seed: seed, purpose: .actions, at: StreamPlace(episode: row))
        }
      }
    }
    return actions
  }

  /// The mean of a function of the rows.
  private func mean(_ samples: Matrix, _ f: ([Double]) -> Double) -> Double {
    (0..<samples.rows).reduce(0) { $0 + f(samples.row($1)) } / Double(samples.rows)
  }

  /// Checks mean and covariance of Gaussian samples: at most 5 + 5 numbers, each with a false-alarm
  /// rate of 1e-6 (4.9 standard errors).
  private func expectGaussian(_ samples: Matrix, mean expected: [Double], covariance: Matrix) {
    let n = Double(samples.rows)
    for i in expected.indices {
      let error = mean(samples) { $0[i] } - expected[i]
      #expect(error.magnitude < 4.9 * (covariance[i, i] / n).squareRoot())
      for j in 0...i {
        let product = mean(samples) { ($0[i] - expected[i]) * ($0[j] - expected[j]) }
        // Isserlis: the variance of a product is C_ii C_jj + C_ij²
        let variance = covariance[i, i] * covariance[j, j] + covariance[i, j] * covariance[i, j]
        #expect((product - covariance[i, j]).magnitude < 4.9 * (variance / n).squareRoot())
      }
    }
  }

  @Test("a Gaussian network: mean and diagonal covariance")
  func diagonal() {
    let policy = GaussianNetworkPolicy(
      observationSize: 2, actionSize: 2, hiddenSizes: [3], activation: .tanh)
    var stream = RandomStream(seed: 1, purpose: .initialParameters)
    var values = policy.initialParameters(using: &stream)
    values.replaceSubrange(values.count - 2..<values.count, with: [-0.5, 0.7])
    let observation = [0.4, -1.2]
    expectGaussian(
      samples(policy, values, observation, seed: 1),
      mean: network(policy.network, values, observation),
      covariance: Matrix([[Foundation.exp(-1), 0], [0, Foundation.exp(1.4)]]))
  }

  @Test("a Gaussian network with full covariance: mean and covariance L Lᵀ")
  func full() {
    let policy = FullCovarianceGaussianPolicy(
      observationSize: 2, actionSize: 2, hiddenSizes: [3], activation: .softplus)
    var stream = RandomStream(seed: 2, purpose: .initialParameters)
    var values = policy.initialParameters(using: &stream)
    // what stands above the diagonal does not count
    values.replaceSubrange(values.count - 4..<values.count, with: [0.3, 99, -0.8, -0.4])
    let l = Matrix([[Foundation.exp(0.3), 0], [-0.8, Foundation.exp(-0.4)]])
    let observation = [1.0, 0.5]
    expectGaussian(
      samples(policy, values, observation, seed: 2),
      mean: network(policy.network, values, observation), covariance: l * l.transposed)
  }

  @Test("categorical policies: frequencies (χ²)")
  func categorical() {
    let network = CategoricalNetworkPolicy(
      observationSize: 2, actionCount: 4, hiddenSizes: [5], activation: .sigmoid)
    var stream = RandomStream(seed: 3, purpose: .initialParameters)
    let observation = [0.3, -0.6]
    let networkValues = network.initialParameters(using: &stream)
    let logits = self.network(network.network, networkValues, observation)
    let linear = SoftmaxPolicy(observationSize: 2, actionCount: 4)
    let linearValues = stream.normals(8)
    let cases: [(any Policy, [Double], [Double])] = [
      (network, networkValues, logits.map(Foundation.exp)),
      (linear, linearValues, linear.probabilities(observation, linearValues)),
    ]
    for (policy, values, weights) in cases {
      let actions = samples(policy, values, observation, seed: 3)
      let sum = weights.reduce(0, +)
      var chiSquared = 0.0
      for (action, weight) in weights.enumerated() {
        let observed = Double(actions.elements.filter { $0 == Double(action) }.count)
        let expected = weight / sum * Double(Self.count)
        chiSquared += Foundation.pow(observed - expected, 2) / expected
      }
      // three degrees of freedom: false-alarm rate 1e-6
      #expect(chiSquared < 30.7)
    }
  }

  @Test("the action of a row does not depend on the other rows", arguments: 0..<4)
  func rows(_ index: Int) {
    let policies: [any Policy] = [
      GaussianNetworkPolicy(observationSize: 3, actionSize: 3, hiddenSizes: [8]),
      FullCovarianceGaussianPolicy(observationSize: 3, actionSize: 3, hiddenSizes: [8]),
      CategoricalNetworkPolicy(observationSize: 3, actionCount: 5, hiddenSizes: [8]),
      SoftmaxPolicy(observationSize: 3, actionCount: 5),
    ]
    let policy = policies[index]
    var stream = RandomStream(seed: 4, purpose: .other)
    let parameters = Parameters(policy.layout)
    parameters.value = stream.normals(policy.layout.count)
    let observations = Matrix(rows: 9, columns: 3, elements: stream.normals(27))
    let sampler = ActionSampler(policy, parameters)

    func draw(_ rows: [Int]) -> [[Double]] {
      let chosen = Matrix(rows.map { observations.row($0) })
      var actions = Matrix(rows: rows.count, columns: policy.actionSize)
      chosen.withView { chosen in
        actions.withMutableView { actions in
          sampler.sample(chosen, into: actions) {
            RandomStream(seed: 5, purpose: .actions, at: StreamPlace(episode: rows[$0]))
          }
        }
      }
      return (0..<rows.count).map { actions.row($0) }
    }
    let all = draw(Array(0..<9))
    #expect(draw(Array(0..<9)) == all)
    for row in 0..<9 {
      // the products of other shapes may round differently in the last digit
      #expect(relativeError(draw([row])[0], all[row]) < 1e-15)
    }
    let reversed = draw(Array((0..<9).reversed()))
    #expect(relativeError(reversed.reversed().flatMap(\.self), all.flatMap(\.self)) < 1e-15)
  }

  /// The output of a network by its definition.
  private func network(
    _ network: FeedForwardNetwork, _ values: [Double], _ observation: [Double]
  ) -> [Double] {
    var x = observation
    for k in 0..<network.sizes.count - 1 {
      let weight = network.layout.matrix(
        "weight\(k)", of: Array(values.prefix(network.layout.count)))
      let bias = network.layout.matrix("bias\(k)", of: Array(values.prefix(network.layout.count)))
      x = (0..<weight.columns).map { j in
        let z = bias[0, j] + x.indices.reduce(0) { $0 + x[$1] * weight[$1, j] }
        if k == network.sizes.count - 2 { return z }
        return switch network.activation {
        case .relu: Swift.max(z, 0)
        case .tanh: Foundation.tanh(z)
        case .sigmoid: 1 / (1 + Foundation.exp(-z))
        case .softplus: Foundation.log1p(Foundation.exp(z))
        }
      }
    }
    return x
  }
}
