import CLibrary

/// Every chain of inner batches of a problem with the parameters that an external estimator adapts to, and
/// every pair of a chain and an outer batch with its probability.
struct ExternalEnumeration {
  /// A beginning of a chain.
  struct Prefix {
    let task: Int
    /// Numbers of batches in the task's enumeration.
    let batches: [Int]
    /// The parameters after these batches.
    var parameters: [Double]
    /// The probability of task and batches.
    let probability: Double
  }

  /// A chain with an outer batch.
  struct Pair {
    /// The place of the chain in ``chains``.
    let chain: Int
    /// The number of the outer batch in the task's enumeration.
    let outer: Int
    let probability: Double
  }

  let problem: CertificateProblem
  let tasks: [TaskEnumeration]
  /// The number of the first trajectory of each task in the table.
  let firstTrajectory: [Int]
  /// The parameters that the chains start from.
  let start: [Double]
  /// The prefixes with 0, 1, … ζ batches.
  private(set) var levels: [[Prefix]]

  /// The chains with all inner steps.
  var chains: [Prefix] { levels[levels.count - 1] }

  /// Lists the trajectories and batches of a problem.
  static func tasks(of problem: CertificateProblem) -> [TaskEnumeration] {
    problem.processes.map { TaskEnumeration($0, of: problem, needsOuter: true) }
  }

  /// Adapts along all chains from given parameters.
  init(
    _ problem: CertificateProblem, _ tasks: [TaskEnumeration], from start: [Double],
    _ estimator: any ExternalEstimator
  ) throws(ExternalError) {
    self.init(problem, tasks, from: start)
    for _ in 0..<problem.settings.innerSteps {
      var next = longerChains
      let adapted = try estimator.adapt(
        next.map(trajectories), from: start == problem.parameters ? nil : next.map { _ in start })
      for i in next.indices { next[i].parameters = adapted[i] }
      levels.append(next)
    }
  }

  /// Adapts along all chains from the problem's parameters with equation 5's inner step.
  init(_ problem: CertificateProblem) {
    self.init(problem, Self.tasks(of: problem), from: problem.parameters)
    let walkers = tasks.map { Walker(problem, $0) }
    for _ in 0..<problem.settings.innerSteps {
      // the chains stand in the order of their parents
      var next = longerChains
      var place = 0
      for parent in chains {
        let node = walkers[parent.task].node(parent.parameters, hasHessians: false)
        for batch in tasks[parent.task].inner {
          add(
            problem.settings.innerStepSize, node.gradient(batch.weights),
            to: &next[place].parameters)
          place += 1
        }
      }
      levels.append(next)
    }
  }

  /// The chains without inner steps.
  private init(
    _ problem: CertificateProblem, _ tasks: [TaskEnumeration], from start: [Double]
  ) {
    (self.problem, self.tasks, self.start) = (problem, tasks, start)
    firstTrajectory = tasks.indices.map { i in
      tasks[..<i].reduce(0) { $0 + $1.trajectoryCount }
    }
    levels = [
      tasks.indices.map {
        Prefix(
          task: $0, batches: [], parameters: start, probability: problem.probabilities[$0])
      }
    ]
  }

  /// The chains with one batch more, at the parameters before it.
  private var longerChains: [Prefix] {
    let walkers = tasks.map { Walker(problem, $0) }
    return chains.flatMap { chain in
      let probabilities = walkers[chain.task].trajectoryProbabilities(chain.parameters)
      return tasks[chain.task].inner.enumerated().map { number, batch in
        Prefix(
          task: chain.task, batches: chain.batches + [number], parameters: chain.parameters,
          probability: chain.probability * batch.probability(probabilities))
      }
    }
  }

  /// The trajectories of a prefix's batches, as the table numbers them.
  func trajectories(_ prefix: Prefix) -> [[Int]] {
    prefix.batches.map { members(tasks[prefix.task].inner[$0], task: prefix.task) }
  }

  /// The trajectories of a batch, as the table numbers them.
  func members(_ batch: TaskEnumeration.Batch, task: Int) -> [Int] {
    batch.members.map { firstTrajectory[task] + $0 }
  }

  /// `E[J(θ^ζ)]`, without an offset of the rewards.
  var objective: Double {
    var walkers = tasks.map { Walker(problem, $0) }
    return chains.reduce(0) { sum, chain in
      sum + chain.probability
        * walkers[chain.task].objective(
          chain.parameters, step: problem.settings.innerSteps)
    }
  }

  /// All pairs.
  var pairs: [Pair] {
    let walkers = tasks.map { Walker(problem, $0) }
    return chains.enumerated().flatMap { index, chain in
      let probabilities = walkers[chain.task].trajectoryProbabilities(chain.parameters)
      return tasks[chain.task].outer.enumerated().map { number, batch in
        Pair(
          chain: index, outer: number,
          probability: chain.probability * batch.probability(probabilities))
      }
    }
  }

  /// The estimates of pairs.
  func estimates(
    _ pairs: [Pair], _ estimator: any ExternalEstimator
  ) throws(ExternalError) -> [[Double]] {
    try estimator.estimate(
      pairs.map { trajectories(chains[$0.chain]) }, outer: pairs.map(outerMembers))
  }

  /// The trajectories of a pair's outer batch, as the table numbers them.
  func outerMembers(_ pair: Pair) -> [Int] {
    let task = chains[pair.chain].task
    return members(tasks[task].outer[pair.outer], task: task)
  }

  /// The batches of a pair, as this package's estimators take them.
  func batches(_ pair: Pair) -> (inner: [TrajectoryBatch], outer: TrajectoryBatch) {
    let chain = chains[pair.chain]
    let task = tasks[chain.task]
    return (chain.batches.map { task.inner[$0].batch }, task.outer[pair.outer].batch)
  }
}

extension Walker {
  /// The probability of each trajectory.
  func trajectoryProbabilities(_ parameters: [Double]) -> [Double] {
    table.record(at: parameters)
    return enumeration.probabilities(table.probabilities)
  }
}

extension Double {
  /// Four digits at most.
  var short: String { formatted("%.4g", self) }
}
