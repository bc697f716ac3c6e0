import Scheduling

extension Certificate {
  /// The greatest number of chains, batches or trajectories enumerated unless a limit is given.
  public static let defaultLimit = 200_000

  /// Enumerates a problem.
  ///
  /// - Parameters:
  ///   - problem: the problem.
  ///   - estimators: those to average.
  ///   - tolerance: the greatest error that passes, as a part of the norm of the gradient.
  ///   - limit: the greatest number of chains, batches or trajectories.
  ///   - knowledge: what the estimators' baselines know of other chains; by default, what they learn
  ///     from some that are sampled.
  ///   - threads: how many first batches are worked on side by side; results are the same to the
  ///     bit for any number.
  /// - Throws: ``CertificateError`` if the problem is larger than the limit, with an estimate of the
  ///   time, if a result is not finite, if an estimator depends on the order of a batch while orders
  ///   are merged, or if it is not affine in the outer batch's mean score.
  public init(
    _ problem: CertificateProblem, estimators: [Estimator] = Estimator.presets,
    tolerance: Double = 1e-10, limit: Int = defaultLimit,
    knowledge: [String: BaselineKnowledge] = [:], threads: Int = 1
  ) async throws(CertificateError) {
    let start = ContinuousClock.now
    let size = EnumerationSize(problem)
    try size.require(limit, problem, estimators: estimators.count, threads: threads)
    let tasks = problem.enumerations
    let knowledge = estimators.map {
      knowledge[$0.name] ?? BaselineKnowledge(of: $0, problem, tasks)
    }
    try problem.requireEnumerable(tasks, estimators, knowledge)
    let sums = await problem.chainSums(tasks, estimators, knowledge, threads: threads)
    let differences = await problem.differences(tasks, threads: threads)
    var other = (value: 0.0, gradient: [Double](repeating: 0, count: problem.parameters.count))
    for (p, task) in zip(problem.probabilities, tasks) {
      var walker = Walker(problem, task)
      let part = walker.meanStepObjective(problem.parameters)
      other.value += p * part.value
      add(p, part.gradient, to: &other.gradient)
    }
    let numbers = [sums.objective, other.value] + sums.gradient + sums.means.flatMap(\.self)
    guard numbers.allSatisfy(\.isFinite), other.gradient.allSatisfy(\.isFinite) else {
      throw CertificateError(
        "\(problem.name): the exact objective or a gradient is not finite; use a smaller step size or smaller rewards."
      )
    }
    self.problem = problem
    let offset = problem.meanOffset(tasks)
    (objective, gradient) = (sums.objective + offset, sums.gradient)
    self.differences = differences.gradient
    (gradientSize, estimateSize) = (sums.sizes.gradient, sums.sizes.outer + sums.sizes.score)
    let disagreement = ScaledDifference(
      differences.gradient, sums.gradient, meanNorm: sums.sizes.gradient)
    let unit = disagreement.hasScale ? disagreement.scale : sums.sizes.gradient
    func relative(_ error: Double) -> Double { error == 0 ? 0 : error / unit }
    gradientDisagreement = relative(disagreement.difference)
    differencesError = relative(differences.error)
    (meanStepObjective, meanStepGradient) = (other.value + offset, other.gradient)
    probabilityError = (sums.probability - 1).magnitude
    innerStepError = sums.innerStepError
    verdicts = estimators.indices.map {
      EstimatorVerdict(
        estimators[$0], mean: sums.means[$0], meanNorm: sums.meanNorms[$0], sizes: sums.sizes,
        gradient: sums.gradient, meanStepGradient: other.gradient, tolerance: tolerance)
    }
    (self.size, self.tolerance) = (size, tolerance)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }
}

extension EstimatorVerdict {
  /// Judges a mean.
  init(
    _ estimator: Estimator, mean: [Double], meanNorm: Double, sizes: TermSizes, gradient: [Double],
    meanStepGradient: [Double], tolerance: Double
  ) {
    (self.estimator, self.mean, self.meanNorm) = (estimator, mean, meanNorm)
    let size = sizes.largest(estimator, meanNorm: meanNorm)
    bias = zip(mean, gradient).map { $0 - $1 }
    error = relativeError(mean, gradient)
    difference = ScaledDifference(mean, gradient, meanNorm: size)
    biasAgainstMeanStep = zip(mean, meanStepGradient).map { $0 - $1 }
    let other = ScaledDifference(mean, meanStepGradient, meanNorm: size)
    relativeBiasAgainstMeanStep = other.hasScale ? other.relative : nil
    verdict = BiasVerdict(difference, tolerance: tolerance)
  }
}

extension CertificateProblem {
  /// The trajectories and batches of every task.
  var enumerations: [TaskEnumeration] {
    processes.map { TaskEnumeration($0, of: self, needsOuter: needsOuterBatches) }
  }

  /// What the offsets of the rewards add to the objective.
  func meanOffset(_ tasks: [TaskEnumeration]) -> Double {
    zip(probabilities, tasks).reduce(0) { $0 + $1.0 * Walker(self, $1.1).exact.offset }
  }

  /// The sums over all chains of all tasks, in the order of tasks and first batches.
  func chainSums(
    _ tasks: [TaskEnumeration], _ estimators: [Estimator], _ knowledge: [BaselineKnowledge],
    threads: Int
  ) async -> ChainSums {
    let items = tasks.indices.flatMap { task in
      (0..<max(1, tasks[task].inner.count)).map { (task: task, batch: $0) }
    }
    let parts = await inOrder(
      items.count, threads: threads,
      makeState: { _ in [ChainSummation?](repeating: nil, count: tasks.count) }
    ) { walks, index in
      let item = items[index]
      var walk = walks[item.task] ?? ChainSummation(self, tasks[item.task], estimators, knowledge)
      defer { walks[item.task] = walk }
      return walk.sums(firstBatch: item.batch)
    }
    var result = ChainSums(parameters: parameters.count, estimators: estimators.count)
    for (item, part) in zip(items, parts) { result.add(probabilities[item.task], part) }
    return result
  }

  /// The gradient of the objective by extrapolated differences, and an estimate of its error in the norm.
  func differences(
    _ tasks: [TaskEnumeration], threads: Int
  ) async -> (gradient: [Double], error: Double) {
    // where inner steps are long, the objective bends as much faster
    let bend = power(max(1, longestStep(tasks)), settings.innerSteps)
    let method = ExtrapolatedDifferences(step: 2e-3 / bend)
    let points = method.points(around: parameters)
    let values = await inOrder(
      points.count, threads: threads, makeState: { _ in tasks.map { Walker(self, $0) } }
    ) { walkers, index in
      var sum = 0.0
      for task in walkers.indices {
        sum += probabilities[task] * walkers[task].objective(points[index])
      }
      return sum
    }
    let range = zip(probabilities, tasks).reduce(0) {
      $0 + $1.0 * Walker(self, $1.1).exact.range
    }
    return method.gradient(values, around: parameters, rounding: 2 * Double.ulpOfOne * range)
  }

  private func power(_ x: Double, _ count: Int) -> Double {
    (0..<count).reduce(1) { result, _ in result * x }
  }
}
