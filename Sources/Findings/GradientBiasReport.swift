import Certification
import Experiments

/// Bias, variance and cosine of estimators on random tabular processes: `reproduce gradient-bias --json`.
public struct GradientBiasReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The seed.
  public let seed: Int
  /// The number of processes.
  public let processes: Int
  /// The estimates of each estimator for a process.
  public let repeats: Int
  /// The inner trajectories behind each sampled gradient of the expected objective.
  public let referenceTrajectories: Int
  /// One for each setting, in the order of measurement.
  public let settings: [Setting]

  /// What was found for one choice of the adaptation.
  public struct Setting: Codable, Sendable {
    /// The trajectories of inner and outer batches, `|D|`.
    public let trajectories: Int
    /// The inner step size, `α`.
    public let stepSize: Double
    /// The number of inner steps, `ζ`.
    public let innerSteps: Int
    /// `‖∇V_ζ‖²`
    public let squaredNorm: StudyOutcome.Interval
    /// The squared error of the sampled `∇V_ζ`.
    public let squaredError: StudyOutcome.Interval
    /// The processes whose `∇V_ζ` is resolved: its squared error is at most a quarter of its squared norm.
    public let resolvedProcesses: Int
    /// `‖∇V̂‖²`
    public let meanStepSquaredNorm: StudyOutcome.Interval
    /// How far the gradients of the two objectives are apart: `‖∇V̂ - ∇V_ζ‖²` over `‖∇V_ζ‖²`; nil
    /// if no process is resolved.
    public let objectiveDistance: StudyOutcome.Interval?
    /// One for each estimator.
    public let rows: [Row]
  }

  /// What was found about an estimator.
  public struct Row: Codable, Sendable {
    /// The name of the estimator.
    public let estimator: String
    /// Compared with the gradient of `V_ζ`, the expected return after steps on sampled batches.
    public let expected: Comparison
    /// Compared with the gradient of `V̂`, the return after steps along the mean inner gradient.
    public let meanStep: Comparison
    /// What the published evaluation computes, compared with the gradient of `V̂`.
    public let published: Published
  }

  /// Means over the processes whose gradient is resolved, with 95 % intervals, corrected for the noise of repeats
  /// and reference; nil if there is none.
  public struct Comparison: Codable, Sendable {
    /// `‖b‖²` over the squared norm of the gradient; negative where the bias is small.
    public let squaredBias: StudyOutcome.Interval?
    /// The trace of the covariance over the squared norm of the gradient.
    public let variance: StudyOutcome.Interval?
    /// The cosine of the mean estimate with the gradient, over the processes where the mean estimate is resolved too.
    public let cosine: StudyOutcome.Interval?
    /// The number of these processes.
    public let cosineProcesses: Int
  }

  /// The published evaluation's numbers: uncorrected, and their means over processes.
  public struct Published: Codable, Sendable {
    /// Published as variance: the sum of the standard deviations of all coordinates.
    public let sumOfDeviations: StudyOutcome.Interval
    /// Published as bias: the mean over coordinates of the squared difference between the mean of the repeats and the
    /// gradient, which holds a part of the variance.
    public let meanSquaredDifference: StudyOutcome.Interval
    /// Published as correlation: Pearson's, of single estimates with the gradient; nil where one is constant.
    public let correlation: StudyOutcome.Interval?
  }

  /// Measures an experiment.
  ///
  /// - Parameters:
  ///   - experiment: the processes and the plan.
  ///   - settings: what is measured.
  ///   - threads: how many processes are worked on side by side; does not change results.
  ///   - advance: is told of each setting that is done.
  /// - Throws: `SamplingError` if a batch could not be sampled.
  public init(
    _ experiment: GradientBiasExperiment, settings: [GradientBiasExperiment.Setting],
    threads: Int = 1, advance: (GradientBiasExperiment.Setting) -> Void = { _ in }
  ) async throws {
    let plan = experiment.plan
    (seed, processes, repeats) = (Int(plan.seed), plan.processes, plan.repeats)
    referenceTrajectories = plan.referenceTrajectories
    var results: [Setting] = []
    for setting in settings {
      let outcomes = try await experiment.measure(setting, threads: threads)
      results.append(Setting(setting, plan.estimators, outcomes))
      advance(setting)
    }
    self.settings = results
  }
}

extension GradientBiasReport.Setting {
  fileprivate init(
    _ setting: GradientBiasExperiment.Setting, _ estimators: [Estimator],
    _ outcomes: [GradientBiasExperiment.Outcome]
  ) {
    (trajectories, stepSize) = (setting.trajectories, setting.stepSize)
    innerSteps = setting.innerSteps
    squaredNorm = .init(mean: outcomes.map(\.expected.squaredNorm))
    squaredError = .init(mean: outcomes.map(\.expected.squaredError))
    resolvedProcesses = outcomes.count { $0.expected.isResolved }
    meanStepSquaredNorm = .init(mean: outcomes.map(\.meanStep.squaredNorm))
    objectiveDistance = .init(meanOfAny: outcomes.compactMap(\.objectiveDistance))
    let resolved = outcomes.filter(\.expected.isResolved)
    rows = estimators.enumerated().map { index, estimator in
      GradientBiasReport.Row(
        estimator: estimator.name,
        expected: .init(resolved.map { $0.againstExpected[index] }),
        meanStep: .init(outcomes.map { $0.againstMeanStep[index] }),
        published: .init(outcomes.map { $0.againstMeanStep[index].published }))
    }
  }
}

extension GradientBiasReport.Comparison {
  fileprivate init(_ parts: [RepeatedEstimates]) {
    squaredBias = .init(meanOfAny: parts.map { $0.squaredBias / $0.squaredNorm })
    variance = .init(meanOfAny: parts.map { $0.variance / $0.squaredNorm })
    let cosines = parts.compactMap(\.cosine)
    cosine = .init(meanOfAny: cosines)
    cosineProcesses = cosines.count
  }
}

extension GradientBiasReport.Published {
  fileprivate init(_ parts: [RepeatedEstimates.Published]) {
    sumOfDeviations = .init(mean: parts.map(\.sumOfDeviations))
    meanSquaredDifference = .init(mean: parts.map(\.meanSquaredDifference))
    let correlations = parts.compactMap(\.correlation)
    correlation = correlations.count == parts.count ? .init(mean: correlations) : nil
  }
}

extension StudyOutcome.Interval {
  fileprivate init(mean values: [Double]) { self.init(Estimate(values)) }

  fileprivate init?(meanOfAny values: [Double]) {
    if values.isEmpty { return nil }
    self.init(mean: values)
  }
}
