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
    let largest = rewardBounds.largestMagnitude
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
  private let peers: [ChainStatistics]
  private let walk: ChainWalk
  private let recursion: EstimatorRecursion
  private let unit: Double

  init(
    _ problem: CertificateProblem, _ estimator: Estimator, _ knowledge: BaselineKnowledge,
    stepSize: Double
  ) {
    (self.problem, peers) = (problem, knowledge.peers)
    unit = problem.returnScale
    var settings = problem.settings
    settings.innerStepSize = stepSize
    settings.estimator = estimator
    walk = ChainWalk(problem.policy, settings: settings)
    recursion = EstimatorRecursion(settings, memory: knowledge.memory)
  }

  /// Refuses an estimator that is not affine in its baseline's evidence of the outer batch: the
  /// certificate takes the mean over outer batches of the evidence.
  ///
  /// Some chains are tried at three points on the line through the evidence of two outer batches.
  func requireAffinity(_ task: TaskEnumeration) throws(CertificateError) {
    let count = task.trajectoryCount
    for (index, batch) in Self.some(20, of: task.inner).enumerated() {
      let chain = chain(batch.batch)
      let evidence = [index % count, (index + count / 2 + 1) % count].map {
        recursion.statistics(of: chain.with(outer: task.single($0, problem))).evidence
      }
      let estimates = [0.0, 1, 2].map { place in
        estimate(
          chain, coefficient: unit * place,
          evidence: Self.onLine(evidence[0], evidence[1], at: place))
      }
      // the middle of two ends
      let middle = zip(estimates[0], estimates[2]).map { ($0 + $1) / 2 }
      guard isSame(middle, estimates[1], beside: estimates) else {
        throw CertificateError(
          "The estimator '\(recursion.settings.estimator.name)' is not affine in what its baseline says of the outer batch, such as its mean score. It is biased unless a weight that was fixed before multiplies that; problem.fullMean(of:) enumerates its mean."
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
        let inner = task.batch(order, orders: 1, problem, problem.settings.inner).batch
        return estimate(chain(inner).with(outer: outer), coefficient: unit)
      }
      guard estimates.allSatisfy({ isSame($0, estimates[0], beside: estimates) }) else {
        throw CertificateError(
          "The estimator '\(recursion.settings.estimator.name)' depends on the order of a batch's trajectories. Enumerate all orders (mergesOrders = false).",
          remedies: [.enumerateOrders])
      }
    }
  }

  private func isSame(_ x: [Double], _ y: [Double], beside estimates: [[Double]]) -> Bool {
    largestDifference(x, y) <= Self.tolerance * largestMagnitude(estimates.flatMap(\.self))
  }

  /// A chain that takes every step with the same batch.
  private func chain(_ batch: TrajectoryBatch) -> Chain {
    walk.begin(at: problem.parameters)
    for _ in 0..<problem.settings.innerSteps { walk.takeInnerStep(batch) }
    return walk.chain()
  }

  /// The estimate of a chain from an outer gradient whose components are ``unit``.
  private func estimate(
    _ chain: Chain, coefficient: Double, evidence: NamedArrays? = nil
  ) -> [Double] {
    var v = [Double](repeating: unit, count: problem.parameters.count)
    let statistics = recursion.statistics(
      of: chain, coefficient: coefficient, evidence: evidence)
    recursion.propagate(&v, through: chain, statistics, peers: peers)
    return v
  }

  /// `x + place (y - x)`
  private static func onLine(_ x: NamedArrays, _ y: NamedArrays, at place: Double) -> NamedArrays {
    var result = NamedArrays()
    for entry in x.entries {
      let other = y[entry.name] ?? entry.elements
      result.set(
        entry.name, shape: entry.shape,
        zip(entry.elements, other).map { $0 + place * ($1 - $0) })
    }
    return result
  }

  private static func some(
    _ count: Int, of batches: [TaskEnumeration.Batch]
  ) -> [TaskEnumeration.Batch] {
    stride(from: 0, to: batches.count, by: max(1, batches.count / count)).map { batches[$0] }
  }
}
