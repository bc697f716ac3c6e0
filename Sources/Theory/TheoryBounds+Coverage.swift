import CLibrary

extension TheoryBounds {
  /// Where the paper's assumptions fail for a problem, so that what is printed says nothing of it.
  ///
  /// The corrected and tightened bounds need none of them.
  ///
  /// - Parameters:
  ///   - constants: of the problem.
  ///   - rewards: their range.
  /// - Returns: A reason for each, empty where the assumptions hold.
  public static func printedFailures(
    _ constants: ProblemConstants, rewards: RewardBounds
  ) -> [String] {
    var failures: [String] = []
    if !rewards.isNonnegative { failures.append("assumption 1: some rewards are negative") }
    let limit = TheoryBounds(.printed, constants).largestInnerStepSize
    if constants.innerStepSize > limit {
      failures.append("theorem 3: α is above 1/η_H = \(formatted("%.4g", limit))")
    }
    if constants.discount == 1 { failures.append("lemma 1: 1/(1 - γ) is infinite at γ = 1") }
    return failures
  }

  /// Why ``estimateNorm`` and ``secondMoment`` do not bound what an estimator computes.
  ///
  /// They do for SG-MRL with the derivative of the inner step. Leaving out the score or the
  /// Hessian, or averaging the score over trajectories, takes from the sum of norms that `G_V` is.
  ///
  /// - Returns: A reason for each, empty where the bounds hold.
  public static func gaps(for estimator: Estimator) -> [String] {
    var gaps: [String] = []
    if let rule = estimator.jacobian, !(rule is InnerStepJacobian) {
      gaps.append(
        "G_V is about the derivative of the inner step; \(estimator.name) puts another Jacobian in its place."
      )
    }
    if estimator.baseline != nil {
      gaps.append(
        "G_V is about the mean return as the score's coefficient; \(estimator.name) subtracts a baseline from it."
      )
    }
    return gaps
  }
}
