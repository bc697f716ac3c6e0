import Requirements
@_exported import SGMRL

/// What the theory's constants are made of: assumptions 1 to 3, and the sizes of an adaptation.
public struct ProblemConstants: Equatable, Sendable {
  /// `R`: `|r| ≤ R`
  public let rewardBound: Double
  /// `G`, `L`, `ρ`
  public let policy: PolicyBounds
  /// The discount `γ`.
  public let discount: Double
  /// The last step `H` of an episode; there are `H + 1`.
  public let horizon: Int
  /// The trajectories of an inner batch, `|D|`.
  public let innerEpisodes: Int
  /// The number of inner steps, `ζ`.
  public let innerSteps: Int
  /// The inner step size, `α`.
  public let innerStepSize: Double
  /// `Γ₁ = Σ_{h ≤ H} γ^h`: `|J| ≤ R Γ₁`
  public let discountSum: Double
  /// `Γ₂ = Σ_{h ≤ H} (h + 1) γ^h`: `Σ_h |R^h(τ)| ≤ R Γ₂`
  public let weightedDiscountSum: Double

  /// Creates constants.
  ///
  /// - Precondition: the discount is in 0 ... 1, there is an inner step and a trajectory, no
  ///   number is negative.
  public init(
    rewardBound: Double, policy: PolicyBounds, discount: Double, horizon: Int, innerEpisodes: Int,
    innerSteps: Int, innerStepSize: Double
  ) {
    require(
      rewardBound >= 0 && (0...1).contains(discount) && horizon >= 0 && innerEpisodes > 0
        && innerSteps > 0 && innerStepSize >= 0,
      "There are no bounds for R = \(rewardBound), γ = \(discount), H = \(horizon), |D| = \(innerEpisodes), ζ = \(innerSteps), α = \(innerStepSize)."
    )
    (self.rewardBound, self.policy, self.discount) = (rewardBound, policy, discount)
    (self.horizon, self.innerEpisodes) = (horizon, innerEpisodes)
    (self.innerSteps, self.innerStepSize) = (innerSteps, innerStepSize)
    var (first, second, power) = (0.0, 0.0, 1.0)
    for h in 0...horizon {
      first += power
      second += Double(h + 1) * power
      power *= discount
    }
    (discountSum, weightedDiscountSum) = (first, second)
  }

  /// `N = |D| (H + 1)`, the samples of an inner batch.
  public var innerSamples: Double { Double(innerEpisodes) * Double(horizon + 1) }

  /// The constants of a policy on tasks whose states can be listed.
  ///
  /// - Parameters:
  ///   - policy: states `G`, `L` and `ρ`, or does not.
  ///   - observations: what it sees of each state; nil where they cannot be listed.
  ///   - rewards: the range of the rewards.
  ///   - horizon: `H`
  ///   - settings: the adaptation. The statements are about the weights of equation 5.
  /// - Returns: The constants, or why the statements do not cover the problem.
  public static func of(
    _ policy: any Policy, over observations: Matrix?, rewards: Coverage<RewardBounds>,
    horizon: Int, settings: MetaSettings
  ) -> Coverage<ProblemConstants> {
    let bounds = policy.statedBounds(over: observations)
    var reasons = bounds.reasons + rewards.reasons
    if settings.inner != Surrogate() || settings.outer != Surrogate() {
      reasons.append(
        "The statements are about the weights of equation 5, the returns averaged over trajectories; these settings use others."
      )
    }
    if settings.scoreCoefficient != .meanReturn {
      reasons.append("The statements are about the mean return as the score's coefficient.")
    }
    if settings.estimator.scoreWeight != 1 {
      reasons.append("The statements are about a score term of weight 1.")
    }
    if settings.innerSteps == 0 { reasons.append("The statements need at least one inner step.") }
    if settings.innerStepSize < 0 { reasons.append("The inner step size is negative.") }
    guard reasons.isEmpty, let bounds = bounds.value, let rewards = rewards.value else {
      return .notCovered(reasons)
    }
    return .covered(
      ProblemConstants(
        rewardBound: rewards.largestMagnitude, policy: bounds, discount: settings.discount,
        horizon: horizon, innerEpisodes: settings.innerEpisodes,
        innerSteps: settings.innerSteps, innerStepSize: settings.innerStepSize))
  }
}
