import Foundation
import Policies
import Testing

/// Divergences of the provided distributions: values against sums and quadrature, derivatives against
/// differences.
@Suite struct PolicyDivergenceTests {
  static let policies: [any Policy] = [
    GaussianNetworkPolicy(
      observationSize: 2, actionSize: 2, hiddenSizes: [3], activation: .tanh,
      initialLogStandardDeviation: -0.3),
    FullCovarianceGaussianPolicy(
      observationSize: 2, actionSize: 2, hiddenSizes: [3], activation: .tanh),
    CategoricalNetworkPolicy(
      observationSize: 2, actionCount: 4, hiddenSizes: [3], activation: .tanh),
  ]
  static let offsets = [0, 3, 4, 9]
  static var observations: Matrix {
    var stream = RandomStream(seed: 3, purpose: .other)
    return Matrix(rows: 9, columns: 2, elements: stream.normals(18))
  }

  private func points(_ policy: any Policy) -> (old: [Double], new: [Double], direction: [Double]) {
    var stream = RandomStream(seed: 4, purpose: .other)
    let old = stream.normals(policy.layout.count).map { 0.5 * $0 }
    let new = zip(old, stream.normals(policy.layout.count)).map { $0 + 0.3 * $1 }
    return (old, new, stream.normals(policy.layout.count))
  }

  private func divergence(
    _ policy: any Policy, from old: [Double], at new: [Double], along direction: [Double]? = nil,
    blockRows: Int = 4
  ) throws -> (value: Double, gradient: [Double], product: [Double]) {
    let divergence = PolicyDivergence(policy)
    let blocks = EpisodeBlock.partition(Self.offsets, target: blockRows)
    return try Self.observations.withView { x in
      let before = divergence.statistics(x, blocks: blocks, at: old)
      let found = try #require(divergence.record(x, blocks: blocks, old: before, at: new))
      return (found.value, found.gradient, direction.map(divergence.hessianProduct) ?? [])
    }
  }

  /// Four-point differences of a function of the parameters along a direction.
  private func difference(
    _ point: [Double], _ direction: [Double], _ function: ([Double]) throws -> [Double]
  ) rethrows -> [Double] {
    var result: [Double] = []
    for (place, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      var other = point
      add(place * 1e-4, direction, to: &other)
      let values = try function(other)
      if result.isEmpty { result = values.map { _ in 0 } }
      add(weight / 12e-4, values, to: &result)
    }
    return result
  }

  @Test(arguments: policies.indices) func derivativesAreThoseOfDifferences(_ index: Int) throws {
    let policy = Self.policies[index]
    let (old, new, direction) = points(policy)
    let found = try divergence(policy, from: old, at: new, along: direction)
    #expect(found.value > 0.01)
    let slope = try difference(new, direction) { [try divergence(policy, from: old, at: $0).value] }
    #expect((dot(found.gradient, direction) - slope[0]).magnitude < 1e-9 * (1 + slope[0].magnitude))
    let product = try difference(new, direction) {
      try divergence(policy, from: old, at: $0).gradient
    }
    #expect(relativeError(found.product, product) < 1e-8)
    let whole = try divergence(policy, from: old, at: new, along: direction, blockRows: 100)
    #expect(relativeError(whole.gradient, found.gradient) < 1e-12)
    let same = try divergence(policy, from: old, at: old, along: direction)
    #expect(same.value.magnitude < 1e-14 && norm(same.gradient) < 1e-13)
    #expect(dot(same.product, direction) > 0)
  }

  /// The mean over actions of the difference of their log-probabilities: a sum over indices, else
  /// Gauss-Hermite quadrature, which is exact for quadratic functions.
  @Test(arguments: policies.indices) func valuesAreMeansOfLogRatios(_ index: Int) throws {
    let policy = Self.policies[index]
    let (old, new, _) = points(policy)
    let found = try divergence(policy, from: old, at: new).value
    let observations = Self.observations
    func logProbabilities(_ actions: Matrix, _ parameters: [Double]) -> [Double] {
      let likelihood = LogLikelihood(policy)
      return observations.withView { x in
        actions.withView {
          likelihood.logProbabilities(
            x, $0, blocks: [EpisodeBlock(rows: 0..<9, episodes: 0..<3)], at: parameters)
        }
      }
    }
    var sum = 0.0
    if policy.actionSize == 1 {
      for action in 0..<4 {
        let actions = Matrix(
          rows: 9, columns: 1, elements: [Double](repeating: Double(action), count: 9))
        let before = logProbabilities(actions, old)
        for (a, b) in zip(before, logProbabilities(actions, new)) { sum += exp(a) * (a - b) }
      }
    } else {
      let tape = Tape(Parameters(policy.layout), isRecording: false)
      tape.parameters.value = old
      let distribution = policy.distribution(given: tape.constant(observations))
      // the points ±1 of weight 1/2 integrate squares; the mean of a product of two is 0
      for signs in [[-1.0, -1], [-1, 1], [1, -1], [1, 1]] {
        var actions = Matrix(rows: 9, columns: 2)
        for i in 0..<9 {
          for j in 0..<2 {
            var noise = 0.0
            if let full = distribution as? FullGaussianDistribution {
              for k in 0...j { noise += full.factor.view[j, k] * signs[k] }
              actions[i, j] = full.mean.view[i, j] + noise
            } else if let gaussian = distribution as? DiagonalGaussianDistribution {
              noise = exp(gaussian.logStandardDeviation.view[0, j]) * signs[j]
              actions[i, j] = gaussian.mean.view[i, j] + noise
            }
          }
        }
        let before = logProbabilities(actions, old)
        for (a, b) in zip(before, logProbabilities(actions, new)) { sum += (a - b) / 4 }
      }
    }
    #expect((found - sum / 9).magnitude < 1e-12 * (1 + found), "\(found) \(sum / 9)")
  }

  @Test func distributionsWithoutOneSaySo() throws {
    struct Uniform: ActionDistribution {
      func logProbability(of actions: Variable) -> Variable { actions * 0 }
      func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {}
    }
    #expect(Uniform().divergence(from: []) == nil && Uniform().statistics.isEmpty)
  }
}
