import Autodiff
import Requirements

/// The log-probabilities `ℓ(θ)` of a batch of samples, and the derivatives of `wᵀ ℓ(θ)`.
///
/// The batch is recorded in blocks, each on its own tape. The recording of `recordGradient` is
/// kept, so ``secondOrder(weights:direction:rule:)`` costs only the two tangent sweeps, and both run
/// while a block is in the cache.
///
/// The arithmetic depends only on the batch and its blocks. An instance belongs to one task at a
/// time; its memory is reused from batch to batch.
public final class LogLikelihood {
  /// The policy.
  public let policy: any Policy
  /// The parameters `θ` and the results of the sweeps.
  public let parameters: Parameters
  private var tapes: [Tape] = []
  /// Computes log-probabilities at other parameters.
  private var evaluation: Tape?
  private var recorded: [(block: EpisodeBlock, output: Variable)] = []
  private var seedTangents: [Double] = []
  /// The weights of the last reverse sweep: `w: [N]`.
  public private(set) var weights: [Double] = []

  /// The precision of the tapes.
  public let precision: Precision

  /// Creates the log-likelihood of a policy; the parameters are zero until they are set.
  public init(_ policy: any Policy, precision: Precision = .double) {
    (self.policy, self.precision) = (policy, precision)
    parameters = Parameters(policy.layout)
  }

  /// Nodes, memory and sweeps of all tapes together.
  public var statistics: [Tape.Statistics] { tapes.map(\.statistics) }

  /// Records a batch and computes `∇ wᵀ ℓ(θ)`.
  ///
  /// - Parameters:
  ///   - observations: `[N, observationSize]`
  ///   - actions: `[N, actionSize]`
  ///   - blocks: a division of the rows.
  ///   - weights: `w: [N]`
  ///   - isKept: whether the recording is kept for second derivatives. Otherwise all blocks share
  ///     the memory of one.
  /// - Returns: The gradient, in the layout of the parameters.
  public func recordGradient(
    _ observations: MatrixView, _ actions: MatrixView, blocks: [EpisodeBlock], weights: [Double],
    isKept: Bool = true
  ) -> [Double] {
    require(
      observations.rows == actions.rows && actions.rows == weights.count,
      "\(observations.rows) observations, \(actions.rows) actions, \(weights.count) weights.")
    requireRows(of: blocks, within: observations.rows)
    recorded.removeAll(keepingCapacity: true)
    parameters.clearGradient()
    weights.withUnsafeBufferPointer { weights in
      for (index, block) in blocks.enumerated() {
        let tape = tape(isKept ? index : 0)
        tape.reset()
        let output = logProbabilities(
          observations.rows(block.rows), actions.rows(block.rows), on: tape)
        tape.reverse(from: output, seed: Self.column(weights, block.rows))
        if isKept { recorded.append((block, output)) }
      }
    }
    self.weights = weights
    return parameters.gradient
  }

  /// Records a batch and computes `∇ Σ_n f(ℓ_n, ℓ_n^old, w_n)`.
  ///
  /// The ``weights`` are then the slopes `f′`, so that what follows is about `f`.
  ///
  /// - Parameters:
  ///   - observations: `[N, observationSize]`
  ///   - actions: `[N, actionSize]`
  ///   - blocks: a division of the rows.
  ///   - objective: `f`
  ///   - old: `ℓ^old: [N]`; nil for `ℓ` itself, as where the batch was drawn.
  ///   - signals: `w: [N]`
  /// - Returns: The gradient, in the layout of the parameters; the recording is kept.
  public func recordGradient(
    _ observations: MatrixView, _ actions: MatrixView, blocks: [EpisodeBlock],
    objective: some SampleObjective, old: [Double]?, signals: [Double]
  ) -> [Double] {
    let count = observations.rows
    require(
      count == actions.rows && count == signals.count && count == old?.count ?? count,
      "\(count) observations, \(actions.rows) actions, \(signals.count) signals, \(old?.count ?? count) old log-probabilities."
    )
    requireRows(of: blocks, within: count)
    recorded.removeAll(keepingCapacity: true)
    parameters.clearGradient()
    var slopes = [Double](repeating: 0, count: count)
    for (index, block) in blocks.enumerated() {
      let tape = tape(index)
      tape.reset()
      let output = logProbabilities(
        observations.rows(block.rows), actions.rows(block.rows), on: tape)
      let current = output.view.elements
      let before = old.map { Array($0[block.rows]) } ?? current
      let credits = Array(signals[block.rows])
      slopes.withUnsafeMutableBufferPointer { slopes in
        let part = UnsafeMutableBufferPointer(rebasing: slopes[block.rows])
        var target = MutableSpan(_unsafeElements: part)
        objective.writeSlopes(
          logProbabilities: current.span, old: before.span, signals: credits.span, into: &target)
        tape.reverse(
          from: output,
          seed: MatrixView(UnsafeBufferPointer(part), rows: block.rows.count, columns: 1))
      }
      recorded.append((block, output))
    }
    weights = slopes
    return parameters.gradient
  }

