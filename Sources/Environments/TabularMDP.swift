import LinearAlgebra
import RandomNumbers
import Requirements

/// A Markov decision process with finitely many states and actions.
public struct TabularMDP: Equatable, Sendable {
  /// The probabilities of the first state, `μ(s)`.
  public let initial: [Double]
  /// The transition probabilities `P(s' | s, a)`, indexed `[s][a][s']`.
  public let transition: [[[Double]]]
  /// The rewards `r(s, a)`, indexed `[s][a]`.
  public let reward: [[Double]]
  /// Whether an episode ends when it reaches a state: `[s]`.
  public let isTerminal: [Bool]

  /// The number of states.
  public var stateCount: Int { initial.count }
  /// The number of actions.
  public var actionCount: Int { reward.first?.count ?? 0 }
  /// Whether episodes may end before the horizon.
  public var endsEarly: Bool { isTerminal.contains(true) }

  /// Why values do not define a process.
  public struct ValidationError: ReportedError, Equatable {
    /// The field, its place, and the problem.
    public let description: String
  }

  /// Creates a process.
  ///
  /// - Parameters:
  ///   - initial: `μ(s)`
  ///   - transition: `P(s' | s, a)`, indexed `[s][a][s']`.
  ///   - reward: `r(s, a)`, indexed `[s][a]`.
  ///   - terminal: the states in which an episode ends; no action is taken there.
  /// - Throws: ``ValidationError`` if sizes do not agree, numbers are not finite, probabilities
  ///   are negative or do not sum to 1 within 1e-9, or an episode could start in a terminal state.
  public init(
    initial: [Double], transition: [[[Double]]], reward: [[Double]], terminal: [Int] = []
  ) throws(ValidationError) {
    self.initial = initial
    self.transition = transition
    self.reward = reward
    isTerminal = initial.indices.map(terminal.contains)
    for state in terminal {
      guard initial.indices.contains(state), initial[state] == 0 else {
        throw ValidationError(
          description:
            "The terminal state \(state) should be one of the \(initial.count) states, and no episode may start there."
        )
      }
    }
    let (states, actions) = (initial.count, reward.first?.count ?? 0)
    guard states > 0 && actions > 0 else {
      throw ValidationError(description: "A process needs at least one state and one action.")
    }
    try Self.requireProbabilities(initial, "initial", count: states)
    guard transition.count == states, transition.allSatisfy({ $0.count == actions }) else {
      throw ValidationError(
        description: "'transition' should have the shape [\(states)][\(actions)][\(states)].")
    }
    guard reward.count == states, reward.allSatisfy({ $0.count == actions }) else {
      throw ValidationError(description: "'reward' should have the shape [\(states)][\(actions)].")
    }
    for s in 0..<states {
      for a in 0..<actions {
        try Self.requireProbabilities(transition[s][a], "transition[\(s)][\(a)]", count: states)
        guard reward[s][a].isFinite else {
          throw ValidationError(description: "'reward[\(s)][\(a)]' is \(reward[s][a]).")
        }
      }
    }
  }

  /// A random process: starts and transitions uniform on the simplex, rewards uniform in a range.
  public static func random(
    states: Int, actions: Int, rewards: Range<Double>, using stream: inout RandomStream
  ) -> TabularMDP {
    require(states > 0 && actions > 0, "A process needs at least one state and one action.")
    func simplex() -> [Double] {
      let weights = (0..<states).map { _ in -naturalLogarithm(1 - stream.uniform()) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
    let initial = simplex()
    let transition = (0..<states).map { _ in (0..<actions).map { _ in simplex() } }
    let reward = (0..<states).map { _ in (0..<actions).map { _ in stream.uniform(in: rewards) } }
    return TabularMDP(valid: initial, transition, reward)
  }

  /// A random process with few successors: each row `P(· | s, a)` from a symmetric Dirichlet distribution,
  /// rewards uniform in a range, the first state 0.
  ///
  /// With a concentration far below `1 / states`, almost every transition is certain.
  ///
  /// - Source: the tabular experiment of Liu et al. (2022), "A theoretical understanding of gradient bias in
  ///   meta-reinforcement learning", with 20 states, 5 actions and the concentration 0.001.
  public static func random(
    states: Int, actions: Int, concentration: Double, rewards: Range<Double>,
    using stream: inout RandomStream
  ) -> TabularMDP {
    require(states > 0 && actions > 0, "A process needs at least one state and one action.")
    let transition = (0..<states).map { _ in
      (0..<actions).map { _ in stream.dirichlet(concentration: concentration, count: states) }
    }
    let reward = (0..<states).map { _ in (0..<actions).map { _ in stream.uniform(in: rewards) } }
    return TabularMDP(
      valid: (0..<states).map { $0 == 0 ? 1 : 0 }, transition, reward)
  }

  private init(valid initial: [Double], _ transition: [[[Double]]], _ reward: [[Double]]) {
    (self.initial, self.transition, self.reward) = (initial, transition, reward)
    isTerminal = initial.map { _ in false }
  }

  private static func requireProbabilities(
    _ p: [Double], _ field: String, count: Int
  ) throws(ValidationError) {
    guard p.count == count else {
      throw ValidationError(
        description: "'\(field)' should have \(count) elements, not \(p.count).")
    }
    guard p.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw ValidationError(description: "'\(field)' should hold probabilities, not \(p).")
    }
    let sum = p.reduce(0, +)
    guard (sum - 1).magnitude <= 1e-9 else {
      throw ValidationError(description: "'\(field)' should sum to 1, not to \(sum).")
    }
  }
}

/// Tasks that are tabular processes of equal sizes, all equally likely.
///
/// | action | meaning |
/// |---|---|
/// | 0 | the index of the action |
///
/// The observation is the state, one-hot. The reward is `r(s, a)`. An episode starts from the
/// process's initial distribution, ends in a terminal state, and is truncated at the horizon. The task is the process's index.
///
/// - Version history: 1, first version.
public struct TabularTasks: TaskDistribution {
  /// The processes.
  public let processes: [TabularMDP]
  /// The number of steps of an episode, `H + 1`.
  public let horizon: Int

