import CAllocationCounter
import Policies
import Testing

@Suite("Log-likelihood of a batch")
struct LogLikelihoodTests {
  private let policy = GaussianNetworkPolicy(
    observationSize: 3, actionSize: 2, hiddenSizes: [6, 5], activation: .tanh)
  private let observations: Matrix
  private let actions: Matrix
  private let weights: [Double]
  private let others: [Double]
  private let point: [Double]
  private let direction: [Double]
  /// Five episodes of different lengths.
  private let offsets = [0, 7, 8, 20, 26, 31]

  init() {
    var stream = RandomStream(seed: 1, purpose: .other)
    observations = Matrix(rows: 31, columns: 3, elements: stream.normals(93))
    actions = Matrix(rows: 31, columns: 2, elements: stream.normals(62))
    (weights, others) = (stream.normals(31), stream.normals(31))
    point = stream.normals(policy.layout.count).map { 0.4 * $0 }
    direction = stream.normals(policy.layout.count)
  }

  private struct Results {
    var gradient: [Double] = []
    var reweighted: [Double] = []
    var logProbabilities: [Double] = []
    var tangents: [Double] = []
    var product: [Double] = []
    var withSeedTangent: [Double] = []
  }

  private func compute(_ blocks: [EpisodeBlock]) -> Results {
    let likelihood = LogLikelihood(policy)
    likelihood.parameters.value = point
    var results = Results()
    observations.withView { x in
      actions.withView { a in
        results.gradient = likelihood.recordGradient(x, a, blocks: blocks, weights: weights)
      }
    }
    results.logProbabilities = likelihood.logProbabilities
    results.product = likelihood.secondOrder(weights: weights, direction: direction) {
      block, tangent, seedTangent in
      for i in 0..<block.rows.count {
        results.tangents.append(tangent[i])
        seedTangent[i] = 0
      }
    }
    results.withSeedTangent = likelihood.secondOrder(weights: weights, direction: direction) {
      block, _, seedTangent in
      for (i, row) in block.rows.enumerated() { seedTangent[i] = others[row] }
    }
    results.reweighted = likelihood.gradient(weights: others)
    return results
  }

  @Test("several blocks equal one", arguments: [1, 7, 10, 20, 100])
  func blocks(_ target: Int) {
    let one = compute([EpisodeBlock(rows: 0..<31, episodes: 0..<5)])
    let several = compute(EpisodeBlock.partition(offsets, target: target))
    for path in [
      \Results.gradient, \.reweighted, \.logProbabilities, \.tangents, \.product, \.withSeedTangent,
    ] {
      #expect(relativeError(several[keyPath: path], one[keyPath: path]) < 1e-12)
    }
  }

