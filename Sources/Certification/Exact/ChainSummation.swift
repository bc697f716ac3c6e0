import CLibrary

/// What a part of the tree of chains adds to the exact gradient and to the estimators' means.
struct ChainSums: Sendable {
  /// `V_ζ` without ``ExactReturn/offset``.
  var objective = 0.0
  /// `∇V_ζ` by the enumerated recursion.
  var gradient: [Double]
  /// How large the terms are.
  var sizes = TermSizes()
  /// The mean of each estimator.
  var means: [[Double]]
  /// The mean norm `E‖ĝ‖` of each estimator, the outer batch averaged.
  var meanNorms: [Double]
  /// The sum of the chains' probabilities.
  var probability = 0.0
  /// The largest difference between an estimator's own inner step and the exact one, beyond the
  /// rounding of the parameters, over the length of the step.
  var innerStepError = 0.0
  /// The number of chains.
  var chains = 0

  init(parameters: Int, estimators: Int) {
    gradient = [Double](repeating: 0, count: parameters)
    means = [[Double]](repeating: gradient, count: estimators)
    meanNorms = [Double](repeating: 0, count: estimators)
  }

  mutating func add(_ weight: Double, _ other: ChainSums) {
    objective += weight * other.objective
    LinearAlgebra.add(weight, other.gradient, to: &gradient)
    sizes.add(weight, other.sizes)
    for k in means.indices { LinearAlgebra.add(weight, other.means[k], to: &means[k]) }
    LinearAlgebra.add(weight, other.meanNorms, to: &meanNorms)
    probability += weight * other.probability
    innerStepError = max(innerStepError, other.innerStepError)
    chains += other.chains
  }
}

/// Sums over all chains of inner batches, with training's walk and recursion beside the exact recursion
///
///     ∇V_k(θ) = Σ_D p(D; θ) [(I + α ∇²ν) ∇V_{k-1}(θ') + V_{k-1}(θ') S(D)],   θ' = θ + α ∇ν
///
/// which is the product rule for `V_k(θ) = Σ_D p(D; θ) V_{k-1}(θ')`, nothing else. An offset of the
/// rewards adds the same to every `V_{k-1}` and, since `Σ_D p(D; θ) S(D) = 0`, nothing to the gradient:
/// values are taken without it.
struct ChainSummation {
  /// A value of the exact recursion.
  private struct Exact {
    /// `V`
    var value = 0.0
    /// `∇V`
    var gradient: [Double]
    var sizes = TermSizes()
  }

  private var walker: Walker
  /// The estimators' inner steps, which are the same for all.
  private let walk: ChainWalk
  private let recursions: [EstimatorRecursion]
  private let peers: [[ChainStatistics]]
  private let start: [Double]
  private let root: Walker.Node?
  /// The largest norm of a score at the start.
  private let scoreUnit: Double
  /// The score's coefficient for each outer batch, where its mean has no closed form.
  private let outerCoefficients: [Double]
  /// The outer batches of one trajectory, made when a baseline asks for them.
  private let singles: SingleTrajectories
  private var sums: ChainSums

  init(
    _ problem: CertificateProblem, _ enumeration: TaskEnumeration, _ estimators: [Estimator],
    _ knowledge: [BaselineKnowledge]
  ) {
    walker = Walker(problem, enumeration)
    singles = SingleTrajectories(problem, enumeration)
    walk = ChainWalk(problem.policy, settings: problem.settings)
    recursions = zip(estimators, knowledge).map { estimator, knowledge in
      var settings = problem.settings
      settings.estimator = estimator
      return EstimatorRecursion(settings, memory: knowledge.memory)
    }
    peers = knowledge.map(\.peers)
    start = problem.parameters
    let node = walker.node(start, hasHessians: walker.stepCount > 0)
    root = walker.stepCount > 0 ? node : nil
    scoreUnit = node.largestScore
    let coefficients = EstimatorRecursion(problem.settings)
    outerCoefficients = enumeration.outer.map { coefficients.scoreCoefficient($0.batch) }
    sums = ChainSums(parameters: start.count, estimators: estimators.count)
  }

  /// The sums over all chains that start with one batch; over the empty chain without inner steps.
  mutating func sums(firstBatch index: Int) -> ChainSums {
    sums = ChainSums(parameters: start.count, estimators: recursions.count)
    walk.begin(at: start)
    if let root {
      var exact = Exact(gradient: sums.gradient)
      follow(walker.enumeration.inner[index], from: root, step: 0, 1, &exact)
      take(exact)
    } else {
      take(finish(start, 1))
    }
    return sums
  }

  private mutating func take(_ exact: Exact) {
    (sums.objective, sums.gradient, sums.sizes) = (exact.value, exact.gradient, exact.sizes)
  }

  /// `V` and `∇V` of the steps from number `step` on.
  private mutating func visit(
    _ parameters: [Double], step: Int, _ weight: Double
  ) -> Exact {
    guard step < walker.stepCount else { return finish(parameters, weight) }
    let node = walker.node(parameters, hasHessians: true)
    var exact = Exact(gradient: [Double](repeating: 0, count: start.count))
    for batch in walker.enumeration.inner {
      follow(batch, from: node, step: step, weight, &exact)
    }
    return exact
  }

