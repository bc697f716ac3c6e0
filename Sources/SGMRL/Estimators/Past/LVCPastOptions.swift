extension Estimator {
  /// MAML with low-variance curvature and what earlier steps add to it.
  public static let lvcPast = Estimator(
    name: "lvc-past",
    summary:
      "MAML with low-variance curvature and predicted effects of earlier steps; biased, O(α)",
    jacobian: CurvatureWithPast(), score: .none)
}

/// The options of MAML with ``CurvatureWithPast``.
public struct LVCPastOptions: EstimatorOptions {
  /// The factor `q` of the decay off the diagonal.
  public var traceDecay = 0.95
  /// What stands for the trace of earlier steps.
  public var trace = PastTrace.predicted
  /// The decay `λ` of the temporal differences by which it is predicted.
  public var predictionDecay = 0.9
  /// The ridge of that regression.
  public var ridge = 0.001
  /// The decay `λ_F` of later steps; 0 leaves them out.
  public var futureDecay = 0.0
  /// Whether predictions of a trajectory are fitted to the others alone.
  public var isCrossFitted = true

  /// Creates options: the prediction without later steps.
  public init() {}

  /// `lvc-past`
  public var name: String { Estimator.lvcPast.name }
  /// The estimator's summary.
  public var summary: String { Estimator.lvcPast.summary }
  /// The decays, the trace and its regression.
  public var fields: [Field<Self>] {
    [
      .number(
        "trace-decay",
        "The factor by which effects between different steps decay faster than the inner step's weights do; 1 for no more bias, less for less variance.",
        \.traceDecay, 0...1, symbol: "q"),
      .choice(
        "trace",
        "What stands for the trace of earlier scores that a step's weight meets: its mean given observation and time, as predicted by a regression, or the sampled trace.",
        \.trace),
      .number(
        "prediction-decay",
        "The decay of the temporal differences by which the trace is predicted; 1 for a regression on sampled traces.",
        \.predictionDecay, 0...1, symbol: "λ"
      ).neutral { $0.trace == .sampled },
      .number(
        "ridge", "The ridge of that regression, for features with a mean square of one.", \.ridge,
        0...1e9
      ).neutral { $0.trace == .sampled },
      .number(
        "future-decay",
        "The decay of the effects of later steps, less a prediction of them; 0 leaves them out.",
        \.futureDecay, 0...1, symbol: "λF"
      ).neutral { $0.futureDecay == 0 },
      .flag(
        "cross-fits",
        "Whether predictions of a trajectory are fitted to the other trajectories of the batch alone; otherwise they are biased.",
        \.isCrossFitted
      ).neutral { $0.trace == .sampled && $0.futureDecay == 0 },
    ]
  }

  /// The estimator with these options.
  public func makeEstimator() -> Estimator {
    let preset = Estimator.lvcPast
    return Estimator(
      name: preset.name, summary: preset.summary,
      jacobian: CurvatureWithPast(
        traceDecay: traceDecay, trace: trace, predictionDecay: predictionDecay, ridge: ridge,
        futureDecay: futureDecay, isCrossFitted: isCrossFitted),
      score: preset.score)
  }
}
