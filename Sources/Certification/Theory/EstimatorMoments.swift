import Scheduling

/// The exact moments of an estimator's value for one random task, and where its variance comes
/// from.
///
/// An estimate is affine in its outer batch, so given the inner batches it is a mean over the outer
/// trajectories. Hence, exactly, for `B` tasks and `D_o` outer trajectories
///
///     Var = (between + within / D_o) / B,
///
/// `between` being the variance of the estimate's mean given task and inner batches, `within` the
/// mean variance of a single outer trajectory. Lemma 7 as printed takes `between` for zero.
public struct EstimatorMoments: Sendable {
  /// The mean of the estimates.
  public let mean: [Double]
  /// The second moment `E‖v‖²` with one outer trajectory.
  public let secondMoment: Double
  /// The variance that no outer batch reduces.
  public let between: Double
  /// The variance of a single outer trajectory given the rest.
  public let within: Double
  /// The largest norm of an estimate with a probability above zero.
  public let largestNorm: Double

  /// The trace of the estimates' covariance matrix.
  public func variance(tasks: Int, outerEpisodes: Int) -> Double {
    (between + within / Double(outerEpisodes)) / Double(tasks)
  }
}

extension MetaObjective {
  /// The moments of an estimator, by enumeration of all inner batches and outer trajectories.
  ///
  /// - Throws: ``CertificateError`` if the outer weights depend on the outer batch, the estimate is
  ///   not affine in gradient and mean return of the outer batch, or parameters are not finite or
  ///   not as many as the policy's.
  public func moments(
    of estimator: Estimator, at parameters: [Double]
  ) async throws(CertificateError) -> EstimatorMoments {
    guard !problem.needsOuterBatches else {
      throw CertificateError(
        "\(problem.name): the moments need outer weights by equation 5 and the mean return as the score's coefficient."
      )
    }
    let problem = try self.problem.moved(to: parameters)
    let enumerations = tasks
    let items = enumerations.indices.flatMap { task in
      (0..<max(1, enumerations[task].inner.count)).map { (task: task, batch: $0) }
    }
    let parts = await inOrder(
      items.count, threads: threads,
      makeState: { _ in [MomentWalk?](repeating: nil, count: enumerations.count) }
    ) { walks, index in
      let item = items[index]
      var walk = walks[item.task] ?? MomentWalk(problem, enumerations[item.task], estimator)
      defer { walks[item.task] = walk }
      return walk.sums(firstBatch: item.batch)
    }
    var sums = MomentSums(count: parameters.count)
    for (item, part) in zip(items, parts) { sums.add(problem.probabilities[item.task], part) }
    guard sums.affineError <= 1e-9 * sums.largestNorm else {
      throw CertificateError(
        "The estimate of '\(estimator.name)' is no affine function of the outer batch's gradient and mean return; its moments have to be enumerated over whole outer batches."
      )
    }
    let between = sums.chainSquare - dot(sums.mean, sums.mean)
    return EstimatorMoments(
      mean: sums.mean, secondMoment: sums.square, between: max(0, between),
      within: max(0, sums.square - sums.chainSquare), largestNorm: sums.largestNorm)
  }
}

/// Sums over chains, weighted with their probabilities.
private struct MomentSums: Sendable {
  var mean: [Double]
  /// `E‖v‖²`
  var square = 0.0
  /// `E‖E[v | inner batches]‖²`
  var chainSquare = 0.0
  var largestNorm = 0.0
  /// The largest difference between an estimate and its affine form, of those compared.
  var affineError = 0.0

  init(count: Int) { mean = [Double](repeating: 0, count: count) }

  mutating func add(_ weight: Double, _ other: MomentSums) {
    LinearAlgebra.add(weight, other.mean, to: &mean)
    square += weight * other.square
    chainSquare += weight * other.chainSquare
    if weight > 0 { largestNorm = max(largestNorm, other.largestNorm) }
    affineError = max(affineError, other.affineError)
  }
}

/// Walks the chains of one task; at the end of each, the estimate as an affine function of the
/// outer trajectory, `v(τ) = b + A g(τ) + R^0(τ) p`, with the estimator's own code.
private struct MomentWalk {
  private let walker: Walker
  private let walk: ChainWalk
  private let recursion: EstimatorRecursion
  private let start: [Double]
  /// Batches of one trajectory, with its weights.
  private let singles: [TaskEnumeration.Batch]
  private let returns: [Double]
  private var sums: MomentSums

  init(
    _ problem: CertificateProblem, _ enumeration: TaskEnumeration, _ estimator: Estimator
  ) {
    walker = Walker(problem, enumeration)
    var settings = problem.settings
    settings.estimator = estimator
    walk = ChainWalk(problem.policy, settings: settings)
    recursion = EstimatorRecursion(settings)
    start = problem.parameters
    singles = enumeration.singles(problem)
    returns = singles.map { $0.batch.meanReturn(discount: problem.settings.discount) }
    sums = MomentSums(count: start.count)
  }

  mutating func sums(firstBatch index: Int) -> MomentSums {
    sums = MomentSums(count: start.count)
    walk.begin(at: start)
    visit(start, step: 0, 1, only: index)
    return sums
  }

  private mutating func visit(
    _ parameters: [Double], step: Int, _ weight: Double, only: Int? = nil
  ) {
    let node = walker.node(parameters, hasHessians: false)
    guard step < walker.stepCount else {
      finish(node, weight)
      return
    }
    for (index, batch) in walker.enumeration.inner.enumerated() where only ?? index == index {
      let p = node.probability(batch)
      if p == 0 { continue }
      walk.rewind(to: step)
      walk.takeInnerStep(batch.batch)
      visit(walker.step(from: node, batch), step: step + 1, weight * p)
    }
  }

  private mutating func finish(_ node: Walker.Node, _ weight: Double) {
    let chain = walk.chain()
    func propagated(_ vector: [Double], coefficient: Double) -> [Double] {
      var v = vector
      let statistics = recursion.statistics(of: chain, coefficient: coefficient)
      recursion.propagate(&v, through: chain, statistics)
      return v
    }
    let zero = [Double](repeating: 0, count: start.count)
    let base = propagated(zero, coefficient: 0)
    func direction(_ v: [Double]) -> [Double] { zip(v, base).map { $0 - $1 } }
    let score = direction(propagated(zero, coefficient: 1))
    let columns = start.indices.map { i in
      var unit = zero
      unit[i] = 1
      return direction(propagated(unit, coefficient: 0))
    }
    var (mean, square) = (zero, 0.0)
    for (i, single) in singles.enumerated() {
      let p = node.trajectories[i]
      if p == 0 { continue }
      var v = base
      add(returns[i], score, to: &v)
      for (column, g) in zip(columns, node.gradient(single.weights)) { add(g, column, to: &v) }
      // one trajectory of each chain, the long way
      if square == 0 {
        let estimate = recursion.estimate(chain.with(outer: single.batch))
        sums.affineError = max(sums.affineError, largestDifference(v, estimate))
      }
      let size = norm(v)
      add(p, v, to: &mean)
      square += p * size * size
      sums.largestNorm = max(sums.largestNorm, size)
    }
    add(weight, mean, to: &sums.mean)
    sums.square += weight * square
    sums.chainSquare += weight * dot(mean, mean)
  }
}

extension TaskEnumeration {
  /// A batch of each trajectory alone, with the weights of equation 5.
  func singles(_ problem: CertificateProblem) -> [Batch] {
    (0..<trajectoryCount).map { batch([$0], orders: 1, problem, Surrogate()) }
  }
}
