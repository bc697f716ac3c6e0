extension CertificateProblem {
  /// What the tasks of a random problem are.
  public enum Family: String, CaseIterable, Sendable {
    /// Starts and transitions uniform on the simplex, rewards uniform in -1 ... 1.
    case random
    /// `Bandits` whose rewards are 0 or 1: both outcomes of every pull are enumerated.
    case bernoulliBandit = "bernoulli-bandit"
    /// `Bandits` with Gaussian rewards, which have no list of outcomes: every pull gives its mean.
    case gaussianBandit = "gaussian-bandit"
    /// `RandomProcesses`, whose rewards are Gaussian too: every pair of state and action gives its mean.
    case randomMDP = "random-mdp"

    /// Whether a problem is about mean rewards in the place of random ones.
    public var takesMeanRewards: Bool { self == .gaussianBandit || self == .randomMDP }
  }

  /// The sizes of a random problem.
  public struct Sizes: Equatable, Sendable {
    /// The number of states; a bandit has one whatever is given.
    public var states: Int
    /// The number of actions, of a bandit its arms.
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
  /// Logits are normal with standard deviation 1/2; a family says what processes are.
  ///
  /// - Throws: ``CertificateError`` if a size is not positive.
  public static func random(
    seed: UInt64, sizes: Sizes = Sizes(), of family: Family = .random, settings: MetaSettings
  ) throws(CertificateError) -> CertificateProblem {
    guard sizes.states > 0, sizes.actions > 0, sizes.tasks > 0, sizes.horizon >= 0 else {
      throw CertificateError("States, actions and tasks must be at least 1, the horizon 0.")
    }
    var processes: [TabularMDP] = []
    for task in 0..<sizes.tasks {
      var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(task: task))
      processes.append(try process(of: family, sizes, using: &stream))
    }
    var stream = RandomStream(seed: seed, purpose: .initialParameters)
    let logits = stream.normals(processes[0].stateCount * sizes.actions).map { $0 / 2 }
    let kind =
      family == .random
      ? "" : family.rawValue + (family.takesMeanRewards ? " with its mean rewards, " : ", ")
    return try CertificateProblem(
      name: "\(kind)seed \(seed)", processes: processes, horizon: sizes.horizon,
      parameters: logits, settings: settings)
  }

  private static func process(
    of family: Family, _ sizes: Sizes, using stream: inout RandomStream
  ) throws(CertificateError) -> TabularMDP {
    let tasks: any TabularTaskDistribution
    switch family {
    case .random:
      return TabularMDP.random(
        states: sizes.states, actions: sizes.actions, rewards: -1..<1, using: &stream)
    case .bernoulliBandit: tasks = Bandits(.bernoulli, arms: sizes.actions)
    case .gaussianBandit:
      tasks = Bandits(.gaussian, arms: sizes.actions, standardDeviation: 0)
    case .randomMDP:
      tasks = RandomProcesses(states: sizes.states, actions: sizes.actions, rewardDeviation: 0)
    }
    do { return try tasks.process(of: tasks.sampleTask(using: &stream)) } catch {
      throw CertificateError("A task of \(tasks.name): \(error)")
    }
  }
}
