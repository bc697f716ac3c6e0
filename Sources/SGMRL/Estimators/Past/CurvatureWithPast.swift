import Requirements

/// Low-variance curvature and what earlier steps add to it.
///
/// To first order in `α`, what MAML lacks is the mean of `Σ_τ Σ_h s_h Σ_k w_k ℓ̇_k`
/// (``LinearizedScoreFunction``). The part `k = h` is ``LowVarianceCurvature``. The part `k < h` is a
/// policy gradient in disguise: the weight `w_k` depends on the action of a later step `h` only through
/// `κ^(h-k) w_h`, so that it has the mean of
///
///     Σ_h s_h w_h E_h,      E_h = Σ_{k<h} κ^(h-k) ℓ̇_k
///
/// with `κ` of ``JacobianContext/weightDecay``. Given the observation and time of step `h` the trace
/// `E_h` and what the action leads to are independent, if observations are states. The trace may
/// therefore be replaced by its mean `Ê_h` given these (Rao and Blackwell), which ``PastTrace/predicted``
/// takes from a regression on the other trajectories. The error of that regression is a bias.
///
/// The part `k > h` is a policy gradient whose rewards are `c_k = w_k ℓ̇_k`. It is left out, unless its
/// decay `λ_F` is above 0; then a prediction `U_h` of `Σ_{k>h} λ_F^(k-h) c_k` is subtracted, from a
/// regression on the other trajectories.
///
/// Off the diagonal a shorter decay `κq` may replace `κ`, in the trace and in the weights, which become
/// `Σ_{k ≥ h} (κq)^(k-h) (w_k - κ w_{k+1})`. It trades bias for variance, as a shorter advantage estimate
/// does.
///
/// With the sampled trace, `q = λ_F = 1` and returns as signals, the mean is that of
/// ``LinearizedScoreFunction`` for a given direction, at any size of the batch; with predictions that are
/// fitted to the own trajectory too it is not. With the trace alone the bias against `∇V_1` is of order
/// `α`.
///
/// - Source: the split is this package's; Tang (2022), "Biased gradient estimate with drastic variance
///   reduction for meta-reinforcement learning", for what is split.
public struct CurvatureWithPast: BatchJacobianRule, Equatable {
  /// The factor `q` of the decay off the diagonal, in 0...1.
  public let traceDecay: Double
  /// What stands for the trace.
  public let trace: PastTrace
  /// The decay `λ` of the temporal differences by which the trace is predicted, in 0...1.
  public let predictionDecay: Double
  /// The ridge of that regression, for features with a mean square of one.
  public let ridge: Double
  /// The decay `λ_F` of later steps, in 0...1; 0 leaves them out.
  public let futureDecay: Double
  /// Whether predictions of a trajectory are fitted to the others alone.
  public let isCrossFitted: Bool

  /// Creates the rule.
  ///
  /// - Precondition: the decays are in 0...1, and the ridge is not negative.
  public init(
    traceDecay: Double = 0.95, trace: PastTrace = .predicted, predictionDecay: Double = 0.9,
    ridge: Double = 0.001, futureDecay: Double = 0, isCrossFitted: Bool = true
  ) {
    for decay in [traceDecay, predictionDecay, futureDecay] {
      require((0...1).contains(decay), "A decay must be in 0...1, not \(decay).")
    }
    require(ridge >= 0, "The ridge must be at least 0, not \(ridge).")
    (self.traceDecay, self.trace, self.predictionDecay) = (traceDecay, trace, predictionDecay)
    (self.ridge, self.futureDecay, self.isCrossFitted) = (ridge, futureDecay, isCrossFitted)
  }

  /// `w_h E_h + Σ_{k>h} λ_F^(k-h) w_k ℓ̇_k - U_h`, with the weights of the shorter decay: `[N]`.
  ///
  /// - Complexity: a tangent sweep, and the regressions.
  public func prepare(_ context: JacobianContext) -> [Double] {
    let (batch, tangents) = (context.batch, context.tangents())
    let decay = traceDecay * context.weightDecay
    let weights = shortened(context)
    let traces: [Double]
    switch trace {
    case .sampled:
      traces = batch.accumulated(tangents, decay: decay, isReversed: false)
    case .predicted:
      traces =
        TraceRegression(
          batch, tangents: tangents, decay: decay, lambda: predictionDecay, ridge: ridge,
          leavesOut: isCrossFitted
        ).predictions
    }
    var result = zip(weights, traces).map { $0 * $1 }
    guard futureDecay > 0 else { return result }
    let future = batch.accumulated(
      zip(weights, tangents).map { $0 * $1 }, decay: futureDecay, isReversed: true)
    let predicted =
      isCrossFitted
      ? LinearValueFunction(leavingOneOutOf: batch, targets: future)
      : LinearValueFunction(fittedTo: batch, targets: future)
    for n in result.indices { result[n] += future[n] - predicted.predictions[n] }
    return result
  }

  /// `Σ_{k ≥ h} (κq)^(k-h) (w_k - κ w_{k+1})`
  private func shortened(_ context: JacobianContext) -> [Double] {
    guard traceDecay < 1 else { return context.weights }
    let decay = context.weightDecay
    var result = context.weights
    for episode in 0..<context.batch.episodeCount {
      var (next, sum) = (0.0, 0.0)
      for row in context.batch.rows(ofEpisode: episode).reversed() {
        let weight = context.weights[row]
        sum = weight - decay * next + decay * traceDecay * sum
        next = weight
        result[row] = sum
      }
    }
    return result
  }

  /// `ẇ_h = w_h ℓ̇_h` and what was prepared.
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, prepared: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    for h in weights.indices { weightTangents[h] = weights[h] * tangents[h] + prepared[h] }
  }

  /// Without a batch to predict from: low-variance curvature.
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    LowVarianceCurvature().writeWeightTangents(
      weights: weights, tangents: tangents, into: &weightTangents)
  }
}

/// What stands for the trace of earlier steps in ``CurvatureWithPast``.
public enum PastTrace: String, CaseIterable, Sendable {
  /// Its mean given observation and time, as a regression predicts it.
  case predicted
  /// The trace of the trajectory itself: no error of a regression, but its variance.
  case sampled
}

extension TrajectoryBatch {
  /// `Σ_{k<h} decay^(h-k) x_k` of every sample, or in reversed time `Σ_{k>h} decay^(k-h) x_k`: `[N]`.
  fileprivate func accumulated(_ x: [Double], decay: Double, isReversed: Bool) -> [Double] {
    var result = x
    for episode in 0..<episodeCount {
      let rows = rows(ofEpisode: episode)
      var sum = 0.0
      for i in 0..<rows.count {
        let row = isReversed ? rows.upperBound - 1 - i : rows.lowerBound + i
        result[row] = sum
        sum = decay * (sum + x[row])
      }
    }
    return result
  }
}
