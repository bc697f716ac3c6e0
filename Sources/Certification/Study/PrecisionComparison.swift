import Requirements
import Scheduling

/// Meta-gradient estimates in single precision beside those in double precision, from the same batches.
///
/// What rounding changes is compared with what sampling changes: the standard error of a meta-batch's
/// mean estimate, as the root of the sum of its squares over the parameters.
public struct PrecisionComparison: Equatable, Sendable {
  /// The norm of the meta-batch's mean estimate in double precision.
  public let gradientNorm: Double
  /// The norm of the difference of the two mean estimates.
  public let difference: Double
  /// The standard error of the mean estimate.
  public let samplingError: Double

  /// The difference as a part of the sampling error.
  public var relativeDifference: Double { difference / samplingError }

  /// Samples a meta-batch in double precision and differentiates it in both.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - parameters: `θ`
  ///   - tasks: the distribution of the tasks.
  ///   - settings: the inner steps and the estimator; their precision does not matter.
  ///   - chains: the number of chains, each of a task of its own.
  ///   - seed: of every random number.
  ///   - epoch: the place of the random numbers.
  ///   - memory: what the estimator's baseline kept from earlier epochs.
  ///   - threads: how many chains are worked on side by side; does not change results.
  /// - Throws: `SamplingError` if a batch could not be sampled.
  public init(
    policy: any Policy, parameters: [Double], tasks: any TaskDistribution, settings: MetaSettings,
    chains: Int, seed: UInt64, epoch: Int = 0, memory: NamedArrays = NamedArrays(),
    threads: Int = 1
  ) async throws(SamplingError) {
    require(chains > 1, "A sampling error needs at least two chains.")
    let makeBench: @Sendable (Int) -> Bench = { _ in Bench(policy, tasks, settings, memory) }
    let sampled = try await inOrder(chains, threads: threads, makeState: makeBench) {
      bench, chain throws(SamplingError) in
      try bench.sample(parameters, seed: seed, epoch: epoch, chain: chain)
    }
    let pairs = await inOrder(chains, threads: threads, makeState: makeBench) { bench, chain in
      bench.estimates(of: sampled, chain: chain, parameters)
    }
    let count = parameters.count
    var (sum, squares, change) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count),
      [Double](repeating: 0, count: count)
    )
    for pair in pairs {
      add(1, pair.double, to: &sum)
      for i in 0..<count {
        squares[i] += pair.double[i] * pair.double[i]
        change[i] += pair.single[i] - pair.double[i]
      }
    }
    let number = Double(chains)
    gradientNorm = norm(sum) / number
    difference = norm(change) / number
    // Σ_i Σ_n (g_ni - ḡ_i)² / (n (n - 1))
    let spread = zip(squares, sum).reduce(0) { $0 + max(0, $1.0 - $1.1 * $1.1 / number) }
    samplingError = (spread / (number * (number - 1))).squareRoot()
  }

  /// The batches `D_1 … D_ζ, D_o` of a chain, and what other chains may see of it in each precision.
  private struct Sampled: Sendable {
    let batches: [TrajectoryBatch]
    let statistics: [ChainStatistics]
  }

  /// What one thread needs.
  private final class Bench {
    private let tasks: any TaskDistribution
    private let settings: MetaSettings
    private let sampler: BatchSampler
    private let walks: [ChainWalk]
    private let recursions: [EstimatorRecursion]

    init(
      _ policy: any Policy, _ tasks: any TaskDistribution, _ settings: MetaSettings,
      _ memory: NamedArrays
    ) {
      (self.tasks, self.settings) = (tasks, settings)
      sampler = BatchSampler(policy, tasks)
      let both = [settings.in(.double), settings.in(.single)]
      walks = both.map { ChainWalk(policy, settings: $0) }
      recursions = both.map { EstimatorRecursion($0, memory: memory) }
    }

    func sample(
      _ parameters: [Double], seed: UInt64, epoch: Int, chain: Int
    ) throws(SamplingError) -> Sampled {
      var stream = RandomStream(
        seed: seed, purpose: .tasks, at: StreamPlace(epoch: epoch, task: chain))
      let task = tasks.sampleTask(using: &stream)
      var batches: [TrajectoryBatch] = []
      let double = try walks[0].walk(from: parameters) { step, adapted throws(SamplingError) in
        let batch = try sampler.sample(
          task, adapted,
          count: settings.episodes(afterSteps: step),
          at: TrajectorySampler.Place(seed: seed, epoch: epoch, task: chain, phase: step))
        batches.append(batch)
        return batch
      }
      let single = walks[1].walk(from: parameters) { step, _ in batches[step] }
      return Sampled(
        batches: batches,
        statistics: [
          recursions[0].statistics(of: double, task: chain),
          recursions[1].statistics(of: single, task: chain),
        ])
    }

    func estimates(
      of sampled: [Sampled], chain index: Int, _ parameters: [Double]
    ) -> (double: [Double], single: [Double]) {
      let found = (0..<2).map { k in
        let chain = walks[k].walk(from: parameters) { step, _ in sampled[index].batches[step] }
        let peers = sampled.indices.filter { $0 != index }.map { sampled[$0].statistics[k] }
        var v = chain.outer?.gradient ?? []
        recursions[k].propagate(&v, through: chain, sampled[index].statistics[k], peers: peers)
        return v
      }
      return (found[0], found[1])
    }
  }
}
