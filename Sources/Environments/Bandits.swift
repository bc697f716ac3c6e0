import Requirements

/// Bandits, each task one set of arms; an episode is a number of pulls.
///
/// | action | meaning |
/// |---|---|
/// | 0 | the index of the arm that is pulled |
///
/// | observation | meaning |
/// |---|---|
/// | 0 | 1: there is one state |
///
/// - Reward: of `bernoulli-bandit` 1 with the arm's probability, else 0; of `gaussian-bandit` Gaussian about the
///   arm's mean with the standard deviation ``standardDeviation``.
/// - Episode end: truncated at the horizon, the number of pulls.
/// - Task: the mean of each arm, uniform in 0...1.
/// - Reference returns: the best arm at every pull; all arms with equal probability.
///
/// A policy has no memory within an episode: it learns which arm is best from the episodes of the inner batch.
///
/// - Source: Duan et al. (2016), "RL²: fast reinforcement learning via slow reinforcement learning", with 5,
///   10 or 50 Bernoulli arms; the Gaussian ones are their usual companion.
/// - Version history: 1, first version.
public struct Bandits: TabularTaskDistribution, TaskOptions, Equatable {
  /// The distribution of rewards.
  public enum Kind: String, Sendable {
    /// Rewards are 0 or 1.
    case bernoulli
    /// Rewards are Gaussian.
    case gaussian
  }

  /// The distribution of rewards.
  public let kind: Kind
  /// The number of arms.
  public var arms: Int
  /// The standard deviation of Gaussian rewards.
  public var standardDeviation: Double
  /// The number of pulls of an episode.
  public var horizon: Int

  /// Creates the distribution.
  ///
  /// - Precondition: there is an arm and a pull; the standard deviation is at least 0.
  public init(_ kind: Kind, arms: Int = 5, standardDeviation: Double = 1, horizon: Int = 10) {
    require(
      arms > 0 && horizon > 0 && standardDeviation >= 0,
      "A bandit needs an arm, a pull and a standard deviation of at least 0.")
    (self.kind, self.arms, self.horizon) = (kind, arms, horizon)
    self.standardDeviation = standardDeviation
  }

  /// `bernoulli-bandit` or `gaussian-bandit`
  public var name: String { "\(kind.rawValue)-bandit" }
  /// A short description.
  public var summary: String {
    switch kind {
    case .bernoulli: "A bandit with arms that pay 1 with unknown probabilities"
    case .gaussian: "A bandit with arms that pay Gaussian rewards with unknown means"
    }
  }

  /// 1
  public var stateCount: Int { 1 }
  /// The number of arms.
  public var actionCount: Int { arms }

  /// The mean of each arm, uniform in 0...1.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    (0..<arms).map { _ in stream.uniform() }
  }

  /// The bandit whose arms have the task's means.
  public func process(of task: TaskParameters) throws(InvalidTask) -> TabularMDP {
    guard task.count == arms else {
      throw InvalidTask("it has a mean for each of \(arms) arms, not \(task.count).")
    }
    let noise: RewardNoise =
      switch kind {
      case .bernoulli: .bernoulli
      case .gaussian:
        standardDeviation == 0 ? .none : .gaussian(standardDeviation: standardDeviation)
      }
    do {
      return try TabularMDP(
        initial: [1], transition: [task.map { _ in [1] }], reward: [task], rewardNoise: noise)
    } catch { throw InvalidTask("\(error)") }
  }

  /// "pull arm k, which pays p"
  public func goal(of task: TaskParameters) -> String {
    guard let best = task.max(), let arm = task.firstIndex(of: best) else { return "pull an arm" }
    return "pull arm \(arm), which pays \((best * 100).rounded() / 100)"
  }

  /// The number of arms, and the standard deviation of Gaussian rewards.
  public var fields: [Field<Self>] {
    let arms = Field<Self>.count(
      "arms", "The number of arms of a bandit.", \.arms, atLeast: 1, atMost: 10_000)
    guard kind == .gaussian else { return [arms] }
    return [
      arms,
      .number(
        "standard-deviation", "The standard deviation of rewards.", \.standardDeviation, 0...1e9),
    ]
  }

  /// The same distribution with the given number of pulls.
  public func makeTasks(horizon: Int) -> any TaskDistribution {
    var tasks = self
    tasks.horizon = horizon
    return tasks
  }
}
