import Requirements

/// A rule that looks at the whole inner batch before the sweep.
///
/// Baselines that are fitted to the other trajectories are made this way. Before the sweep the rule
/// computes one number for each sample, ``prepare(_:)``; within the sweep it receives an episode with
/// its numbers. Where there is no batch to look at, the function of ``JacobianRule`` stands for the rule
/// without numbers.
public protocol BatchJacobianRule: JacobianRule {
  /// Computes what the rule has to know of the whole batch.
  ///
  /// - Parameter context: the batch, its weights and, for one more tangent sweep, its tangents.
  /// - Returns: A number for each sample, whatever the rule makes of them: `[N]`.
  func prepare(_ context: JacobianContext) -> [Double]

  /// Writes `ẇ` for one episode.
  ///
  /// - Parameters:
  ///   - weights: `w`, those of the inner step, for the steps of the episode: `[H + 1]`
  ///   - tangents: `ℓ̇: [H + 1]`
  ///   - prepared: the episode's part of what the rule prepared: `[H + 1]`
  ///   - weightTangents: `ẇ: [H + 1]`, all of which is to be written.
  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, prepared: Span<Double>,
    into weightTangents: inout MutableSpan<Double>)
}

/// What a ``BatchJacobianRule`` sees of an inner step.
public struct JacobianContext {
  /// The inner batch.
  public let batch: TrajectoryBatch
  /// The weights `w` of the inner step: `[N]`
  public let weights: [Double]
  /// How the batch's rewards became weights.
  public let surrogate: Surrogate
  /// The discount `γ`.
  public let discount: Double
  private let sweep: () -> [Double]

  /// Creates the context of an inner step.
  ///
  /// - Parameters:
  ///   - batch: the inner batch.
  ///   - weights: `w: [N]`
  ///   - surrogate: how rewards became weights.
  ///   - discount: `γ`
  ///   - tangents: computes the tangents `ℓ̇: [N]`.
  public init(
    batch: TrajectoryBatch, weights: [Double], surrogate: Surrogate, discount: Double,
    tangents: @escaping () -> [Double]
  ) {
    (self.batch, self.weights, self.surrogate) = (batch, weights, surrogate)
    (self.discount, sweep) = (discount, tangents)
  }

  /// The tangents `ℓ̇ = (∂ℓ/∂θ) v` of all samples: `[N]`.
  ///
  /// - Complexity: a tangent sweep of the batch with each call.
  public func tangents() -> [Double] { sweep() }

  /// The decay `κ` of the inner step's weights: an action of step `h` changes `w_k`, `k ≤ h`, by
  /// `κ^(h-k)` times what it changes `w_h`.
  ///
  /// It is `γλ` for generalized advantages. Returns carry `γ^t` themselves, so it is 1 for them.
  public var weightDecay: Double {
    switch surrogate.signal {
    case .returns, .centeredReturns: 1
    case .advantages: discount * surrogate.gaeDecay
    }
  }
}

/// A rule, with what it prepared if it looks at the whole batch.
enum PreparedRule {
  case episodes(any JacobianRule)
  case batch(any BatchJacobianRule, [Double])

  /// Prepares a rule for the sweep of a step.
  init(
    _ rule: any JacobianRule, _ step: RecordedBatch, direction: [Double], _ settings: MetaSettings
  ) {
    guard let rule = rule as? any BatchJacobianRule else {
      self = .episodes(rule)
      return
    }
    let prepared = rule.prepare(
      JacobianContext(
        batch: step.batch, weights: step.weights, surrogate: settings.inner,
        discount: settings.discount
      ) { step.tangents(direction: direction) })
    require(
      prepared.count == step.batch.sampleCount,
      "\(type(of: rule)) prepared \(prepared.count) numbers for \(step.batch.sampleCount) samples.")
    self = .batch(rule, prepared)
  }

  /// Writes `ẇ` for the episode with the given rows.
  func writeWeightTangents(
    rows: Range<Int>, weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    switch self {
    case .episodes(let rule):
      rule.writeWeightTangents(weights: weights, tangents: tangents, into: &weightTangents)
    case .batch(let rule, let prepared):
      rule.writeWeightTangents(
        weights: weights, tangents: tangents, prepared: prepared.span.extracting(rows),
        into: &weightTangents)
    }
  }
}
