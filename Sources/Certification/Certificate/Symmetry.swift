extension CertificateProblem {
  /// Refuses estimators that are not affine in the mean score of the outer batch: the certificate
  /// takes the mean over outer batches in closed form.
  ///
  /// Some chains are tried at three mean scores on a line.
  func requireAffinity(
    _ tasks: [TaskEnumeration], _ estimators: [Estimator], _ knowledge: [BaselineKnowledge]
  ) throws(CertificateError) {
    guard settings.innerSteps > 0 else { return }
    for (estimator, knowledge) in zip(estimators, knowledge) where estimator.baseline != nil {
      var settings = settings
      settings.estimator = estimator
      let chain = MetaGradient(policy, settings: settings)
      chain.baselineMemory = knowledge.memory
      for task in tasks {
        for index in stride(from: 0, to: task.inner.count, by: max(1, task.inner.count / 20)) {
          chain.begin(at: parameters)
          for _ in 0..<settings.innerSteps { chain.takeInnerStep(task.inner[index].batch) }
          let estimates = [0.0, 1, 2].map { scale in
            var statistics = chain.statistics(coefficient: scale)
            guard let last = statistics.scores.indices.last else { return [Double]() }
            for j in statistics.scores[last].indices {
              statistics.scores[last][j] = scale * (0.3 + 0.1 * Double(j % 7))
            }
            var v = [Double](repeating: 1, count: parameters.count)
            chain.propagate(&v, statistics, peers: knowledge.peers)
            return v
          }
          // the middle of two ends
          let middle = zip(estimates[0], estimates[2]).map { ($0 + $1) / 2 }
          guard relativeError(middle, estimates[1]) < 1e-9 else {
            throw CertificateError(
              "The estimator '\(estimator.name)' is not affine in the mean score of the outer batch. It is biased unless a weight that was fixed before multiplies that score; problem.fullMean(of:) enumerates its mean."
            )
          }
        }
      }
    }
  }

  /// Refuses estimators that look at the order of a batch's trajectories while orders are merged:
  /// one order would stand for all, and the mean would be wrong.
  ///
  /// Only a baseline can look at it. Some batches are tried in three orders.
  func requireSymmetry(
    _ tasks: [TaskEnumeration], _ estimators: [Estimator], _ knowledge: [BaselineKnowledge]
  ) throws(CertificateError) {
    guard mergesOrders, settings.innerSteps > 0, settings.innerEpisodes > 1 else { return }
    for (estimator, knowledge) in zip(estimators, knowledge) where estimator.baseline != nil {
      var settings = settings
      settings.estimator = estimator
      let chain = MetaGradient(policy, settings: settings)
      chain.baselineMemory = knowledge.memory
      for task in tasks {
        for index in stride(from: 0, to: task.inner.count, by: max(1, task.inner.count / 50)) {
          let members = task.inner[index].members
          let rotated = Array(members.dropFirst() + members.prefix(1))
          let estimates = [members, members.reversed(), rotated].map { order in
            let batch = task.batch(order, orders: 1, self, settings.inner).batch
            chain.begin(at: parameters)
            for _ in 0..<settings.innerSteps { chain.takeInnerStep(batch) }
            var v = [Double](repeating: 1, count: parameters.count)
            chain.propagate(&v, chain.statistics(coefficient: 1), peers: knowledge.peers)
            return v
          }
          guard estimates.allSatisfy({ relativeError($0, estimates[0]) < 1e-9 }) else {
            throw CertificateError(
              "The estimator '\(estimator.name)' depends on the order of a batch's trajectories. Enumerate all orders: --ordered, or mergesOrders = false."
            )
          }
        }
      }
    }
  }
}
