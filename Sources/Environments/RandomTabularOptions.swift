import Requirements

/// Random tabular processes of one size.
public struct RandomTabularOptions: TaskOptions {
  /// The number of states of a process.
  public var states = 5
  /// The number of actions of a process.
  public var actions = 3
  /// The number of processes, all equally likely as a task.
  public var processes = 1
  /// The least reward.
  public var leastReward = 0.0
  /// The greatest reward.
  public var greatestReward = 1.0
  /// The seed of the processes.
  public var problemSeed = 1

  /// Creates options with all values at their defaults.
  public init() {}

  /// `tabular`
  public var name: String { "tabular" }
  /// A short description.
  public var summary: String {
    "Random Markov decision processes with finitely many states and actions"
  }

  /// Sizes, rewards and seed.
  public var fields: [Field<Self>] {
    [
      .count("states", "The number of states of a process.", \.states, atLeast: 1, atMost: 1000),
      .count("actions", "The number of actions of a process.", \.actions, atLeast: 1, atMost: 1000),
      .count(
        "processes", "The number of processes, all equally likely as a task.", \.processes,
        atLeast: 1, atMost: 1000),
      .number("least-reward", "The least reward.", \.leastReward, -1e9...1e9),
      .number(
        "greatest-reward", "The greatest reward, above the least.", \.greatestReward, -1e9...1e9),
      .count("problem-seed", "The seed of the processes.", \.problemSeed, atLeast: 0, atMost: .max),
    ]
  }

  /// Draws the processes.
  public func makeTasks(horizon: Int) throws(ConfigurationError) -> any TaskDistribution {
    guard leastReward < greatestReward else {
      throw ConfigurationError(
        description:
          "environment.least-reward, \(leastReward), must be below environment.greatest-reward, \(greatestReward)."
      )
    }
    guard states * states * actions * processes <= 100_000_000 else {
      throw ConfigurationError(
        description:
          "\(processes) processes with \(states) states and \(actions) actions are too large; make them fewer or smaller."
      )
    }
    let processes = (0..<processes).map { index in
      var stream = RandomStream(
        seed: UInt64(problemSeed), purpose: .tasks, at: StreamPlace(task: index))
      return TabularMDP.random(
        states: states, actions: actions, rewards: leastReward..<greatestReward, using: &stream)
    }
    return TabularTasks(processes, horizon: horizon)
  }
}
