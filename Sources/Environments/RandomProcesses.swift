import Requirements

/// Random tabular processes, each task a fresh one.
///
/// Actions, observations and episodes are those of ``TabularTaskDistribution``, with 10 states and 5 actions by
/// default.
///
/// - Reward: Gaussian with the standard deviation ``rewardDeviation`` about a mean for each pair of state and
///   action; the means are Gaussian with mean 1 and standard deviation 1.
/// - Transitions: `P(· | s, a)` uniform on the simplex (a flat Dirichlet distribution).
/// - Start: state 0.
/// - Episode end: truncated at the horizon, 10 steps.
/// - Task: a whole number from 0 to 2⁵³ - 1, the seed from which means and transitions are drawn.
/// - Reference returns: the best policy by dynamic programming, which may depend on the step; uniformly random
///   actions.
///
/// With ``RandomTabularOptions`` the tasks are few processes with certain rewards that are drawn once; here
/// every task is another process.
///
/// - Source: Duan et al. (2016), "RL²: fast reinforcement learning via slow reinforcement learning", after
///   Osband, Russo and Van Roy (2013), "(More) efficient reinforcement learning via posterior sampling".
/// - Version history: 1, first version.
public struct RandomProcesses: TabularTaskDistribution, TaskOptions, Equatable {
  /// The number of states.
  public var stateCount: Int
  /// The number of actions.
  public var actionCount: Int
  /// The standard deviation of a reward about its mean.
  public var rewardDeviation: Double
  /// The number of steps of an episode.
  public var horizon: Int

  /// Creates the distribution; the defaults are those of RL².
  ///
  /// - Precondition: sizes are positive, the standard deviation at least 0.
  public init(
    states: Int = 10, actions: Int = 5, rewardDeviation: Double = 1, horizon: Int = 10
  ) {
    require(
      states > 0 && actions > 0 && horizon > 0 && rewardDeviation >= 0,
      "A process needs a state, an action, a step and a standard deviation of at least 0.")
    (stateCount, actionCount, self.horizon) = (states, actions, horizon)
    self.rewardDeviation = rewardDeviation
  }

  /// `random-mdp`
  public var name: String { "random-mdp" }
  /// A short description.
  public var summary: String { "Markov decision processes of RL², another one for every task" }

  /// The seed of a process.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [Double(stream.next() >> 11)]
  }

  /// The process of a seed.
  public func process(of task: TaskParameters) throws(InvalidTask) -> TabularMDP {
    guard task.count == 1, let seed = UInt64(exactly: task[0]), seed < 1 << 53 else {
      throw InvalidTask(
        "it is the seed of a process, a whole number from 0 to \(1 << 53 - 1), not \(task).")
    }
    var stream = RandomStream(seed: seed, purpose: .tasks)
    let reward = (0..<stateCount).map { _ in stream.normals(actionCount).map { 1 + $0 } }
    let transition = (0..<stateCount).map { _ in
      (0..<actionCount).map { _ in stream.dirichlet(concentration: 1, count: stateCount) }
    }
    do {
      return try TabularMDP(
        initial: (0..<stateCount).map { $0 == 0 ? 1 : 0 }, transition: transition, reward: reward,
        rewardNoise: rewardDeviation == 0
          ? .none : .gaussian(standardDeviation: rewardDeviation))
    } catch { throw InvalidTask("\(error)") }
  }

  /// Sizes and noise.
  public var fields: [Field<Self>] {
    [
      .count(
        "states", "The number of states of a process.", \.stateCount, atLeast: 1, atMost: 1000),
      .count(
        "actions", "The number of actions of a process.", \.actionCount, atLeast: 1, atMost: 1000),
      .number(
        "reward-deviation", "The standard deviation of a reward about its mean.",
        \.rewardDeviation, 0...1e9),
    ]
  }

  /// The same distribution with the given horizon.
  ///
  /// - Throws: `ConfigurationError` if a process would be too large.
  public func makeTasks(horizon: Int) throws(ConfigurationError) -> any TaskDistribution {
    guard stateCount * stateCount * actionCount <= 10_000_000 else {
      throw ConfigurationError(
        description:
          "A process with \(stateCount) states and \(actionCount) actions is too large: use smaller environment.states or environment.actions."
      )
    }
    var tasks = self
    tasks.horizon = horizon
    return tasks
  }
}
