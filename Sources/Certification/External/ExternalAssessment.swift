import CLibrary

/// The verdict on an external estimator for one problem.
public struct ExternalAssessment: Sendable {
  /// The name of the problem.
  public let problem: String
  /// The pairs of a chain and an outer batch.
  public let pairCount: Int
  /// What the program's inner step is.
  public let step: ExternalStep
  /// Whether results depend on the order of a batch although the program denies it.
  public let dependsOnOrder: Bool
  /// The exact mean of its estimates.
  public let mean: [Double]
  /// `∇V_ζ` with its own inner step.
  public let gradient: [Double]
  /// `∇V̂` with its own inner step (equation 14).
  public let meanStepGradient: [Double]
  /// An estimate of the error of the gradient, over its norm; zero for a closed form.
  public let gradientError: Double
  /// The greatest relative bias that passes.
  public let tolerance: Double
  /// The bias against `∇V_ζ`.
  public let bias: ScaledDifference
  /// The bias against `∇V̂`.
  public let meanStepBias: ScaledDifference
  /// What follows for `∇V_ζ`.
  public let verdict: BiasVerdict
  /// What multiplies the gradient in the best fit of the mean.
  public let factor: Double
  /// The sine of the angle between mean and gradient.
  public let directionError: Double
  /// The order of the relative bias in the inner step size; nil if there is none, or none was found.
  public let order: Double?
  /// Without inner steps, the distance of the mean to the gradient of the discounted return, over that
  /// gradient; nil where it was not needed.
  public let errorWithoutSteps: Double?
  /// The same for the return without discount.
  public let undiscountedErrorWithoutSteps: Double?
  /// The variance of an estimate, summed over the components.
  public let variance: Double
  /// The variances of this package's estimators with the same inner step, by name; empty where its inner
  /// step is not equation 5's.
  public let knownVariances: [String: Double]
  /// Which known estimator it equals.
  public let recognition: ExternalRecognition?
  /// The parts that its estimates are sums of, with their coefficients; empty where they were not fitted.
  public let parts: [(name: String, coefficient: Double)]
  /// What the parts leave of the estimates, relative to them.
  public let residual: Double?
  /// The pair whose estimate is farthest from that of the known estimator that is nearest; in words.
  public let worstPair: WorstPair?
  /// What is wrong, and what to do; the most telling first.
  public let findings: [Finding]
  /// The wall-clock time.
  public let seconds: Double

  /// The pair that differs most from a known estimator.
  public struct WorstPair: Codable, Equatable, Sendable {
    /// The known estimator.
    public let nearest: String
    /// The trajectories of the inner batches, then of the outer one.
    public let trajectories: [String]
    /// The program's estimate.
    public let estimate: [Double]
    /// The known estimator's.
    public let expected: [Double]
  }

  /// Something that is wrong.
  public struct Finding: Codable, Equatable, Sendable {
    /// The kind of mistake, such as `score sign`.
    public let kind: String
    /// What is wrong and what to do, in words.
    public let text: String
  }

  /// Whether the program is not what it says it is.
  public var contradictsClaim: Bool { dependsOnOrder || claimsUnbiased && verdict == .biased }
  private let claimsUnbiased: Bool

  /// Examines an estimator on a problem.
  ///
  /// - Parameters:
  ///   - estimator: the estimator.
  ///   - problem: the problem.
  ///   - plan: how.
  /// - Throws: ``ExternalError`` if the program does not answer as it should, ``CertificateError`` if the
  ///   problem is too large.
  public init(
    _ estimator: any ExternalEstimator, on problem: CertificateProblem,
    _ plan: ExternalPlan = ExternalPlan()
  ) async throws {
    do {
      try await self.init(examining: estimator, on: problem, plan)
    } catch let error as ExternalError {
      throw ExternalError("On the problem '\(problem.name)': \(error.description)")
    }
  }

