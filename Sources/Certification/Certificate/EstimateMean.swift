import Scheduling

/// An estimate of `∇V_ζ` at given parameters, as a function of its batches `D_1 … D_ζ` and `D_o`.
public typealias EstimateFunction = (_ inner: [TrajectoryBatch], _ outer: TrajectoryBatch) ->
  [Double]

extension CertificateProblem {
  /// The exact mean of any estimate, over all inner batches and all outer batches.
  ///
  /// Nothing is assumed about the estimate but, while ``mergesOrders`` is true, that it does not
  /// depend on the order of the trajectories of a batch. The outer batches have
  /// `settings.outerEpisodes` trajectories.
  ///
  /// - Parameters:
  ///   - limit: the greatest number of pairs of a chain and an outer batch.
  ///   - threads: how many first batches are worked on side by side.
  ///   - makeEstimate: creates the estimate, once for each thread.
  /// - Returns: The mean, in the layout of the policy's parameters.
  /// - Throws: ``CertificateError`` if there is more to enumerate than the limit, or if the
  ///   mean is not finite or lost where the probability of an outer batch underflows.
  public func mean(
    limit: Int = Certificate.defaultLimit, threads: Int = 1,
    of makeEstimate: @escaping @Sendable () -> EstimateFunction
  ) async throws(CertificateError) -> [Double] {
    let size = EnumerationSize(self, needsOuter: true)
    let pairs = size.chains * size.outerBatches / Double(processes.count)
    guard max(size.largest, pairs) <= Double(limit) else {
      throw CertificateError(
        "\(name) has \(size.chains) chains and \(size.outerBatches) outer batches, together above the limit of \(limit). Make states, actions, horizon, batches or inner steps smaller, or raise the limit."
      )
    }
    let tasks = processes.map { TaskEnumeration($0, of: self, needsOuter: true) }
    let items = tasks.indices.flatMap { task in
      (0..<max(1, tasks[task].inner.count)).map { (task: task, batch: $0) }
    }
    let parts = await inOrder(
      items.count, threads: threads,
      makeState: { _ in (makeEstimate(), tasks.map { Walker(self, $0) }) }
    ) { state, index in
      let item = items[index]
      var walk = FullWalk(
        walker: state.1[item.task], estimate: state.0,
        mean: [Double](repeating: 0, count: parameters.count))
      walk.visit([], parameters, 1, only: item.batch)
      return (mean: walk.mean, losesBatches: walk.losesBatches)
    }
    if parts.contains(where: { $0.losesBatches || !$0.mean.allSatisfy(\.isFinite) }) {
      throw CertificateError(
        "\(name): the mean is not finite, or probabilities of outer batches underflow while the estimate grows with their inverse, as ratios of probabilities do. Make the inner step size or the rewards smaller; a Certificate of the estimator works with logarithms."
      )
    }
    var result = [Double](repeating: 0, count: parameters.count)
    for (item, part) in zip(items, parts) { add(probabilities[item.task], part.mean, to: &result) }
    return result
  }

  /// The exact mean of an estimator over all inner *and* outer batches: what a certificate finds
  /// with outer batches averaged in closed form, found the long way.
  public func fullMean(
    of estimator: Estimator, knowledge: BaselineKnowledge = BaselineKnowledge(),
    limit: Int = Certificate.defaultLimit, threads: Int = 1
  ) async throws(CertificateError) -> [Double] {
    try await mean(limit: limit, threads: threads) {
      var settings = settings
      settings.estimator = estimator
      let walk = ChainWalk(policy, settings: settings)
      let recursion = EstimatorRecursion(settings, memory: knowledge.memory)
      return { inner, outer in
        let chain = walk.walk(from: parameters, inner: inner, outer: outer)
        return recursion.estimate(chain, peers: knowledge.peers)
      }
    }
  }
}

/// Visits every chain with every outer batch.
private struct FullWalk {
  let walker: Walker
  let estimate: EstimateFunction
  var mean: [Double]
  /// The largest estimate for a batch whose probability does not underflow.
  private var largest = 0.0
  /// The largest for one whose probability underflows to zero.
  private var largestLost = 0.0

  init(walker: Walker, estimate: @escaping EstimateFunction, mean: [Double]) {
    (self.walker, self.estimate, self.mean) = (walker, estimate, mean)
  }

  /// Whether a probability below the least number times an estimate may be seen beside others.
  var losesBatches: Bool {
    !(largestLost <= largest * (Double.ulpOfOne / Double.leastNonzeroMagnitude))
  }

  mutating func visit(
    _ chosen: [TrajectoryBatch], _ parameters: [Double], _ weight: Double, only: Int? = nil
  ) {
    let node = walker.node(parameters, hasHessians: false)
    guard chosen.count < walker.stepCount else {
      for outer in walker.enumeration.outer {
        let p = node.probability(outer)
        let estimate = estimate(chosen, outer.batch)
        if p > 0 {
          add(weight * p, estimate, to: &mean)
          largest = max(largest, largestMagnitude(estimate))
        } else {
          largestLost = max(largestLost, largestMagnitude(estimate))
        }
      }
      return
    }
    for (index, batch) in walker.enumeration.inner.enumerated() where only ?? index == index {
      let p = weight * node.probability(batch)
      if p > 0 { visit(chosen + [batch.batch], walker.step(from: node, batch), p) }
    }
  }
}
