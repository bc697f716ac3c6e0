import Requirements

/// Estimators compared on the same sampled chains at given parameters: bias, variance, cost.
///
/// Intervals are jackknife ones over meta-batches.
public struct EstimatorStudy: Sendable {
  /// What was found about one estimator.
  public struct Row: Sendable {
    /// The estimator.
    public let estimator: Estimator
    /// The trace of the covariance of an estimate from one chain.
    public let variance: IntervalEstimate
    /// This estimator's variance divided by the first one's, paired.
    public let varianceRatio: IntervalEstimate
    /// The squared norm of the bias without the part of the noise; it may be negative where the
    /// bias is small.
    public let squaredBias: IntervalEstimate
    /// The norm of the bias over that of `∇V_ζ`; nil where that is indistinguishable from zero.
    public let relativeBias: IntervalEstimate?
    /// `‖∇V_ζ‖` over the standard deviation of a meta-batch's estimate; nil where the gradient is
    /// not told from zero.
    public let signalToNoise: IntervalEstimate?
    /// The mean cosine between a meta-batch's estimate and `∇V_ζ`; nil likewise.
    public let cosine: IntervalEstimate?
    /// The wall-clock time of an estimate from one chain with its sampling, in one thread.
    public let seconds: Double
    /// The chains needed for the plan's accuracy; infinite where the bias alone is larger, nil
    /// where `‖∇V_ζ‖` is indistinguishable from zero.
    public let chainsNeeded: Double?
    /// The unit vector of the plan's direction: by default along the mean estimate of the first half of the
    /// meta-batches; nil if that is zero or not finite.
    public let direction: [Double]?
    /// The component of the mean estimate in that direction, from the other half, or from all
    /// meta-batches where the direction was given.
    public let slope: Estimate?

    /// Whether the interval of the squared bias lies above zero.
    public var showsBias: Bool { squaredBias.low > 0 }
  }

  /// Where `∇V_ζ` comes from.
  public enum Reference: Sendable {
    /// An enumeration.
    case exact([Double])
    /// A separate run with an estimator that is declared unbiased.
    case sampled(Estimator)
  }

  /// The plan.
  public let plan: StudyPlan
  /// One for each estimator.
  public let rows: [Row]
  /// `‖∇V_ζ‖`
  public let gradientNorm: IntervalEstimate
  /// Whether `∇V_ζ` was computed exactly.
  public let isExact: Bool
  /// The wall-clock time.
  public let seconds: Double

  /// Runs the study.
  ///
  /// - Parameters:
  ///   - plan: how much is sampled.
  ///   - estimators: those to compare; the first is what variances are compared with.
  ///   - policy: the policy.
  ///   - parameters: `θ`
  ///   - tasks: the distribution of the tasks.
  ///   - settings: the inner steps; the estimator does not matter.
  ///   - reference: where `∇V_ζ` comes from.
  ///   - threads: how many meta-batches are worked on side by side; only `seconds` depends on it.
  /// - Throws: `SamplingError` if a batch could not be sampled.
  public init(
    _ plan: StudyPlan, estimators: [Estimator], policy: any Policy, parameters: [Double],
    tasks: any TaskDistribution, settings: MetaSettings, reference: Reference, threads: Int = 1
  ) async throws(SamplingError) {
    require(!estimators.isEmpty, "A study needs an estimator.")
    let start = ContinuousClock.now
    let sampler = StudySampler(
      plan: plan, policy: policy, parameters: parameters, tasks: tasks, settings: settings,
      threads: threads)
    let memories = try await sampler.learn(estimators, from: 0)
    let groups = try await sampler.groups(
      plan.metaBatches, from: 1 << 20, estimators, memories)
    var referenceGroups: [GradientSums] = []
    var exact: [Double]?
    switch reference {
    case .exact(let gradient): exact = gradient
    case .sampled(let estimator):
      let memory = try await sampler.learn([estimator], from: 1 << 21)
      referenceGroups = try await sampler.groups(
        plan.referenceMetaBatches, from: 1 << 22, [estimator], memory
      ).map { $0.sums[0] }
    }
    let comparison = StudyComparison(
      plan: plan, groups: groups, reference: referenceGroups, exact: exact)
    rows = estimators.indices.map { comparison.row($0, estimators[$0]) }
    gradientNorm = comparison.gradientNorm
    (self.plan, isExact) = (plan, exact != nil)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// What was found about the estimator of a name.
  public subscript(name: String) -> Row? { rows.first { $0.estimator.name == name } }
}
