extension CertificateProblem {
  /// The sizes of a random problem.
  public struct Sizes: Equatable, Sendable {
    /// The number of states.
    public var states: Int
    /// The number of actions.
    public var actions: Int
    /// The last step `H`.
    public var horizon: Int
    /// The number of tasks, each as likely as the other.
    public var tasks: Int

    /// Creates sizes.
    public init(states: Int = 2, actions: Int = 2, horizon: Int = 1, tasks: Int = 1) {
      (self.states, self.actions) = (states, actions)
      (self.horizon, self.tasks) = (horizon, tasks)
    }
  }

  /// A random problem with a tabular softmax policy.
  ///
  /// Starts and transitions are uniform on the simplex, rewards uniform in -1 ... 1, logits normal
  /// with standard deviation 1/2.
  ///
  /// - Throws: ``CertificateError`` if a size is not positive.
  public static func random(
    seed: UInt64, sizes: Sizes = Sizes(), settings: MetaSettings
  ) throws(CertificateError) -> CertificateProblem {
    guard sizes.states > 0, sizes.actions > 0, sizes.tasks > 0, sizes.horizon >= 0 else {
      throw CertificateError("States, actions and tasks must be at least 1, the horizon 0.")
    }
    var processes: [TabularMDP] = []
    for task in 0..<sizes.tasks {
      var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(task: task))
      func simplex() -> [Double] {
        let weights = (0..<sizes.states).map { _ in -naturalLogarithm(1 - stream.uniform()) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
      }
      let pairs = 0..<sizes.actions
      let states = 0..<sizes.states
      do {
        processes.append(
          try TabularMDP(
            initial: simplex(), transition: states.map { _ in pairs.map { _ in simplex() } },
            reward: states.map { _ in pairs.map { _ in stream.uniform(in: -1..<1) } }))
      } catch {
        throw CertificateError(error.description)
      }
    }
    var stream = RandomStream(seed: seed, purpose: .initialParameters)
    let logits = stream.normals(sizes.states * sizes.actions).map { $0 / 2 }
    return try CertificateProblem(
      name: "seed \(seed)", processes: processes, horizon: sizes.horizon, parameters: logits,
      settings: settings)
  }
}