  @Test("agrees with the derivatives of the weighted sum")
  func definition() {
    let results = compute(EpisodeBlock.partition(offsets, target: 10))
    let function = DifferentiableFunction(policy.layout) { tape in
      policy.distribution(given: tape.constant(observations))
        .logProbability(of: tape.constant(actions))
    }
    let w = Matrix(rows: 31, columns: 1, elements: weights)
    let moving = Matrix(rows: 31, columns: 1, elements: others)
    #expect(relativeError(results.logProbabilities, function.value(at: point).elements) < 1e-12)
    #expect(
      relativeError(
        results.tangents, function.jacobianVectorProduct(at: point, direction: direction).elements)
        < 1e-12)
    #expect(relativeError(results.gradient, function.vectorJacobianProduct(at: point, w)) < 1e-12)
    #expect(
      relativeError(results.reweighted, function.vectorJacobianProduct(at: point, moving)) < 1e-12)
    #expect(
      relativeError(results.product, function.reverseTangent(at: point, w, direction: direction))
        < 1e-12)
    // the sweep with moving weights adds Σ ẇ ∇ℓ
    let sum = zip(results.product, results.reweighted).map { $0 + $1 }
    #expect(relativeError(results.withSeedTangent, sum) < 1e-12)
  }

  @Test("second derivatives are those of their weights, whatever was asked before")
  func reweighting() {
    let likelihood = LogLikelihood(policy)
    likelihood.parameters.value = point
    let blocks = EpisodeBlock.partition(offsets, target: 10)
    func product(_ likelihood: LogLikelihood, _ weights: [Double]) -> [Double] {
      likelihood.secondOrder(weights: weights, direction: direction) { _, _, seedTangent in
        seedTangent.update(repeating: 0)
      }
    }
    observations.withView { x in
      actions.withView { a in
        _ = likelihood.recordGradient(x, a, blocks: blocks, weights: weights)
        let gradient = likelihood.gradient(weights: others)
        let reweighted = product(likelihood, others)
        let original = product(likelihood, weights)
        let fresh = LogLikelihood(policy)
        fresh.parameters.value = point
        #expect(gradient == fresh.recordGradient(x, a, blocks: blocks, weights: others))
        #expect(reweighted == product(fresh, others))
        _ = fresh.recordGradient(x, a, blocks: blocks, weights: weights)
        #expect(original == product(fresh, weights) && original != reweighted)
        // the gradient alone, in the memory of one block
        #expect(
          gradient
            == fresh.recordGradient(x, a, blocks: blocks, weights: others, isKept: false))
      }
    }
  }

  @Test("blocks are whole episodes and cover every row once")
  func partition() {
    for target in [1, 5, 12, 1000] {
      let blocks = EpisodeBlock.partition(offsets, target: target)
      #expect(blocks.flatMap { Array($0.rows) } == Array(0..<31))
      #expect(blocks.flatMap { Array($0.episodes) } == Array(0..<5))
      for block in blocks {
        #expect(offsets[block.episodes.lowerBound] == block.rows.lowerBound)
        #expect(offsets[block.episodes.upperBound] == block.rows.upperBound)
      }
      #expect(blocks.dropLast().allSatisfy { $0.rows.count >= target })
    }
    #expect(EpisodeBlock.partition([0]).isEmpty && EpisodeBlock.partition([]).isEmpty)
  }

  @Test func otherParametersLeaveTheRecordingAlone() {
    let likelihood = LogLikelihood(policy)
    likelihood.parameters.value = point
    let other = zip(point, direction).map { $0 + 0.1 * $1 }
    let elsewhere = LogLikelihood(policy)
    elsewhere.parameters.value = other
    let blocks = EpisodeBlock.partition(offsets, target: 10)
    observations.withView { x in
      actions.withView { a in
        let gradient = likelihood.recordGradient(x, a, blocks: blocks, weights: weights)
        let here = likelihood.logProbabilities
        _ = elsewhere.recordGradient(x, a, blocks: blocks, weights: weights)
        #expect(
          likelihood.logProbabilities(x, a, blocks: blocks, at: other)
            == elsewhere.logProbabilities)
        #expect(likelihood.logProbabilities(x, a, blocks: blocks, at: point) == here)
        #expect(likelihood.logProbabilities == here && likelihood.parameters.value == point)
        #expect(likelihood.gradient(weights: weights) == gradient)
      }
    }
  }

  @Test(
    "1,000 batches of equal shape allocate alike: the results' arrays alone",
    .enabled(
      if: allocation_counter_is_available(), "allocations can be counted on Linux with glibc only"))
  func allocations() {
    let likelihood = LogLikelihood(policy)
    likelihood.parameters.value = point
    let blocks = EpisodeBlock.partition(offsets, target: 10)
    var counts: Set<UInt64> = []
    observations.withView { x in
      actions.withView { a in
        for batch in 0..<1001 {
          allocation_counter_start()
          _ = likelihood.recordGradient(x, a, blocks: blocks, weights: weights)
          _ = likelihood.secondOrder(weights: weights, direction: direction) {
            _, _, seedTangent in
            seedTangent.update(repeating: 0)
          }
          let count = allocation_counter_stop().own
          if batch > 0 { counts.insert(count) }
        }
      }
    }
    #expect(counts.count == 1)
    #if !DEBUG
    // the two gradients; the distribution of each block in its existential box
    #expect(counts.max() ?? .max <= UInt64(2 + blocks.count))
    #endif
  }
}
