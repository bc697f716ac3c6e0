/// A problem as a program in another language sees it: the features of a softmax policy, and a table of
/// all trajectories that batches are made of.
///
/// Batches are lists of numbers of trajectories; those of all tasks stand in one table.
public struct TrajectoryTable: Encodable, Sendable {
  /// What the problem is called.
  public let name: String
  /// `[S][A][d]`, so that the logits of state `s` are `features[s] θ`.
  public let features: [[[Double]]]
  /// `θ: [d]`
  public let parameters: [Double]
  /// The inner step size `α`.
  public let stepSize: Double
  /// The discount `γ`.
  public let discount: Double
  /// The number of inner steps `ζ`.
  public let innerSteps: Int
  /// The greatest number of steps of an episode, `H + 1`.
  public let steps: Int
  /// The trajectories of an inner batch.
  public let innerBatch: Int
  /// The trajectories of an outer batch.
  public let outerBatch: Int
  /// The states of every trajectory, 0 behind its end: `[N][H + 1]`
  public let states: [[Int]]
  /// The actions, 0 behind the end: `[N][H + 1]`
  public let actions: [[Int]]
  /// The rewards, 0 behind the end: `[N][H + 1]`
  public let rewards: [[Double]]
  /// The number of steps of each trajectory: `[N]`
  public let lengths: [Int]
  /// The task that each trajectory is of: `[N]`
  public let tasks: [Int]

  /// Writes a problem down.
  ///
  /// - Throws: ``CertificateError`` if its policy is not a softmax that is linear in the parameters.
  init(_ problem: CertificateProblem, _ enumerations: [TaskEnumeration]) throws(CertificateError) {
    guard let policy = problem.policy as? SoftmaxPolicy else {
      throw CertificateError(
        "\(problem.name): a program in another language gets a softmax policy that is linear in its parameters, not a \(type(of: problem.policy)). Use a problem without learned step sizes."
      )
    }
    (name, parameters) = (problem.name, problem.parameters)
    features = (0..<problem.stateCount).map { state in
      (0..<problem.actionCount).map { policy.features($0, problem.observations.row(state)) }
    }
    let settings = problem.settings
    (stepSize, discount) = (settings.innerStepSize, settings.discount)
    (innerSteps, steps) = (settings.innerSteps, problem.horizon + 1)
    (innerBatch, outerBatch) = (settings.innerEpisodes, settings.outerEpisodes)
    let (length, actionCount) = (steps, problem.actionCount)
    func padded<Value>(_ values: [Value], _ zero: Value) -> [Value] {
      values + [Value](repeating: zero, count: length - values.count)
    }
    var (states, actions, rewards) = ([[Int]](), [[Int]](), [[Double]]())
    var (lengths, tasks) = ([Int](), [Int]())
    for (task, enumeration) in enumerations.enumerated() {
      for trajectory in 0..<enumeration.trajectoryCount {
        let pairs = enumeration.pairs(of: trajectory)
        states.append(padded(pairs.map { $0 / actionCount }, 0))
        actions.append(padded(pairs.map { $0 % actionCount }, 0))
        rewards.append(padded(Array(enumeration.rewards(of: trajectory)), 0))
        lengths.append(pairs.count)
        tasks.append(task)
      }
    }
    (self.states, self.actions, self.rewards) = (states, actions, rewards)
    (self.lengths, self.tasks) = (lengths, tasks)
  }

  /// A trajectory in words, such as `s0 a1 +0.5, s1 a0 -1`.
  func text(_ trajectory: Int) -> String {
    (0..<lengths[trajectory]).map { h in
      let reward = rewards[trajectory][h]
      return
        "s\(states[trajectory][h]) a\(actions[trajectory][h]) \(reward < 0 ? "" : "+")\(reward.short)"
    }.joined(separator: ", ")
  }
}