  /// Creates the distribution.
  ///
  /// - Precondition: there is a process, and all have the same sizes.
  public init(_ processes: [TabularMDP], horizon: Int) {
    guard let first = processes.first else { requirementFailure("There is no process.") }
    require(horizon > 0, "The horizon must be positive, not \(horizon).")
    for process in processes {
      require(
        process.stateCount == first.stateCount && process.actionCount == first.actionCount,
        "The processes must have the same numbers of states and actions.")
    }
    self.processes = processes
    self.horizon = horizon
  }

  /// `tabular`
  public var name: String { "tabular" }
  /// One-hot vectors.
  public var observationSpace: Space { .box(size: processes[0].stateCount, in: 0...1) }
  /// The indices of the actions.
  public var actionSpace: Space { .discrete(processes[0].actionCount) }

  /// The index of a process.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [Double(Int.random(in: 0..<processes.count, using: &stream))]
  }

  /// An objection unless it is the index of a process.
  public func objection(to task: TaskParameters) -> String? {
    guard task.count == 1, let index = Int(exactly: task[0]), processes.indices.contains(index)
    else { return "it is the index of one of \(processes.count) processes, not \(task)." }
    return nil
  }

  /// Creates a batch of episodes.
  public func makeEnvironment(count: Int) -> any Environment {
    Batch(processes: processes, count: count)
  }

  private final class Batch: RestartableEnvironment {
    let processes: [TabularMDP]
    let count: Int
    var task: TaskParameters = [0]
    /// The process of the current episodes.
    private var process: TabularMDP
    private var states: [Int]

    init(processes: [TabularMDP], count: Int) {
      self.processes = processes
      self.count = count
      process = processes[0]
      states = [Int](repeating: 0, count: count)
    }

    func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
      guard task.count == 1, let index = Int(exactly: task[0]), processes.indices.contains(index)
      else {
        requirementFailure(
          "The task \(task) is not the index of one of \(processes.count) processes.")
      }
      process = processes[index]
      restart(Array(0..<count), into: observations, using: stream)
    }

    func restart(
      _ rows: [Int], into observations: MutableMatrixView, using stream: (Int) -> RandomStream
    ) {
      for i in rows {
        var stream = stream(i)
        states[i] = stream.categorical(process.initial)
        writeState(i, to: observations)
      }
    }

    func restart(
      _ rows: [Int], from given: MatrixView, observations: MutableMatrixView
    ) -> Int? {
      for i in rows {
        guard let state = Int(exactly: given[i, 0]), (0..<process.stateCount).contains(state)
        else { return i }
      }
      for i in rows {
        states[i] = Int(given[i, 0])
        writeState(i, to: observations)
      }
      return nil
    }

    /// The index of the state.
    var stateParts: [StatePart] { [StatePart("state", size: 1)] }

    func copyStates(into copies: MutableMatrixView) {
      for i in 0..<count { copies[i, 0] = Double(states[i]) }
    }

    func step(
      _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
      using stream: (Int) -> RandomStream
    ) {
      for i in 0..<count {
        let (state, number) = (states[i], actions[i, 0])
        guard let action = Int(exactly: number), action >= 0 && action < process.actionCount else {
          requirementFailure(
            "There is no action \(number): actions are the indices 0 to \(process.actionCount - 1)."
          )
        }
        result.rewards[i] = process.reward[state][action]
        var stream = stream(i)
        states[i] = stream.categorical(process.transition[state][action])
        result.terminated[i] = process.isTerminal[states[i]]
        writeState(i, to: observations)
      }
    }

    private func writeState(_ i: Int, to observations: MutableMatrixView) {
      for state in 0..<process.stateCount { observations[i, state] = state == states[i] ? 1 : 0 }
    }
  }
}