  private init(
    examining estimator: any ExternalEstimator, on problem: CertificateProblem,
    _ plan: ExternalPlan
  ) async throws {
    let start = ContinuousClock.now
    let identity = estimator.identity
    claimsUnbiased = identity.claimsUnbiased
    var problem = problem
    problem.mergesOrders = !identity.isOrdered
    try Self.require(problem, plan)
    let accuracy = plan.accuracy(identity)
    dependsOnOrder =
      problem.mergesOrders
      ? try OrderProbe(problem, estimator, accuracy.equality).isViolated : false
    if dependsOnOrder { problem.mergesOrders = false }
    let evaluation = try await ExternalEvaluation(problem, estimator, plan)
    (self.problem, pairCount, step) = (problem.name, evaluation.pairs.count, evaluation.step)
    (mean, gradient) = (evaluation.mean, evaluation.gradient)
    meanStepGradient = evaluation.meanStepGradient
    let size = norm(gradient)
    gradientError = size > 0 ? evaluation.gradientError / size : 0
    tolerance = plan.tolerance(identity, evaluation)
    (bias, meanStepBias) = (evaluation.bias, evaluation.meanStepBias)
    verdict = BiasVerdict(bias, tolerance: tolerance)
    let square = dot(gradient, gradient)
    let best = square > 0 ? dot(mean, gradient) / square : 0
    factor = best
    let off = norm(zip(mean, gradient).map { $0 - best * $1 })
    directionError = norm(mean) > 0 ? off / norm(mean) : 0
    variance = evaluation.moments.variance

    let comparison = KnownComparison(evaluation, plan, accuracy)
    recognition = comparison.recognition
    knownVariances = comparison.variances
    let isKnown = recognition?.level == .pairs
    worstPair = isKnown || evaluation.step.factor == nil ? nil : comparison.worstPair(evaluation)
    var fit: (parts: [(String, Double)], residual: Double)?
    if !isKnown, evaluation.step.factor != nil { fit = comparison.fit(evaluation) }
    (parts, residual) = (fit?.parts ?? [], fit?.residual)

    let isBiased = verdict == .biased
    order =
      isBiased && evaluation.pairs.count <= plan.orderLimit
      ? try await BiasOrder(estimator, problem, plan, evaluation).order : nil
    var outer: OuterGradientProbe?
    // differences may hide a wrong loss, which shows in closed form without inner steps
    if isBiased && !isKnown || evaluation.step.factor == nil {
      outer = try await OuterGradientProbe(estimator, problem, plan)
    }
    (errorWithoutSteps, undiscountedErrorWithoutSteps) = (outer?.error, outer?.undiscountedError)
    let evidence = ExternalEvidence(
      identity: identity, evaluation: evaluation, tolerance: tolerance, verdict: verdict,
      dependsOnOrder: dependsOnOrder, recognition: recognition, factor: factor,
      directionError: directionError, order: order, parts: parts, residual: residual,
      outer: outer,
      otherStep: isBiased && !isKnown ? comparison.otherStep(evaluation, plan, accuracy) : nil,
      nearest: comparison.nearest)
    findings = ExternalMistake.findings(evidence)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// Refuses a problem with more chains, or pairs of a chain and an outer batch, than the plan allows.
  static func require(
    _ problem: CertificateProblem, _ plan: ExternalPlan
  ) throws(CertificateError) {
    let size = EnumerationSize(problem, needsOuter: true)
    let pairs = size.chains * size.outerBatches / Double(problem.processes.count)
    guard max(size.chains, pairs) <= Double(plan.limit) else {
      throw CertificateError(
        "\(problem.name) has \(pairs.short) pairs of a chain and an outer batch, above the limit of \(plan.limit). Make states, actions, horizon, batches or inner steps smaller, or raise the limit.",
        remedies: [.raiseLimit])
    }
  }
}

/// Whether an external estimator's results depend on the order of the trajectories of a batch.
private struct OrderProbe {
  let isViolated: Bool

  /// Tries some chains in two orders.
  init(
    _ problem: CertificateProblem, _ estimator: any ExternalEstimator, _ tolerance: Double
  ) throws {
    let settings = problem.settings
    guard settings.innerEpisodes > 1 || settings.outerEpisodes > 1 else {
      isViolated = false
      return
    }
    let tasks = ExternalEnumeration.tasks(of: problem)
    let table = try TrajectoryTable(problem, tasks)
    try estimator.pose(table)
    var stream = RandomStream(seed: 1, purpose: .other)
    func draw(_ count: Int, task: Int) -> [Int] {
      let own = table.tasks.indices.filter { table.tasks[$0] == task }
      return (0..<count).map { _ in own[Int.random(in: 0..<own.count, using: &stream)] }
    }
    let drawn = (0..<50).map { index -> (chain: [[Int]], outer: [Int]) in
      let task = index % tasks.count
      return (
        (0..<settings.innerSteps).map { _ in draw(settings.innerEpisodes, task: task) },
        draw(settings.outerEpisodes, task: task)
      )
    }
    let turned = drawn.map { pair in
      (chain: pair.chain.map { Self.turned($0) }, outer: Self.turned(pair.outer))
    }
    var results: [[[Double]]] = []
    for pairs in [drawn, turned] {
      results.append(try estimator.estimate(pairs.map(\.chain), outer: pairs.map(\.outer)))
    }
    if settings.innerSteps > 0 {
      for pairs in [drawn, turned] {
        results.append(try estimator.adapt(pairs.map(\.chain), from: nil))
      }
    }
    isViolated = stride(from: 0, to: results.count, by: 2).contains { i in
      let (x, y) = (results[i].flatMap(\.self), results[i + 1].flatMap(\.self))
      return largestDifference(x, y) > 100 * tolerance * largestMagnitude(x)
    }
  }

  /// Another order: the first two are swapped, which changes a cycle too.
  private static func turned(_ members: [Int]) -> [Int] {
    var members = members
    if members.count > 1 { members.swapAt(0, 1) }
    return members
  }
}

/// The order of the relative bias in the inner step size, halved until three orders in a row agree: at large
/// steps two may agree by chance.
private struct BiasOrder {
  let order: Double?

  init(
    _ estimator: any ExternalEstimator, _ problem: CertificateProblem, _ plan: ExternalPlan,
    _ first: ExternalEvaluation
  ) async throws {
    var problem = problem
    var (bias, orders): (Double, [Double]) = (first.bias.relative, [])
    var found: Double?
    for _ in 0..<12 where problem.settings.innerSteps > 0 {
      problem.settings.innerStepSize /= 2
      let next = try await ExternalEvaluation(
        problem, estimator, plan, step: first.step.factor == nil ? nil : first.step)
      let relative = next.bias.relative
      // below this, rounding is what is left
      guard relative > 20 * plan.tolerance(estimator.identity, next), relative.isFinite else {
        break
      }
      let order = CLibrary.log2(bias / relative)
      orders.append(order)
      let last = orders.suffix(3)
      if last.count == 3, let low = last.min(), let high = last.max(), high - low <= 0.2 {
        found = order
        break
      }
      bias = relative
    }
    order = found
  }
}
