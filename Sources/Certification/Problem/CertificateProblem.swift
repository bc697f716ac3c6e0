import Requirements
@_exported import SGMRL
@_exported import Theory

/// What a certificate is about: tabular tasks, a policy with its parameters, and an adaptation.
///
/// The objective is `V_ζ(θ) = Σ_i p_i E[J_i(θ^ζ)]`, with `θ^t = θ^(t-1) + α ∇ν(θ^(t-1); w(D_t))` and
/// `D_t` drawn at `θ^(t-1)` (the paper's equations 6 and 33). The weights `w` are those of
/// `settings.inner`; the default is equation 5.
public struct CertificateProblem: Sendable {
  /// What it is called in reports.
  public var name: String
  /// The tasks.
  public let processes: [TabularMDP]
  /// The range of all rewards.
  public let rewardBounds: RewardBounds
  /// The probabilities `p_i` of the tasks.
  public let probabilities: [Double]
  /// The last step `H` of an episode; the steps are `0 ... H`.
  public let horizon: Int
  /// The policy, over the actions `0 ..< actionCount`.
  public let policy: any Policy
  /// The parameters `θ`.
  public let parameters: [Double]
  /// What the policy sees of each state: `[states, observationSize]`.
  public let observations: Matrix
  /// Inner steps, step size, sizes of the batches, discount, and the weights of inner and outer
  /// batches. Its estimator does not matter.
  public var settings: MetaSettings
  /// Whether batches that differ only in the order of their trajectories are enumerated once.
  ///
  /// Set it to false for an estimator that is not symmetric in the trajectories of a batch, as with
  /// a baseline that looks at the trajectory before.
  public var mergesOrders = true

  /// Creates a problem.
  ///
  /// - Parameters:
  ///   - name: what it is called in reports.
  ///   - processes: the tasks, of equal sizes.
  ///   - probabilities: those of the tasks; equal ones if nil.
  ///   - horizon: `H`
  ///   - policy: the policy; a tabular softmax if nil.
  ///   - parameters: `θ`, in the layout of the policy.
  ///   - observations: what the policy sees of each state, `[states, observationSize]`; one-hot
  ///     if nil.
  ///   - settings: the adaptation, which is in double precision whatever they say.
  /// - Throws: ``CertificateError`` if sizes do not agree, a number is not finite, rewards are drawn from a
  ///   continuous distribution, or the policy's probabilities do not sum to 1.
  public init(
    name: String = "problem", processes: [TabularMDP], probabilities: [Double]? = nil,
    horizon: Int, policy: (any Policy)? = nil, parameters: [Double], observations: Matrix? = nil,
    settings: MetaSettings
  ) throws(CertificateError) {
    guard let first = processes.first else {
      throw CertificateError("There is no process; give at least one.")
    }
    let (states, actions) = (first.stateCount, first.actionCount)
    guard processes.allSatisfy({ $0.stateCount == states && $0.actionCount == actions }) else {
      throw CertificateError("The processes must have the same numbers of states and actions.")
    }
    guard let rewardBounds = RewardBounds(processes) else {
      throw CertificateError(
        "Rewards with Gaussian noise have no finite list of values, so they cannot be enumerated. Give the processes with(rewardNoise: .none) for the problem of their mean rewards, or certify by sampling (--monte-carlo)."
      )
    }
    self.rewardBounds = rewardBounds
    let tasks = probabilities ?? processes.map { _ in 1 / Double(processes.count) }
    guard tasks.count == processes.count, tasks.allSatisfy({ $0.isFinite && $0 >= 0 }),
      (tasks.reduce(0, +) - 1).magnitude <= 1e-9
    else {
      throw CertificateError(
        "The probabilities of \(processes.count) tasks cannot be \(tasks); they must be at least 0 and sum to 1."
      )
    }
    guard horizon >= 0 else { throw CertificateError("'horizon' is \(horizon), below 0.") }
    let policy = policy ?? SoftmaxPolicy(observationSize: states, actionCount: actions)
    let observations = observations ?? .identity(states)
    guard observations.rows == states, observations.columns == policy.observationSize,
      policy.actionSize == 1
    else {
      throw CertificateError(
        "The policy takes \(policy.observationSize) observations and gives \(policy.actionSize) columns of actions; the states' observations have the shape [\(observations.rows), \(observations.columns)] and a discrete action has one column."
      )
    }
    guard parameters.count == policy.layout.count, parameters.allSatisfy(\.isFinite) else {
      throw CertificateError(
        "The policy has \(policy.layout.count) parameters; those given are \(parameters.count) and must be finite."
      )
    }
    (self.name, self.processes, self.probabilities) = (name, processes, tasks)
    (self.horizon, self.policy, self.parameters) = (horizon, policy, parameters)
    (self.observations, self.settings) = (observations, settings.in(.double))
    try requireProbabilities()
  }

  /// The same problem with inner step sizes among the parameters, each of the present size.
  ///
  /// - Parameter learning: which sizes there are.
  /// - Returns: The problem, with the sizes behind the other parameters.
  /// - Throws: ``CertificateError``, as the initialiser.
  public func learningStepSizes(
    _ learning: StepSizeLearning
  ) throws(CertificateError) -> CertificateProblem {
    let learner = LearnedStepSizes(policy, learning, initialSize: settings.innerStepSize)
    let sizes = [Double](
      repeating: settings.innerStepSize, count: learner.layout.count - parameters.count)
    var result = try CertificateProblem(
      name: name, processes: processes, probabilities: probabilities, horizon: horizon,
      policy: learner, parameters: parameters + sizes, observations: observations,
      settings: settings)
    result.mergesOrders = mergesOrders
    return result
  }

  /// The number of states.
  public var stateCount: Int { processes[0].stateCount }
  /// The number of actions.
  public var actionCount: Int { processes[0].actionCount }

  /// The policy's probabilities must sum to 1, else every enumeration would be wrong.
  private func requireProbabilities() throws(CertificateError) {
    let table = PolicyTable(self)
    table.record(at: parameters)
    for state in 0..<stateCount {
      let sum = (0..<actionCount).reduce(0) { $0 + table.probabilities[state * actionCount + $1] }
      guard (sum - 1).magnitude <= 1e-9 else {
        throw CertificateError(
          "The policy's probabilities of the actions 0 ..< \(actionCount) sum to \(sum) in state \(state) instead of 1. A certificate needs a policy over exactly these actions."
        )
      }
    }
  }
}

/// Why there is no certificate.
public struct CertificateError: ReportedError, Equatable {
  /// What was found, where, and what to do.
  public let description: String

  /// What may be done about it.
  public let remedies: [Remedy]

  /// Creates an error.
  public init(_ description: String, remedies: [Remedy] = []) {
    (self.description, self.remedies) = (description, remedies)
  }
}
