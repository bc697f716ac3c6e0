import Requirements

/// The range of a problem's rewards.
public struct RewardBounds: Equatable, Sendable {
  /// The least reward.
  public let least: Double
  /// The greatest reward.
  public let greatest: Double

  /// Creates a range.
  ///
  /// - Precondition: `least ≤ greatest`, both finite.
  public init(least: Double, greatest: Double) {
    require(
      least <= greatest && least.isFinite && greatest.isFinite,
      "Rewards cannot be between \(least) and \(greatest).")
    (self.least, self.greatest) = (least, greatest)
  }

  /// The range of the rewards of all processes; nil if there is none, because rewards are Gaussian.
  ///
  /// - Precondition: there is a process.
  public init?(_ processes: [TabularMDP]) {
    var rewards: [Double] = []
    for process in processes {
      for mean in process.reward.joined() {
        guard let outcomes = process.rewardNoise.outcomes(mean: mean) else { return nil }
        rewards += outcomes.map(\.reward)
      }
    }
    self.init(least: rewards.min() ?? .nan, greatest: rewards.max() ?? .nan)
  }

  /// `R` with `|r| ≤ R`
  public var largestMagnitude: Double { max(least.magnitude, greatest.magnitude) }

  /// Whether assumption 1 holds as printed, `0 ≤ r ≤ R`.
  ///
  /// `|r| ≤ R` is all that the corrected bounds need. Shifting rewards is no way out: the inner
  /// step follows raw returns, so the shifted problem has another `V`.
  public var isNonnegative: Bool { least >= 0 }
}

/// Tasks that know the range of their rewards.
public protocol BoundedRewards: TaskDistribution {
  /// The range of the rewards of all tasks; nil if there is none.
  var rewardBounds: RewardBounds? { get }
}

extension TabularTasks: BoundedRewards {
  /// The range over all processes, states and actions.
  public var rewardBounds: RewardBounds? { RewardBounds(processes) }
}

extension Bandits: BoundedRewards {
  /// 0 to 1 for Bernoulli arms.
  public var rewardBounds: RewardBounds? {
    kind == .bernoulli ? RewardBounds(least: 0, greatest: 1) : nil
  }
}

extension TaskDistribution {
  /// The range of the rewards if the tasks state it.
  public var statedRewardBounds: Coverage<RewardBounds> {
    if let tasks = self as? any BoundedRewards {
      if let bounds = tasks.rewardBounds { return .covered(bounds) }
      return .notCovered([
        "Assumption 1: the rewards of the tasks '\(name)' are Gaussian, so they have no bound."
      ])
    }
    return .notCovered([
      "Assumption 1: the tasks '\(name)' state no bound of their rewards; conform them to BoundedRewards."
    ])
  }
}
