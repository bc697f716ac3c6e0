/// What a part of the tree of chains adds to the exact gradient and to the estimators' means.
struct ChainSums: Sendable {
  /// `V_ζ`
  var objective = 0.0
  /// `∇V_ζ` by the enumerated recursion.
  var gradient: [Double]
  /// The mean of each estimator.
  var means: [[Double]]
  /// The sum of the chains' probabilities.
  var probability = 0.0
  /// The largest relative difference between an estimator's own inner step and the exact one.
  var innerStepError = 0.0
  /// The number of chains.
  var chains = 0

  init(parameters: Int, estimators: Int) {
    gradient = [Double](repeating: 0, count: parameters)
    means = [[Double]](repeating: gradient, count: estimators)
  }

  mutating func add(_ weight: Double, _ other: ChainSums) {
    objective += weight * other.objective
    LinearAlgebra.add(weight, other.gradient, to: &gradient)
    for k in means.indices { LinearAlgebra.add(weight, other.means[k], to: &means[k]) }
    probability += weight * other.probability
    innerStepError = max(innerStepError, other.innerStepError)
    chains += other.chains
  }
}

/// Walks chains of inner batches with the estimators' own code beside the exact recursion
///
///     ∇V_k(θ) = Σ_D p(D; θ) [(I + α ∇²ν) ∇V_{k-1}(θ') + V_{k-1}(θ') S(D)],   θ' = θ + α ∇ν
///
/// which is the product rule for `V_k(θ) = Σ_D p(D; θ) V_{k-1}(θ')`, nothing else.
struct ChainWalk {
  private var walker: Walker
  private let chains: [MetaGradient]
  private let peers: [[ChainStatistics]]
  private let start: [Double]
  private let root: Walker.Node?
  /// The score's coefficient for each outer batch, where its mean has no closed form.
  private let outerCoefficients: [Double]
  /// The outer batches of one trajectory, if a baseline reweights outer batches.
  private let singles: [TrajectoryBatch]
  private var sums: ChainSums

  init(
    _ problem: CertificateProblem, _ enumeration: TaskEnumeration, _ estimators: [Estimator],
    _ knowledge: [BaselineKnowledge]
  ) {
    walker = Walker(problem, enumeration)
    chains = zip(estimators, knowledge).map { estimator, knowledge in
      var settings = problem.settings
      settings.estimator = estimator
      let chain = MetaGradient(problem.policy, settings: settings)
      chain.baselineMemory = knowledge.memory
      return chain
    }
    peers = knowledge.map(\.peers)
    start = problem.parameters
    root = walker.stepCount > 0 ? walker.node(start, hasHessians: true) : nil
    let coefficients = MetaGradient(problem.policy, settings: problem.settings)
    outerCoefficients = enumeration.outer.map { coefficients.scoreCoefficient($0.batch) }
    singles =
      chains.contains(where: \.leavesOut)
      ? (0..<enumeration.trajectoryCount).map { enumeration.single($0, problem) } : []
    sums = ChainSums(parameters: start.count, estimators: estimators.count)
  }

  /// The sums over all chains that start with one batch; over the empty chain without inner steps.
  mutating func sums(firstBatch index: Int) -> ChainSums {
    sums = ChainSums(parameters: start.count, estimators: chains.count)
    for chain in chains { chain.begin(at: start) }
    if let root {
      var (value, gradient) = (0.0, sums.gradient)
      follow(walker.enumeration.inner[index], from: root, step: 0, 1, &value, &gradient)
      (sums.objective, sums.gradient) = (value, gradient)
    } else {
      (sums.objective, sums.gradient) = finish(start, 1)
    }
    return sums
  }

  /// `V` and `∇V` of the steps from number `step` on.
  private mutating func visit(
    _ parameters: [Double], step: Int, _ weight: Double
  ) -> (value: Double, gradient: [Double]) {
    guard step < walker.stepCount else { return finish(parameters, weight) }
    let node = walker.node(parameters, hasHessians: true)
    var (value, gradient) = (0.0, [Double](repeating: 0, count: start.count))
    for batch in walker.enumeration.inner {
      follow(batch, from: node, step: step, weight, &value, &gradient)
    }
    return (value, gradient)
  }

  /// Adds one batch's part of the recursion.
  private mutating func follow(
    _ batch: TaskEnumeration.Batch, from node: Walker.Node, step: Int, _ weight: Double,
    _ value: inout Double, _ gradient: inout [Double]
  ) {
    let p = node.probability(batch)
    if p == 0 { return }
    let next = walker.step(from: node, batch)
    for chain in chains {
      chain.rewind(to: step)
      chain.takeInnerStep(batch.batch)
      sums.innerStepError = max(
        sums.innerStepError, relativeError(chain.adapted.value, next))
    }
    let rest = visit(next, step: step + 1, weight * p)
    value += p * rest.value
    add(p, rest.gradient, to: &gradient)
    add(p * walker.stepSize, node.hessianProduct(batch.weights, rest.gradient), to: &gradient)
    add(p * rest.value, node.gradient(batch.visits), to: &gradient)
  }

  /// The end of a chain: the estimates, averaged over the outer batch, in which they are affine.
  private mutating func finish(
    _ parameters: [Double], _ weight: Double
  ) -> (value: Double, gradient: [Double]) {
    let exact = walker.plainObjective(parameters)
    let (v, coefficient) = outerMean(exact)
    sums.probability += weight
    sums.chains += 1
    for (k, chain) in chains.enumerated() {
      var estimate = v
      // a mean score that was not sampled is zero, its mean
      var statistics = chain.statistics(coefficient: coefficient)
      if chain.leavesOut { statistics.leftOutReturns = leftOutMean(chain) }
      chain.propagate(&estimate, statistics, peers: peers[k])
      add(weight, estimate, to: &sums.means[k])
    }
    return exact
  }

  /// The means over `D_o` of the returns with trajectories left out.
  ///
  /// They are means over the trajectories of `D_o`, each of which has the same mean: that of a batch
  /// of one trajectory.
  private func leftOutMean(_ chain: MetaGradient) -> [Double] {
    let trajectories = walker.enumeration.probabilities(walker.table.probabilities)
    var mean: [Double] = []
    for (p, single) in zip(trajectories, singles) where p > 0 {
      _ = chain.outerGradient(single)
      let values = chain.statistics(coefficient: 0).leftOutReturns
      if mean.isEmpty { mean = values.map { _ in 0 } }
      add(p, values, to: &mean)
    }
    return mean
  }

  /// The means of `∇̃J(θ^ζ, D_o)` and of the score's coefficient over `D_o`.
  ///
  /// With the weights of equation 5 they are `∇J` and `J`; else all outer batches are summed.
  private func outerMean(
    _ exact: (value: Double, gradient: [Double])
  ) -> (gradient: [Double], coefficient: Double) {
    let outer = walker.enumeration.outer
    if outer.isEmpty { return (exact.gradient, exact.value) }
    let table = walker.table
    let trajectories = walker.enumeration.probabilities(table.probabilities)
    var weights = [Double](repeating: 0, count: table.pairCount)
    var coefficient = 0.0
    for (k, batch) in outer.enumerated() {
      var p = batch.orders
      for member in batch.members { p *= trajectories[member] }
      add(p, batch.weights, to: &weights)
      coefficient += p * outerCoefficients[k]
    }
    return (table.gradient(weights: weights), coefficient)
  }
}
