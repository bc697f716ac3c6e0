import CLibrary
import Rollouts

/// Estimates of the return at the parameters that an inner step would have reached without some of its
/// trajectories.
///
/// Without `τ` the step ends at `θ'_{-τ} = θ + α ∇ν(θ; w(D without τ))`, a function of the other
/// trajectories. The outer batch was drawn at `θ'`; reweighted to `θ'_{-τ}` it gives
///
///     J(θ'_{-τ}) ≈ J̃ + (1/|D_o|) Σ_{τ'} Σ_h ρ_{0:h-1} (ρ_h - 1) (R^h - γ^h V_h),
///     ρ_h = π(a_h | s_h; θ'_{-τ}) / π(a_h | s_h; θ'),     ρ_{0:h} = ρ_0 … ρ_h
///
/// This is importance sampling in telescoped form: `J̃` and the ratios of whole trajectories with it,
/// less terms of mean zero. Given the inner batch its mean is `J(θ'_{-τ})` for any `V_h` that knows
/// nothing of what follows `s_h` in its own trajectory, as ``Surrogate/Signal/centeredReturns`` has it.
///
/// - Source: Precup, Sutton, Singh (2000), "Eligibility traces for off-policy policy evaluation", for
///   the ratios of each step.
final class LeftOutReturns {
  private let settings: MetaSettings
  /// Computes log-probabilities of the outer batch.
  private let evaluation: LogLikelihood

  init(_ policy: any Policy, _ settings: MetaSettings) {
    self.settings = settings
    evaluation = LogLikelihood(policy)
  }

  /// The parameters `θ'_{-τ}`.
  ///
  /// - Parameters:
  ///   - inner: the batch of the inner step.
  ///   - recording: its log-likelihood at the step's start `θ`, recorded and kept; its weights are
  ///     others afterwards.
  ///   - count: how many trajectories are left out in turn, from the first on.
  /// - Returns: The parameters without each of these.
  func parameters(
    inner: TrajectoryBatch, recording: LogLikelihood, count: Int
  ) -> [[Double]] {
    (0..<count).map { episode in
      var parameters = recording.parameters.value
      if let weights = weights(of: inner, without: episode) {
        add(settings.innerStepSize, recording.gradient(weights: weights), to: &parameters)
      }
      return parameters
    }
  }

  /// The estimates.
  ///
  /// - Parameters:
  ///   - outer: the batch drawn where the step ended.
  ///   - adapted: `θ'`, where that is.
  ///   - others: the parameters `θ'_{-τ}`.
  /// - Returns: One number for each of the other parameters.
  func returns(
    outer: TrajectoryBatch, adapted: [Double], others: [[Double]]
  ) -> [Double] {
    let before = logProbabilities(outer, at: adapted)
    let signals = Surrogate(signal: .centeredReturns)
      .signals(of: outer, discount: settings.discount)
    let mean = outer.meanReturn(discount: settings.discount)
    return others.map { parameters in
      let after = logProbabilities(outer, at: parameters)
      return mean + Self.change(outer, before, after, signals) / Double(outer.episodeCount)
    }
  }

  /// The estimates of an outer batch of one trajectory, times its probability at `θ'`.
  ///
  /// Where that probability is very small or underflows, the ratios are very large or overflow, and
  /// digits are lost between them. Here neither is formed: the terms are
  ///
  ///     p(τ) ρ_{0:h-1} (ρ_h - 1) = P_τ exp(Σ_{k<h} ℓ'_k + Σ_{k>h} ℓ_k) (exp ℓ'_h - exp ℓ_h)
  ///
  /// with the log-probabilities `ℓ` at `θ'`, `ℓ'` at `θ'_{-τ}`, and `P_τ` of the transitions.
  ///
  /// - Parameters:
  ///   - outer: the trajectory, drawn where the step ended.
  ///   - logDynamics: `log P_τ`
  ///   - adapted: `θ'`
  ///   - others: the parameters `θ'_{-τ}`.
  /// - Returns: One number for each of the other parameters.
  func weightedReturns(
    outer: TrajectoryBatch, logDynamics: Double, adapted: [Double], others: [[Double]]
  ) -> [Double] {
    let before = logProbabilities(outer, at: adapted)
    let signals = Surrogate(signal: .centeredReturns)
      .signals(of: outer, discount: settings.discount)
    var following = [Double](repeating: 0, count: before.count)
    for row in before.indices.dropLast().reversed() {
      following[row] = following[row + 1] + before[row + 1]
    }
    let probability = exp(logDynamics + before.reduce(0, +))
    let mean = probability * outer.meanReturn(discount: settings.discount)
    return others.map { parameters in
      let after = logProbabilities(outer, at: parameters)
      var (sum, past) = (0.0, logDynamics)
      for row in before.indices {
        let rest = past + following[row]
        sum += (exp(rest + after[row]) - exp(rest + before[row])) * signals[row]
        past += after[row]
      }
      return mean + sum
    }
  }

  /// The weights of the inner step without a trajectory, zero at its samples: `[N]`; nil if it is the
  /// only one.
  private func weights(of batch: TrajectoryBatch, without episode: Int) -> [Double]? {
    guard let rest = batch.without(episode: episode) else { return nil }
    var weights = settings.inner.weights(of: rest, discount: settings.discount)
    let rows = batch.rows(ofEpisode: episode)
    weights.insert(contentsOf: repeatElement(0, count: rows.count), at: rows.lowerBound)
    return weights
  }

  private func logProbabilities(_ batch: TrajectoryBatch, at parameters: [Double]) -> [Double] {
    let blocks = EpisodeBlock.partition(batch.offsets, target: settings.blockRows)
    return batch.observations.withView { observations in
      batch.actions.withView { actions in
        evaluation.logProbabilities(observations, actions, blocks: blocks, at: parameters)
      }
    }
  }

  /// `Σ_τ Σ_h ρ_{0:h-1} (ρ_h - 1) (R^h - γ^h V_h)`
  private static func change(
    _ batch: TrajectoryBatch, _ before: [Double], _ after: [Double], _ signals: [Double]
  ) -> Double {
    var sum = 0.0
    for episode in 0..<batch.episodeCount {
      var logRatio = 0.0
      for row in batch.rows(ofEpisode: episode) {
        let step = after[row] - before[row]
        sum += exp(logRatio) * expm1(step) * signals[row]
        logRatio += step
      }
    }
    return sum
  }
}
