import Requirements
import SGMRL

/// Whether the return grows along an estimator's mean gradient as much as the estimator says: directional
/// derivatives, estimated by the gradients and by central differences of returns.
///
/// Where the gradient is too noisy for its bias to be measured component by component, one direction may be
/// enough to show it: the mean of half of a study's meta-batches gives the direction `û`, the other half
/// says what the slope along it should be, `E[ĝ]ᵀû`, and tests at `θ ± ε û` say what it is. For an
/// estimator that is unbiased for the discounted return, with the weights of equation 5 or centred returns,
/// that return's slope agrees up to `O(ε²)`; advantages without `γ^h` are near the undiscounted one.
public struct AscentTest: Sendable {
  /// The estimator.
  public let estimator: Estimator
  /// The unit vector `û`.
  public let direction: [Double]
  /// The slope that the estimator promises, `E[ĝ]ᵀû`, over meta-batches.
  public let promised: Estimate
  /// The slope of the discounted return after the inner steps, paired by task.
  public let discounted: Estimate
  /// The slope of the undiscounted return after the inner steps, paired by task.
  public let undiscounted: Estimate

  /// Measures the slope along the direction of a study's estimator; nil if its mean has none.
  ///
  /// - Parameters:
  ///   - row: what the study found about the estimator.
  ///   - parameters: `θ`, those of the study.
  ///   - step: the length `ε` of the step to either side.
  ///   - taskCount: the number of fresh tasks, the same at both sides.
  ///   - policy: the policy.
  ///   - tasks: the distribution of the tasks.
  ///   - settings: the inner steps.
  ///   - seed: of every random number, the same at both sides.
  ///   - threads: how many tasks run side by side.
  ///   - other: a test whose measurement is taken over if it was along the same direction.
  /// - Throws: `SamplingError` if a batch could not be sampled, `TrainingError` if more than 1 % of the
  ///   episodes failed.
  public init?(
    _ row: EstimatorStudy.Row, parameters: [Double], step: Double, taskCount: Int,
    policy: any Policy, tasks: any TaskDistribution, settings: MetaSettings, seed: UInt64,
    threads: Int = 1, sharing other: AscentTest? = nil
  ) async throws {
    require(
      step > 0 && step.isFinite && taskCount > 1,
      "An ascent of \(step) with \(taskCount) tasks: use a positive step and two tasks at least.")
    guard let direction = row.direction, let slope = row.slope else { return nil }
    if let other, other.direction == direction {
      (estimator, promised, self.direction) = (row.estimator, slope, direction)
      (discounted, undiscounted) = (other.discounted, other.undiscounted)
      return
    }
    func returns(_ step: Double) async throws -> [AdaptedReturns] {
      var place = parameters
      add(step, direction, to: &place)
      let test = try await MetaTest(
        policy: policy, parameters: place, distribution: tasks, settings: settings,
        taskCount: taskCount, steps: settings.innerSteps, seed: seed, threads: threads)
      return test.returns.map { $0[settings.innerSteps] }
    }
    let (ahead, behind) = (try await returns(step), try await returns(-step))
    func difference(_ value: (AdaptedReturns) -> Double) -> Estimate {
      Estimate(zip(ahead, behind).map { (value($0) - value($1)) / (2 * step) })
    }
    (estimator, promised, self.direction) = (row.estimator, slope, direction)
    discounted = difference(\.summary.discounted)
    undiscounted = difference(\.summary.undiscounted)
  }
}