  /// Adds one batch's part of the recursion.
  private mutating func follow(
    _ batch: TaskEnumeration.Batch, from node: Walker.Node, step: Int, _ weight: Double,
    _ exact: inout Exact
  ) {
    let p = node.probability(batch)
    if p == 0 { return }
    let next = walker.step(from: node, batch)
    if !recursions.isEmpty {
      walk.rewind(to: step)
      walk.takeInnerStep(batch.batch)
      sums.innerStepError = max(
        sums.innerStepError, stepError(walk.adapted, next, from: node.parameters, batch))
    }
    let rest = visit(next, step: step + 1, weight * p)
    exact.value += p * rest.value
    let carried = walker.map.pullBack(
      rest.gradient, gradient: node.gradient(batch.weights)
    ) { node.hessianProduct(batch.weights, $0) }
    add(p, carried, to: &exact.gradient)
    add(p * rest.value, node.gradient(batch.visits), to: &exact.gradient)
    let weights = walker.stepSize.magnitude * magnitude(batch.weights) * scoreUnit * scoreUnit
    let visits = magnitude(batch.visits) * scoreUnit
    // the step's Jacobian multiplies the rounding of the rest as it does the rest
    let (before, after) = (norm(rest.gradient), norm(carried))
    var sizes = TermSizes(gradient: weights * before, outer: weights * before)
    sizes.add(before > 0 ? max(1, after / before) : 1, rest.sizes)
    sizes.gradient += rest.value.magnitude * visits
    sizes.score += (rest.value + walker.exact.offset).magnitude * visits
    exact.sizes.add(p, sizes)
  }

  /// The difference of two inner steps beyond the rounding of parameters, over the length of the
  /// step.
  private func stepError(
    _ own: [Double], _ exact: [Double], from start: [Double], _ batch: TaskEnumeration.Batch
  ) -> Double {
    let terms =
      largestMagnitude(start) + largestMagnitude(exact)
      + walker.stepSize.magnitude * magnitude(batch.weights) * scoreUnit
    let excess = largestDifference(own, exact) - 4 * Double.ulpOfOne * terms
    return excess > 0 ? excess / largestDifference(exact, start) : 0
  }

  private func magnitude(_ weights: [Double]) -> Double {
    weights.reduce(0) { $0 + $1.magnitude }
  }

  /// The end of a chain: the estimates, averaged over the outer batch, in which they are affine.
  private mutating func finish(_ parameters: [Double], _ weight: Double) -> Exact {
    let plain = walker.plainObjective(parameters)
    let (v, coefficient, outerSize) = outerMean(plain)
    sums.probability += weight
    sums.chains += 1
    let chain = walk.chain()
    let trajectories = outerTrajectories
    for (k, recursion) in recursions.enumerated() {
      var estimate = v
      let evidence = recursion.settings.estimator.baseline?
        .meanEvidence(of: chain, over: trajectories)
      let statistics = recursion.statistics(
        of: chain, coefficient: coefficient, evidence: evidence)
      recursion.propagate(&estimate, through: chain, statistics, peers: peers[k])
      add(weight, estimate, to: &sums.means[k])
      sums.meanNorms[k] += weight * norm(estimate)
    }
    return Exact(
      value: plain.value, gradient: plain.gradient,
      sizes: TermSizes(gradient: magnitude(walker.exact.weights) * scoreUnit, outer: outerSize))
  }

  /// The trajectories that an outer batch at the recorded parameters may consist of.
  private var outerTrajectories: OuterTrajectories {
    let (enumeration, policy, singles) = (walker.enumeration, walker.table.probabilities, singles)
    return OuterTrajectories(count: enumeration.trajectoryCount) { index in
      OuterTrajectories.Trajectory(
        batch: singles.batches[index],
        probability: enumeration.probability(of: index, policy),
        logDynamics: log(enumeration.dynamics[index]))
    }
  }

  /// The means of `∇̃J(θ^ζ, D_o)` and of the score's coefficient over `D_o`, and the mean norm of the
  /// terms of the former.
  ///
  /// With the weights of equation 5 they are `∇J` and `J`; else all outer batches are summed.
  private func outerMean(
    _ exact: (value: Double, gradient: [Double])
  ) -> (gradient: [Double], coefficient: Double, size: Double) {
    let outer = walker.enumeration.outer
    if outer.isEmpty {
      return (
        exact.gradient, exact.value + walker.exact.offset,
        magnitude(walker.exact.weights) * scoreUnit
      )
    }
    let table = walker.table
    let trajectories = walker.enumeration.probabilities(table.probabilities)
    var weights = [Double](repeating: 0, count: table.pairCount)
    var magnitudes = weights
    var coefficient = 0.0
    for (k, batch) in outer.enumerated() {
      let p = batch.probability(trajectories)
      add(p, batch.weights, to: &weights)
      add(p, batch.weights.map(\.magnitude), to: &magnitudes)
      coefficient += p * outerCoefficients[k]
    }
    return (table.gradient(weights: weights), coefficient, magnitude(magnitudes) * scoreUnit)
  }
}

/// The outer batches of one trajectory of a task.
private final class SingleTrajectories {
  private let make: () -> [TrajectoryBatch]
  private(set) lazy var batches = make()

  init(_ problem: CertificateProblem, _ enumeration: TaskEnumeration) {
    make = { (0..<enumeration.trajectoryCount).map { enumeration.single($0, problem) } }
  }
}
