extension CertificateProblem {
  /// Refuses estimators for which the enumeration would be wrong: see ``requireAffinity`` and
  /// ``requireSymmetry``.
  func requireEnumerable(
    _ tasks: [TaskEnumeration], _ estimators: [Estimator], _ knowledge: [BaselineKnowledge]
  ) throws(CertificateError) {
    guard settings.innerSteps > 0, estimators.contains(where: { $0.baseline != nil }) else {
      return
    }
    let stepSize = tamedStepSize(tasks)
    for (estimator, knowledge) in zip(estimators, knowledge) where estimator.baseline != nil {
      let probe = EstimatorProbe(self, estimator, knowledge, stepSize: stepSize)
      for task in tasks {
        try probe.requireAffinity(task)
        if mergesOrders, settings.innerEpisodes > 1 { try probe.requireSymmetry(task) }
      }
    }
  }
}

extension CertificateProblem {
  /// How far a first inner step moves a parameter at most.
  func longestStep(_ tasks: [TaskEnumeration]) -> Double {
    guard settings.innerSteps > 0 else { return 0 }
    return tasks.reduce(0) { longest, task in
      let node = Walker(self, task).node(parameters, hasHessians: false)
      return task.inner.reduce(longest) {
        max($0, settings.innerStepSize.magnitude * largestMagnitude(node.gradient($1.weights)))
      }
    }
  }

  /// The inner step size, or one with which no parameter moves by more than 1 in a first step.
  ///
  /// What an estimator looks at does not depend on it, but after very long steps probabilities
  /// underflow and ratios overflow, which hides it.
  fileprivate func tamedStepSize(_ tasks: [TaskEnumeration]) -> Double {
    settings.innerStepSize / max(1, longestStep(tasks))
  }

  /// A magnitude of returns.
  var returnScale: Double {
    let largest = largestMagnitude(processes.flatMap { $0.reward.flatMap(\.self) })
    return largest > 0 ? largest * Double(horizon + 1) : 1
  }
}

/// Tries an estimator on some batches.
///
/// Only a baseline can look at the outer batch or at the order of trajectories. Values and gradients
/// that are put in have the magnitude of the problem's returns, so that what comes out is multiplied
/// by the same factor as the rewards.
private struct EstimatorProbe {
  /// The greatest part of the estimates that rounding may change.
  private static let tolerance = 1e-9
  private let problem: CertificateProblem
  private let estimator: Estimator
  private let peers: [ChainStatistics]
  private let chain: MetaGradient
  private let unit: Double

  init(
    _ problem: CertificateProblem, _ estimator: Estimator, _ knowledge: BaselineKnowledge,
    stepSize: Double
  ) {
    (self.problem, self.estimator, peers) = (problem, estimator, knowledge.peers)
    unit = problem.returnScale
    var settings = problem.settings
    settings.innerStepSize = stepSize
    settings.estimator = estimator
    chain = MetaGradient(problem.policy, settings: settings)
    chain.baselineMemory = knowledge.memory
  }

  /// Refuses an estimator that is not affine in the mean score of the outer batch: the certificate
  /// takes the mean over outer batches in closed form.
  ///
  /// Some chains are tried at three mean scores on a line.
  func requireAffinity(_ task: TaskEnumeration) throws(CertificateError) {
    for batch in Self.some(20, of: task.inner) {
      let estimates = [0.0, 1, 2].map { scale in
        estimate(batch.batch, coefficient: unit * scale) { statistics in
          guard let last = statistics.scores.indices.last else { return }
          for j in statistics.scores[last].indices {
            statistics.scores[last][j] = scale * (0.3 + 0.1 * Double(j % 7))
          }
        }
      }
      // the middle of two ends
      let middle = zip(estimates[0], estimates[2]).map { ($0 + $1) / 2 }
      guard isSame(middle, estimates[1], beside: estimates) else {
        throw CertificateError(
          "The estimator '\(estimator.name)' is not affine in the mean score of the outer batch. It is biased unless a weight that was fixed before multiplies that score; problem.fullMean(of:) enumerates its mean."
        )
      }
    }
  }

  /// Refuses an estimator that looks at the order of a batch's trajectories while orders are merged:
  /// one order would stand for all, and the mean would be wrong.
  ///
  /// Some batches are tried in three orders.
  func requireSymmetry(_ task: TaskEnumeration) throws(CertificateError) {
    let outer = task.single(0, problem)
    for batch in Self.some(50, of: task.inner) {
      let members = batch.members
      let rotated = Array(members.dropFirst() + members.prefix(1))
      let estimates = [members, members.reversed(), rotated].map { order in
        estimate(
          task.batch(order, orders: 1, problem, problem.settings.inner).batch, coefficient: unit,
          outer: outer)
      }
      guard estimates.allSatisfy({ isSame($0, estimates[0], beside: estimates) }) else {
        throw CertificateError(
          "The estimator '\(estimator.name)' depends on the order of a batch's trajectories. Enumerate all orders (mergesOrders = false).",
          remedies: [.enumerateOrders])
      }
    }
  }

  private func isSame(_ x: [Double], _ y: [Double], beside estimates: [[Double]]) -> Bool {
    largestDifference(x, y) <= Self.tolerance * largestMagnitude(estimates.flatMap(\.self))
  }

  /// The estimate of a chain that takes every step with the same batch, from an outer gradient whose
  /// components are ``unit``.
  private func estimate(
    _ batch: TrajectoryBatch, coefficient: Double, outer: TrajectoryBatch? = nil,
    _ change: (inout ChainStatistics) -> Void = { _ in }
  ) -> [Double] {
    chain.begin(at: problem.parameters)
    for _ in 0..<problem.settings.innerSteps { chain.takeInnerStep(batch) }
    if let outer { _ = chain.outerGradient(outer) }
    var statistics = chain.statistics(coefficient: coefficient)
    change(&statistics)
    var v = [Double](repeating: unit, count: problem.parameters.count)
    chain.propagate(&v, statistics, peers: peers)
    return v
  }

  private static func some(
    _ count: Int, of batches: [TaskEnumeration.Batch]
  ) -> [TaskEnumeration.Batch] {
    stride(from: 0, to: batches.count, by: max(1, batches.count / count)).map { batches[$0] }
  }
}
