import CLibrary
import LinearAlgebra
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
/// nothing of what follows `s_h` in its own trajectory, as `Surrogate.Signal.centeredReturns` has it.
///
/// - Source: Precup, Sutton, Singh (2000), "Eligibility traces for off-policy policy evaluation", for
///   the ratios of each step.
struct LeftOutReturns {
  private let chain: Chain
  /// The parameters `θ'_{-τ}` of the first trajectories.
  private let parameters: [[Double]]

  /// Finds where the last inner step of a chain would have ended; nil if there is none.
  ///
  /// - Parameters:
  ///   - chain: the chain.
  ///   - limit: the greatest number of trajectories that are left out in turn, from the first on.
  init?(of chain: Chain, limit: Int) {
    guard let step = chain.steps.last else { return nil }
    self.chain = chain
    parameters = (0..<min(limit, step.batch.episodeCount)).map { episode in
      var parameters = step.parameters
      if let weights = Self.weights(of: step.batch, without: episode, chain.settings) {
        chain.map.move(&parameters, along: step.gradient(weights: weights))
      }
      return parameters
    }
  }

  /// The weights of the inner step without a trajectory, zero at its samples: `[N]`; nil if it is the
  /// only one.
  private static func weights(
    of batch: TrajectoryBatch, without episode: Int, _ settings: MetaSettings
  ) -> [Double]? {
    guard let rest = batch.without(episode: episode) else { return nil }
    var weights = settings.inner.weights(of: rest, discount: settings.discount)
    let rows = batch.rows(ofEpisode: episode)
    weights.insert(contentsOf: repeatElement(0, count: rows.count), at: rows.lowerBound)
    return weights
  }

  /// The estimates from a batch drawn where the step ended, one for each trajectory left out.
  func returns(_ outer: TrajectoryBatch) -> [Double] {
    let before = chain.logProbabilities(of: outer, at: chain.adapted)
    let signals = Surrogate(signal: .centeredReturns).signals(of: outer, discount: discount)
    let mean = outer.meanReturn(discount: discount)
    return parameters.map { parameters in
      let after = chain.logProbabilities(of: outer, at: parameters)
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
  /// - Returns: One number for each trajectory left out.
  func weightedReturns(_ outer: TrajectoryBatch, logDynamics: Double) -> [Double] {
    let before = chain.logProbabilities(of: outer, at: chain.adapted)
    let signals = Surrogate(signal: .centeredReturns).signals(of: outer, discount: discount)
    var following = [Double](repeating: 0, count: before.count)
    for row in before.indices.dropLast().reversed() {
      following[row] = following[row + 1] + before[row + 1]
    }
    let probability = exp(logDynamics + before.reduce(0, +))
    let mean = probability * outer.meanReturn(discount: discount)
    return parameters.map { parameters in
      let after = chain.logProbabilities(of: outer, at: parameters)
      var (sum, past) = (0.0, logDynamics)
      for row in before.indices {
        let rest = past + following[row]
        sum += (exp(rest + after[row]) - exp(rest + before[row])) * signals[row]
        past += after[row]
      }
      return mean + sum
    }
  }

  private var discount: Double { chain.settings.discount }

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
