import Requirements

/// Loaded DiCE: each step's weight meets its own score, and those of earlier steps with a decay.
///
/// With `λ = 0` it is ``LowVarianceCurvature``, with `λ = 1` ``DiCE``: there
/// `Σ_{k ≥ h} ρ_k Σ_{j ≤ k} ℓ̇_j = Σ_j w_max(h,j) ℓ̇_j`, because the rewards from step `k` on add up to
/// the weight `w_k`. Between the two it trades bias for variance.
///
/// With the weights `w_h = (R^h - γ^h b_h) / |D|`, which are those of `centered-returns`, the case
/// `λ = 1` is DiCE with a baseline for first and second derivatives. Foerster's baseline for the first
/// derivative, Mao's for the second, and DiCE on centred weights are one estimator.
///
/// - Source: Farquhar, Whiteson and Foerster (2019), "Loaded DiCE: trading off bias and variance in
///   any-order score function gradient estimators for reinforcement learning"; Mao et al. (2019), "A
///   baseline for any order gradient estimation in stochastic computation graphs".
public struct LoadedDiCE: JacobianRule {
  /// The decay `λ` of earlier scores, in 0...1.
  public let traceDecay: Double

  /// Creates the rule.
  ///
  /// - Precondition: the decay is in 0...1.
  public init(traceDecay: Double = 0.95) {
    require((0...1).contains(traceDecay), "The decay must be in 0...1, not \(traceDecay).")
    self.traceDecay = traceDecay
  }

  /// `ẇ_h = w_h (ℓ̇_h + Σ_{j<h} λ^(h-j) ℓ̇_j) + Σ_{k>h} λ^(k-h) w_k ℓ̇_k`
  ///
  /// - Complexity: `O(H)`; no allocation.
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    // the scores of the steps before
    var past = 0.0
    for h in weights.indices {
      weightTangents[h] = weights[h] * (tangents[h] + past)
      past = traceDecay * (past + tangents[h])
    }
    // the weighted scores of the steps behind
    var future = 0.0
    for h in weights.indices.reversed() {
      weightTangents[h] += future
      future = traceDecay * (future + weights[h] * tangents[h])
    }
  }
}

extension Estimator {
  /// MAML with the Hessian estimate of Loaded DiCE.
  public static let loadedDiCE = Estimator(
    name: "loaded-dice",
    summary: "MAML with Loaded DiCE, between low-variance curvature and DiCE; biased, O(α)",
    jacobian: LoadedDiCE(), score: .none)
}

/// The options of MAML with Loaded DiCE.
public struct LoadedDiCEOptions: EstimatorOptions {
  /// The decay `λ` of earlier scores.
  public var traceDecay: Double

  /// Creates options.
  public init(traceDecay: Double = 0.95) { self.traceDecay = traceDecay }

  /// `loaded-dice`
  public var name: String { Estimator.loadedDiCE.name }
  /// The estimator's summary.
  public var summary: String { Estimator.loadedDiCE.summary }
  /// The decay.
  public var fields: [Field<Self>] {
    [
      .number(
        "trace-decay",
        "How much of an earlier step's score is left at each later step: 0 for low-variance curvature, 1 for DiCE.",
        \.traceDecay, 0...1, symbol: "λ")
    ]
  }

  /// The estimator with its decay.
  public func makeEstimator() -> Estimator {
    let preset = Estimator.loadedDiCE
    return Estimator(
      name: preset.name, summary: preset.summary, jacobian: LoadedDiCE(traceDecay: traceDecay),
      score: preset.score)
  }
}