  /// The gradient `∇ wᵀ ℓ(θ)` of the recorded batch, with other weights.
  ///
  /// - Parameter weights: `w: [N]`
  /// - Returns: The gradient, in the layout of the parameters.
  /// - Precondition: a batch is recorded and kept.
  public func gradient(weights: [Double]) -> [Double] {
    requireRecording()
    requireRows(of: recorded.map(\.block), within: weights.count)
    parameters.clearGradient()
    weights.withUnsafeBufferPointer { weights in
      for (index, (block, output)) in recorded.enumerated() {
        tapes[index].reverse(from: output, seed: Self.column(weights, block.rows))
      }
    }
    self.weights = weights
    return parameters.gradient
  }

  /// The log-probabilities of the recorded batch: `[N]`.
  public var logProbabilities: [Double] {
    recorded.flatMap { $0.output.view.elements }
  }

  /// The sweep `∇²(wᵀ ℓ) v + Σ_n ẇ_n ∇ℓ_n`, with `ẇ` computed from the tangents `ℓ̇ = (∂ℓ/∂θ) v`.
  ///
  /// - Parameters:
  ///   - weights: `w: [N]`; a reverse sweep precedes unless the last one had the same weights.
  ///   - direction: `v`
  ///   - rule: writes `ẇ` for a block. It receives the block, the tangents of its rows, and the
  ///     memory for the tangents of its weights, which holds anything; both are indexed from the
  ///     block's first row.
  /// - Returns: The sweep's result, in the layout of the parameters.
  /// - Precondition: a batch is recorded and kept.
  public func secondOrder(
    weights: [Double], direction: [Double],
    rule: (EpisodeBlock, Span<Double>, inout MutableSpan<Double>) -> Void
  ) -> [Double] {
    requireRecording()
    if weights != self.weights { _ = gradient(weights: weights) }
    parameters.tangent = direction
    parameters.clearGradientTangent()
    for (index, (block, output)) in recorded.enumerated() {
      let tape = tapes[index]
      tape.tangent()
      if seedTangents.count < block.rows.count {
        seedTangents = [Double](repeating: 0, count: block.rows.count)
      }
      guard let tangents = output.tangentView else { continue }
      seedTangents.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        var target = MutableSpan(_unsafeStart: start, count: block.rows.count)
        rule(block, Span(_unsafeStart: tangents.pointer, count: block.rows.count), &target)
        tape.reverseTangent(
          from: output,
          seedTangent: MatrixView(UnsafePointer(start), rows: block.rows.count, columns: 1))
      }
    }
    return parameters.gradientTangent
  }

  /// The tangents `ℓ̇ = (∂ℓ/∂θ) v` of the recorded batch: `[N]`.
  ///
  /// - Parameter direction: `v`
  /// - Returns: The tangents in the order of the rows.
  /// - Precondition: a batch is recorded and kept.
  public func tangents(direction: [Double]) -> [Double] {
    requireRecording()
    parameters.tangent = direction
    var result: [Double] = []
    for (index, (block, output)) in recorded.enumerated() {
      tapes[index].tangent()
      // a policy without parameters has no tangents
      result += output.tangentView?.elements ?? block.rows.map { _ in 0 }
    }
    return result
  }

  /// The log-probabilities of a batch at other parameters, without recording: `[N]`.
  ///
  /// The recording does not change.
  ///
  /// - Parameters:
  ///   - observations: `[N, observationSize]`
  ///   - actions: `[N, actionSize]`
  ///   - blocks: a division of the rows.
  ///   - values: the parameters, in the layout of the policy.
  /// - Returns: The log-probabilities in the order of the rows.
  public func logProbabilities(
    _ observations: MatrixView, _ actions: MatrixView, blocks: [EpisodeBlock], at values: [Double]
  ) -> [Double] {
    require(
      observations.rows == actions.rows,
      "\(observations.rows) observations, \(actions.rows) actions.")
    requireRows(of: blocks, within: observations.rows)
    let tape =
      evaluation ?? Tape(Parameters(policy.layout), isRecording: false, precision: precision)
    evaluation = tape
    tape.parameters.value = values
    return blocks.flatMap { block in
      tape.reset()
      return logProbabilities(
        observations.rows(block.rows), actions.rows(block.rows), on: tape
      ).view.elements
    }
  }

  private func logProbabilities(
    _ observations: MatrixView, _ actions: MatrixView, on tape: Tape
  ) -> Variable {
    let distribution = policy.distribution(given: tape.constant(observations))
    let output = distribution.logProbability(of: tape.constant(actions))
    require(
      output.rows == observations.rows && output.columns == 1,
      "The log-probabilities of \(observations.rows) samples have the shape [\(output.rows), \(output.columns)] instead of [\(observations.rows), 1]."
    )
    return output
  }

  private func requireRecording() {
    require(!recorded.isEmpty, "There is no recording: call recordGradient first.")
  }

  private func requireRows(of blocks: [EpisodeBlock], within count: Int) {
    for block in blocks {
      require(
        block.rows.lowerBound >= 0 && block.rows.upperBound <= count,
        "The rows \(block.rows) of a block are outside of a batch of \(count) samples.")
    }
  }

  private func tape(_ index: Int) -> Tape {
    // the blocks are swept one after the other
    while tapes.count <= index {
      tapes.append(Tape(parameters, precision: precision, sharingTangentsOf: tapes.first))
    }
    return tapes[index]
  }

  private static func column(
    _ weights: UnsafeBufferPointer<Double>, _ rows: Range<Int>
  ) -> MatrixView {
    MatrixView(
      UnsafeBufferPointer(rebasing: weights[rows]), rows: rows.count, columns: 1)
  }
}
