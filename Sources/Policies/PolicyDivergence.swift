import Autodiff
import Requirements

/// The mean Kullback-Leibler divergence `(1/N) Σ_n KL(π_old(·|s_n) ‖ π(·|s_n; θ))` of a policy from an
/// older one over the observations of a batch, with its first and second derivatives in `θ`.
///
/// The distributions themselves are compared, not sampled actions: see
/// ``ActionDistribution/divergence(from:)``. An instance is reused from batch to batch.
public final class PolicyDivergence {
  /// What fixes the old distributions, for each block: see ``ActionDistribution/statistics``.
  public typealias Statistics = [[Matrix]]

  /// The policy.
  public let policy: any Policy
  private let parameters: Parameters
  private let evaluation: Tape
  private var tapes: [Tape] = []
  private var recorded: [(block: EpisodeBlock, output: Variable)] = []

  /// Creates the divergence of a policy.
  public init(_ policy: any Policy) {
    self.policy = policy
    parameters = Parameters(policy.layout)
    evaluation = Tape(Parameters(policy.layout), isRecording: false)
  }

  /// What fixes the policy's distributions at parameters, for each block of observations.
  public func statistics(
    _ observations: MatrixView, blocks: [EpisodeBlock], at values: [Double]
  ) -> Statistics {
    evaluation.parameters.value = values
    return blocks.map { block in
      evaluation.reset()
      let rows = evaluation.constant(observations.rows(block.rows))
      return policy.distribution(given: rows).statistics.map { variable in
        let view = variable.view
        return Matrix(rows: view.rows, columns: view.columns, elements: view.elements)
      }
    }
  }

  /// Records the divergence and computes its gradient; nil if the distribution has none.
  ///
  /// - Parameters:
  ///   - observations: `[N, observationSize]`
  ///   - blocks: a division of the rows.
  ///   - old: what fixes the old distributions.
  ///   - values: `θ`
  /// - Returns: The mean divergence in nats, and its gradient in the layout of the parameters.
  public func record(
    _ observations: MatrixView, blocks: [EpisodeBlock], old: Statistics, at values: [Double]
  ) -> (value: Double, gradient: [Double])? {
    require(
      old.count == blocks.count,
      "\(blocks.count) blocks, but old distributions of \(old.count).")
    parameters.value = values
    parameters.clearGradient()
    recorded.removeAll(keepingCapacity: true)
    var sum = 0.0
    for (index, block) in blocks.enumerated() {
      while tapes.count <= index {
        tapes.append(Tape(parameters, sharingTangentsOf: tapes.first))
      }
      let tape = tapes[index]
      tape.reset()
      let distribution = policy.distribution(
        given: tape.constant(observations.rows(block.rows)))
      guard let output = distribution.divergence(from: old[index].map { tape.constant($0) }) else {
        return nil
      }
      require(
        output.rows == block.rows.count && output.columns == 1,
        "The divergences of \(block.rows.count) samples have the shape [\(output.rows), \(output.columns)] instead of [\(block.rows.count), 1]."
      )
      let seed = Matrix(
        rows: block.rows.count, columns: 1,
        elements: [Double](repeating: 1 / Double(observations.rows), count: block.rows.count))
      for value in output.view.elements { sum += value }
      seed.withView { tape.reverse(from: output, seed: $0) }
      recorded.append((block, output))
    }
    return (sum / Double(observations.rows), parameters.gradient)
  }

  /// The mean divergence alone, without a recording; nil if the distribution has none.
  ///
  /// - Parameters:
  ///   - observations: `[N, observationSize]`
  ///   - blocks: a division of the rows.
  ///   - old: what fixes the old distributions.
  ///   - values: `θ`
  /// - Returns: The mean divergence in nats.
  public func value(
    _ observations: MatrixView, blocks: [EpisodeBlock], old: Statistics, at values: [Double]
  ) -> Double? {
    evaluation.parameters.value = values
    var sum = 0.0
    for (block, old) in zip(blocks, old) {
      evaluation.reset()
      let distribution = policy.distribution(
        given: evaluation.constant(observations.rows(block.rows)))
      guard let output = distribution.divergence(from: old.map { evaluation.constant($0) }) else {
        return nil
      }
      for value in output.view.elements { sum += value }
    }
    return sum / Double(observations.rows)
  }

  /// The product of the recorded divergence's Hessian with a vector.
  ///
  /// Where the old distributions are those of `θ` itself, this is the Fisher matrix.
  ///
  /// - Precondition: a divergence is recorded.
  public func hessianProduct(_ direction: [Double]) -> [Double] {
    require(!recorded.isEmpty, "There is no recording: call record first.")
    parameters.tangent = direction
    parameters.clearGradientTangent()
    for (index, (_, output)) in recorded.enumerated() {
      tapes[index].tangent()
      tapes[index].reverseTangent(from: output, seedTangent: nil)
    }
    return parameters.gradientTangent
  }
}
