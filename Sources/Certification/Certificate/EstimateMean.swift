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
  /// - Throws: ``CertificateError`` if there is more to enumerate than the limit.
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
      makeState: { (makeEstimate(), tasks.map { Walker(self, $0) }) }
    ) { state, index in
      let item = items[index]
      var walk = FullWalk(
        walker: state.1[item.task], estimate: state.0,
        mean: [Double](repeating: 0, count: parameters.count))
      walk.visit([], parameters, 1, only: item.batch)
      return walk.mean
    }
    var result = [Double](repeating: 0, count: parameters.count)
    for (item, part) in zip(items, parts) { add(probabilities[item.task], part, to: &result) }
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
      let chain = MetaGradient(policy, settings: settings)
      chain.baselineMemory = knowledge.memory
      return { inner, outer in
        chain.begin(at: parameters)
        for batch in inner { chain.takeInnerStep(batch) }
        return chain.estimate(outer: outer, peers: knowledge.peers)
      }
    }
  }
}

/// Visits every chain with every outer batch.
private struct FullWalk {
  let walker: Walker
  let estimate: EstimateFunction
  var mean: [Double]

  mutating func visit(
    _ chosen: [TrajectoryBatch], _ parameters: [Double], _ weight: Double, only: Int? = nil
  ) {
    let node = walker.node(parameters, hasHessians: false)
    guard chosen.count < walker.stepCount else {
      for outer in walker.enumeration.outer {
        let p = weight * node.probability(outer)
        if p > 0 { add(p, estimate(chosen, outer.batch), to: &mean) }
      }
      return
    }
    for (index, batch) in walker.enumeration.inner.enumerated() where only ?? index == index {
      let p = weight * node.probability(batch)
      if p > 0 { visit(chosen + [batch.batch], walker.step(from: node, batch), p) }
    }
  }
}
