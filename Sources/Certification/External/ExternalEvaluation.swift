import CLibrary

/// What an external estimator is on average over one problem, and what it should be.
struct ExternalEvaluation {
  let enumeration: ExternalEnumeration
  /// What its inner step is.
  let step: ExternalStep
  /// `∇V_ζ` with its own inner step.
  let gradient: [Double]
  /// An estimate of the error of ``gradient`` in the norm; zero where it is in closed form.
  let gradientError: Double
  /// `∇V̂`, the gradient of the objective whose inner step is the mean one (equation 14).
  let meanStepGradient: [Double]
  let pairs: [ExternalEnumeration.Pair]
  /// `[pairs][d]`
  let estimates: [[Double]]
  let moments: WeightedMoments

  /// Enumerates a problem.
  ///
  /// - Parameters:
  ///   - problem: the problem; its order setting says whether batches are merged.
  ///   - estimator: what is asked.
  ///   - plan: how.
  ///   - known: what is known of its inner step from other evaluations; nil to find out.
  /// - Throws: ``ExternalError`` or ``CertificateError``.
  init(
    _ problem: CertificateProblem, _ estimator: any ExternalEstimator, _ plan: ExternalPlan,
    step known: ExternalStep? = nil
  ) async throws {
    let tasks = ExternalEnumeration.tasks(of: problem)
    try estimator.pose(TrajectoryTable(problem, tasks))
    let own = try ExternalEnumeration(problem, tasks, from: problem.parameters, estimator)
    let accuracy = plan.accuracy(estimator.identity)
    if let known {
      step = known
    } else {
      let others = try Self.displacements(problem.parameters).map {
        try ExternalEnumeration(problem, tasks, from: $0, estimator)
      }
      step = ExternalStep([own] + others, tolerance: accuracy.step)
    }
    if let factor = step.factor {
      var exact = problem
      exact.settings.innerStepSize *= factor
      let certificate = try await Certificate(
        exact, estimators: [], limit: plan.limit, threads: plan.threads)
      (gradient, gradientError) = (certificate.gradient, 0)
      meanStepGradient = certificate.meanStepGradient
    } else {
      (gradient, gradientError, meanStepGradient) = try Self.differences(
        problem, tasks, estimator, accuracy)
    }
    enumeration = own
    pairs = own.pairs
    estimates = try own.estimates(pairs, estimator)
    moments = WeightedMoments(estimates, weights: pairs.map(\.probability))
  }

  /// The exact mean of the estimates.
  var mean: [Double] { moments.mean }
  /// The bias against `∇V_ζ`.
  var bias: ScaledDifference { ScaledDifference(mean, gradient, meanNorm: moments.meanNorm) }
  /// The bias against `∇V̂`.
  var meanStepBias: ScaledDifference {
    ScaledDifference(mean, meanStepGradient, meanNorm: moments.meanNorm)
  }

  /// Two points near the parameters.
  private static func displacements(_ parameters: [Double]) -> [[Double]] {
    [1.0, 2].map { place in
      parameters.indices.map { parameters[$0] + 0.2 * CLibrary.sin(place * Double($0 + 1)) }
    }
  }

  /// Gradients of both objectives by asking for the inner steps from shifted parameters.
  private static func differences(
    _ problem: CertificateProblem, _ tasks: [TaskEnumeration], _ estimator: any ExternalEstimator,
    _ accuracy: ExternalPlan.Accuracy
  ) throws -> (gradient: [Double], error: Double, other: [Double]) {
    let method = ExtrapolatedDifferences(step: accuracy.difference)
    var (values, others) = ([Double](), [Double]())
    for point in method.points(around: problem.parameters) {
      let moved = try ExternalEnumeration(problem, tasks, from: point, estimator)
      values.append(moved.objective)
      others.append(try meanStepObjective(moved, estimator))
    }
    let range = tasks.reduce(0) { max($0, Walker(problem, $1).exact.range) }
    let found = method.gradient(
      values, around: problem.parameters, rounding: accuracy.rounding * range)
    let other = method.gradient(
      others, around: problem.parameters, rounding: accuracy.rounding * range)
    return (found.gradient, found.error, other.gradient)
  }

  /// `V̂`: the mean inner step is taken, one after the other.
  private static func meanStepObjective(
    _ enumeration: ExternalEnumeration, _ estimator: any ExternalEstimator
  ) throws -> Double {
    let problem = enumeration.problem
    var sum = 0.0
    for (task, batches) in enumeration.tasks.enumerated() {
      var walker = Walker(problem, batches)
      var current = enumeration.start
      for _ in 0..<problem.settings.innerSteps {
        let probabilities = walker.trajectoryProbabilities(current)
        let chains = batches.inner.map { [enumeration.members($0, task: task)] }
        let adapted = try estimator.adapt(chains, from: chains.map { _ in current })
        var mean = current.map { _ in 0.0 }
        for (batch, parameters) in zip(batches.inner, adapted) {
          add(batch.probability(probabilities), parameters, to: &mean)
        }
        current = mean
      }
      sum +=
        problem.probabilities[task]
        * walker.objective(
          current, step: problem.settings.innerSteps)
    }
    return sum
  }
}

/// How an external estimator is examined.
public struct ExternalPlan: Sendable {
  /// The greatest bias that passes, as a part of the norm of the gradient, for programs in double
  /// precision.
  public var tolerance = 1e-9
  /// The greatest number of chains, and of pairs of a chain and an outer batch.
  public var limit = 400_000
  /// The greatest number of pairs for which the order of a bias in the step size is found.
  public var orderLimit = 20_000
  /// The threads of this package's own sums.
  public var threads = 1
  /// The estimators that the program may equal.
  public var estimators = Estimator.presets

  /// The defaults.
  public init() {}

  /// What can be expected of a program's numbers.
  struct Accuracy {
    /// The rounding of one operation.
    let rounding: Double
    /// The greatest error of an inner step that passes, relative to it.
    let step: Double
    /// The step of differences.
    let difference: Double
    /// The greatest difference of equal estimates, relative to the largest.
    let equality: Double
  }

  func accuracy(_ identity: ExternalIdentity) -> Accuracy {
    identity.isSinglePrecision
      ? Accuracy(rounding: 1e-7, step: 1e-4, difference: 0.03, equality: 2e-5)
      : Accuracy(rounding: Double.ulpOfOne, step: 1e-9, difference: 2e-3, equality: 1e-11)
  }

  /// The greatest relative bias that passes.
  func tolerance(_ identity: ExternalIdentity, _ evaluation: ExternalEvaluation) -> Double {
    let size = norm(evaluation.gradient)
    let error = size > 0 ? 5 * evaluation.gradientError / size : 0
    guard identity.isSinglePrecision else { return max(tolerance, error) }
    let rounding = size > 0 ? 1.5e-7 * evaluation.moments.meanNorm / size : 0
    return max(1e-6, error, rounding, tolerance)
  }
}
