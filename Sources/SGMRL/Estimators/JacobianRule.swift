import Rollouts

/// A rule for the matrix `H_t` that stands for the second derivative of an inner step.
///
/// The sweep computes `∇²ν v + Σ_n ẇ_n ∇ℓ_n`, so every estimate of the form
/// `∇²ν + Σ … ∇ℓ_n (…)ᵀ` is a rule for the tangents `ẇ` of the weights, given the tangents
/// `ℓ̇ = (∂ℓ/∂θ) v` of the log-probabilities.
public protocol JacobianRule: Sendable {
  /// Writes `ẇ` for one episode.
  ///
  /// - Parameters:
  ///   - weights: `w`, those of the inner step, for the steps of the episode: `[H + 1]`
  ///   - tangents: `ℓ̇: [H + 1]`
  ///   - weightTangents: `ẇ: [H + 1]`, all of which is to be written.
  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>)
}

/// The exact derivative of the inner step: `∇²ν` alone, since the batch is given.
public struct InnerStepJacobian: JacobianRule {
  /// Creates the rule.
  public init() {}

  /// `ẇ_h = 0`
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    weightTangents.update(repeating: 0)
  }
}

/// The policy Hessian estimate of equation 9, `g(τ) s(τ)ᵀ + ∇²ν`.
public struct PolicyHessian: JacobianRule {
  /// Creates the rule.
  public init() {}

  /// `ẇ_h = w_h Σ_k ℓ̇_k`
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    var sum = 0.0
    for k in tangents.indices { sum += tangents[k] }
    for h in weights.indices { weightTangents[h] = weights[h] * sum }
  }
}

/// The linearised score function, `s(τ) g(τ)ᵀ + ∇²ν`: the transpose of equation 9.
///
/// - Source: Tang (2022), "Biased gradient estimate with drastic variance reduction for
///   meta-reinforcement learning".
public struct LinearizedScoreFunction: JacobianRule {
  /// Creates the rule.
  public init() {}

  /// `ẇ_h = Σ_k w_k ℓ̇_k`
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    var sum = 0.0
    for k in weights.indices { sum += weights[k] * tangents[k] }
    weightTangents.update(repeating: sum)
  }
}

/// DiCE: the reward of step `k` meets the scores of the steps up to `k`, on both sides.
///
/// The reward of a step is the difference of neighbouring weights, `ρ_k = w_k - w_{k+1}`, which for
/// the weights of equation 5 is `γ^k r_k / |D|`.
///
/// - Source: Foerster et al. (2018), "DiCE: the infinitely differentiable Monte Carlo estimator".
public struct DiCE: JacobianRule {
  /// Creates the rule.
  public init() {}

  /// `ẇ_h = Σ_{k ≥ h} ρ_k Σ_{j ≤ k} ℓ̇_j`
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    var cumulated = 0.0
    for k in weights.indices {
      cumulated += tangents[k]
      let next = k + 1 < weights.count ? weights[k + 1] : 0
      weightTangents[k] = (weights[k] - next) * cumulated
    }
    var sum = 0.0
    for h in weights.indices.reversed() {
      sum += weightTangents[h]
      weightTangents[h] = sum
    }
  }
}

/// Low-variance curvature: each step's score meets itself alone.
///
/// - Source: Rothfuss et al. (2019), "ProMP: proximal meta-policy search".
public struct LowVarianceCurvature: JacobianRule {
  /// Creates the rule.
  public init() {}

  /// `ẇ_h = w_h ℓ̇_h`
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    for h in weights.indices { weightTangents[h] = weights[h] * tangents[h] }
  }
}
