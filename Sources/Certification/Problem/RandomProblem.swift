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
    let processes = (0..<sizes.tasks).map { task in
      var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(task: task))
      return TabularMDP.random(
        states: sizes.states, actions: sizes.actions, rewards: -1..<1, using: &stream)
    }
    var stream = RandomStream(seed: seed, purpose: .initialParameters)
    let logits = stream.normals(sizes.states * sizes.actions).map { $0 / 2 }
    return try CertificateProblem(
      name: "seed \(seed)", processes: processes, horizon: sizes.horizon, parameters: logits,
      settings: settings)
  }
}
