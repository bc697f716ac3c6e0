import LinearAlgebra
import Requirements

/// A batch of a chain at the parameters `θ` of its place: the gradient and the second derivatives of
/// `Σ_n f(ℓ_n(θ), ℓ_n^old, w_n)`, where `f = w ℓ` unless the settings say otherwise.
///
/// It is immutable to its readers, whatever the order of their calls. The recording behind it is made
/// when it is first needed, and again if its memory has been used for another batch meanwhile; that
/// changes no bit of a result.
public final class RecordedBatch {
  /// The batch.
  public let batch: TrajectoryBatch
  /// The parameters `θ` at which it is recorded.
  public let parameters: [Double]
  /// The signals over the size of the batch, `w: [N]`.
  public let signals: [Double]
  /// `f`
  public let objective: any SampleObjective
  /// The log-probabilities `ℓ^old` at the parameters with which it was drawn; nil if those are `θ`.
  private let givenOld: [Double]?
  private let blockRows: Int
  private let slot: RecordingSlot
  /// Whether recordings are kept for second derivatives from the first on.
  private let isKept: Bool
  /// The slot's number of recordings when this batch's own was made and kept; 0 for never.
  private var ticket = 0
  private var knownGradient: [Double]?
  private var knownWeights: [Double]?
  private var knownDrawn: [Double]?

  init(
    _ batch: TrajectoryBatch, at parameters: [Double], signals: [Double],
    objective: any SampleObjective, old: [Double]? = nil, blockRows: Int, slot: RecordingSlot,
    isKept: Bool
  ) {
    (self.batch, self.parameters, self.signals) = (batch, parameters, signals)
    (self.objective, givenOld, self.blockRows) = (objective, old, blockRows)
    (self.slot, self.isKept) = (slot, isKept)
  }

  /// The gradient `∇ Σ_n f`, in the layout of the parameters.
  public var gradient: [Double] {
    if let knownGradient { return knownGradient }
    let result = objective.isLinear ? gradient(weights: signals) : recordObjective()
    knownGradient = result
    return result
  }

  /// The slopes `f′ = ∂f/∂ℓ` of the samples, which are the weights of ``gradient``: `[N]`.
  public var weights: [Double] {
    if objective.isLinear { return signals }
    if knownWeights == nil { _ = recordObjective() }
    return knownWeights ?? []
  }

  /// `Σ_n f`
  public var value: Double {
    let current = isRecorded ? logProbabilities : evaluated
    let (old, signals) = (givenOld ?? current, signals)
    return objective.value(
      logProbabilities: current.span, old: old.span, signals: signals.span)
  }

  /// The log-probabilities `ℓ(θ): [N]`.
  public var logProbabilities: [Double] { recording.logProbabilities }

  /// The gradient `∇ wᵀ ℓ(θ)` with other weights.
  ///
  /// - Parameter weights: `w: [N]`
  /// - Returns: The gradient, in the layout of the parameters.
  public func gradient(weights: [Double]) -> [Double] {
    if isRecorded { return slot.likelihood.gradient(weights: weights) }
    return record(isKept: isKept) { likelihood, observations, actions, blocks in
      likelihood.recordGradient(
        observations, actions, blocks: blocks, weights: weights, isKept: isKept)
    }
  }

  /// The tangents `ℓ̇ = (∂ℓ/∂θ) v` of the samples: `[N]`.
  ///
  /// - Parameter direction: `v`
  /// - Returns: The tangents in the order of the rows; a tangent sweep each.
  public func tangents(direction: [Double]) -> [Double] { recording.tangents(direction: direction) }

  /// The mean over the trajectories of their scores along a direction, `(1/|D|) Σ_n ℓ̇_n`.
  public func meanScore(along direction: [Double]) -> Double {
    tangents(direction: direction).reduce(0, +) / Double(batch.episodeCount)
  }

