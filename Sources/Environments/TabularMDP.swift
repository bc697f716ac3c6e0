import LinearAlgebra
import RandomNumbers
import Requirements

/// A Markov decision process with finitely many states and actions.
public struct TabularMDP: Equatable, Sendable {
  /// The probabilities of the first state, `μ(s)`.
  public let initial: [Double]
  /// The transition probabilities `P(s' | s, a)`, indexed `[s][a][s']`.
  public let transition: [[[Double]]]
  /// The mean rewards `r(s, a)`, indexed `[s][a]`.
  public let reward: [[Double]]
  /// How rewards are distributed about their means.
  public let rewardNoise: RewardNoise
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
  ///   - rewardNoise: how rewards are distributed about `r(s, a)`.
  /// - Throws: ``ValidationError`` if sizes do not agree, numbers are not finite, probabilities
  ///   are negative or do not sum to 1 within 1e-9, an episode could start in a terminal state, or
  ///   rewards cannot have their distribution.
  public init(
    initial: [Double], transition: [[[Double]]], reward: [[Double]], terminal: [Int] = [],
    rewardNoise: RewardNoise = .none
  ) throws(ValidationError) {
    self.initial = initial
    self.rewardNoise = rewardNoise
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
        if let objection = rewardNoise.objection(toMean: reward[s][a]) {
          throw ValidationError(description: "'reward[\(s)][\(a)]': \(objection)")
        }
      }
    }
  }

  /// The same process with another distribution of rewards about their means.
  ///
  /// - Throws: ``ValidationError`` if a mean cannot have it.
  public func with(rewardNoise: RewardNoise) throws(ValidationError) -> TabularMDP {
    try TabularMDP(
      initial: initial, transition: transition, reward: reward,
      terminal: isTerminal.indices.filter { isTerminal[$0] }, rewardNoise: rewardNoise)
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
    rewardNoise = .none
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