  /// The sweep `∇²(Σ_n f) v + Σ_n ẇ_n ∇ℓ_n`, with `ẇ` computed from the tangents `ℓ̇ = (∂ℓ/∂θ) v`.
  ///
  /// - Parameters:
  ///   - direction: `v`
  ///   - rule: writes `ẇ` for a block, given the block and the tangents of its rows.
  /// - Returns: The sweep's result, in the layout of the parameters.
  public func secondOrder(
    direction: [Double], rule: (EpisodeBlock, Span<Double>, inout MutableSpan<Double>) -> Void
  ) -> [Double] {
    let (likelihood, weights) = (recording, weights)
    if objective.isLinear {
      return likelihood.secondOrder(weights: weights, direction: direction, rule: rule)
    }
    let curvatures = curvatures(likelihood.logProbabilities)
    return likelihood.secondOrder(weights: weights, direction: direction) {
      block, tangents, target in
      rule(block, tangents, &target)
      for i in tangents.indices { target[i] += curvatures[block.rows.lowerBound + i] * tangents[i] }
    }
  }

  /// Whether all weights are zero although some action has a score to be weighted.
  public var lacksSignal: Bool {
    weights.allSatisfy { $0 == 0 } && gradient(weights: weights.map { _ in 1 }).contains { $0 != 0 }
  }

  /// Nodes, memory and sweeps of the recording's tapes.
  public var statistics: [Tape.Statistics] { slot.likelihood.statistics }

  /// The log-probabilities at the parameters with which the batch was drawn: `[N]`.
  var drawnLogProbabilities: [Double] {
    if let givenOld { return givenOld }
    if let knownDrawn { return knownDrawn }
    let result = evaluated
    knownDrawn = result
    return result
  }

  /// The log-probabilities, computed without a recording.
  private var evaluated: [Double] {
    let blocks = EpisodeBlock.partition(batch.offsets, target: blockRows)
    return batch.observations.withView { observations in
      batch.actions.withView { actions in
        slot.likelihood.logProbabilities(observations, actions, blocks: blocks, at: parameters)
      }
    }
  }

  // MARK: The recording

  private var isRecorded: Bool { ticket > 0 && ticket == slot.recordings }

  /// The log-likelihood with this batch's recording.
  var recording: LogLikelihood {
    if isRecorded { return slot.likelihood }
    if objective.isLinear {
      let gradient = record(isKept: true) { likelihood, observations, actions, blocks in
        likelihood.recordGradient(observations, actions, blocks: blocks, weights: signals)
      }
      knownGradient = knownGradient ?? gradient
    } else {
      _ = recordObjective()
    }
    return slot.likelihood
  }

  private func recordObjective() -> [Double] {
    let gradient = record(isKept: true) { likelihood, observations, actions, blocks in
      likelihood.recordGradient(
        observations, actions, blocks: blocks, objective: objective, old: givenOld,
        signals: signals)
    }
    (knownGradient, knownWeights) = (gradient, slot.likelihood.weights)
    return gradient
  }

  private func curvatures(_ current: [Double]) -> [Double] {
    let (old, signals) = (givenOld ?? current, signals)
    var result = [Double](repeating: 0, count: current.count)
    var target = result.mutableSpan
    objective.writeCurvatures(
      logProbabilities: current.span, old: old.span, signals: signals.span, into: &target)
    return result
  }

  private func record(
    isKept: Bool, _ body: (LogLikelihood, MatrixView, MatrixView, [EpisodeBlock]) -> [Double]
  ) -> [Double] {
    slot.recordings += 1
    ticket = isKept ? slot.recordings : 0
    let likelihood = slot.likelihood
    likelihood.parameters.value = parameters
    let blocks = EpisodeBlock.partition(batch.offsets, target: blockRows)
    return batch.observations.withView { observations in
      batch.actions.withView { actions in body(likelihood, observations, actions, blocks) }
    }
  }
}
