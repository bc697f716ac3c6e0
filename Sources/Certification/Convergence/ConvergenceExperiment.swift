import Requirements

/// Corollary 1 in practice: how far training with unbiased and biased estimators gets, measured
/// with the exact gradient.
///
/// Every estimator is trained in both of the corollary's settings, from the same point with the
/// same seeds. Beside the curves stand the floors of the biased ones, and what the sizes of the
/// meta-batch and of the outer batch do to the variance.
public struct ConvergenceExperiment: Sendable {
  /// The sizes of the experiment; the defaults suit ``CertificateProblem/opposedTasks()``.
  public struct Plan: Sendable {
    /// The estimators that are trained.
    public var estimators: [Estimator] = [.sgMRL, .sgMRLEquation9, .maml]
    /// Corollary 1 (i): many tasks, a constant step.
    public var largeBatch: TrainingPlan
    /// Corollary 1 (ii): few tasks, a small step.
    public var smallStep: TrainingPlan
    /// The number of seeds of each curve.
    public var seeds = 2
    /// The sizes for which the variance is computed, as `B` with `D_o = 1` and as `D_o` with `B =
    /// 1`.
    public var sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256]
    /// The pairs of `B` and `D_o` that are trained at one step size; all have the same product.
    public var pairs = [(tasks: 1, outerEpisodes: 64), (8, 8), (64, 1)]
    /// The step size and the number of steps of those.
    public var pairTraining: (stepSize: Double, epochs: Int)
    /// The first seed.
    public var seed: UInt64 = 1

    /// The default sizes.
    ///
    /// - Parameter effort: multiplies the tasks of (i) and the steps of (ii), whose step size it
    ///   divides: the time grows with it, and the noise that remains, `E‖∇V‖²`, falls with it.
    /// - Precondition: the effort is positive.
    public init(effort: Double = 1) {
      require(effort > 0 && effort.isFinite, "The effort must be positive, not \(effort).")
      func scaled(_ count: Double) -> Int { max(1, Int((count * effort).rounded())) }
      largeBatch = TrainingPlan(
        tasks: scaled(1000), outerEpisodes: 2, stepSize: 2, epochs: 60)
      smallStep = TrainingPlan(
        tasks: 2, outerEpisodes: 2, stepSize: 0.004 / effort, epochs: scaled(30_000))
      pairTraining = (stepSize: 0.05, epochs: scaled(1000))
    }

    /// The number of exact gradients along all curves, for a display of progress.
    public var pointCount: Int {
      let perRun = largeBatch.recorded.count + smallStep.recorded.count
      return seeds * (estimators.count * perRun + pairs.count * pairPlan(pairs[0]).recorded.count)
    }

    func pairPlan(_ pair: (tasks: Int, outerEpisodes: Int)) -> TrainingPlan {
      TrainingPlan(
        tasks: pair.tasks, outerEpisodes: pair.outerEpisodes, stepSize: pairTraining.stepSize,
        epochs: pairTraining.epochs)
    }
  }

  /// The sizes.
  public let plan: Plan
  /// The norm of the exact gradient at the start.
  public let initialGradientNorm: Double
  /// Where each estimator's exact mean leads.
  public let ends: [MeanFieldEnd]
  /// The curves in setting (i), by estimator.
  public let largeBatch: [TrainingCurve]
  /// The curves in setting (ii), by estimator.
  public let smallStep: [TrainingCurve]
  /// The moments of SG-MRL's estimate at the stationary point that its mean leads to.
  public let moments: EstimatorMoments
  /// SG-MRL trained with equal products of `B` and `D_o`.
  public let pairs: [TrainingCurve]
  /// The wall-clock time.
  public let seconds: Double

  /// Whether the exact means of estimators that are declared unbiased lead to stationary points, as
  /// far as they were followed to their end.
  public var passes: Bool {
    ends.allSatisfy {
      !$0.estimator.isDeclaredUnbiased || !$0.hasConverged || $0.isStationary
    }
  }

  /// Runs the experiment from the parameters of a problem.
  ///
  /// - Parameters:
  ///   - problem: tasks that can be enumerated.
  ///   - plan: its sizes.
  ///   - limit: the greatest number of chains, batches or trajectories.
  ///   - threads: how many tasks or batches are worked on side by side; does not change results.
  ///   - advance: called after each exact gradient along a curve.
  /// - Throws: ``CertificateError`` if the problem is too large or cannot be sampled; what the
  ///   trainer throws if it fails.
  public init(
    _ problem: CertificateProblem, plan: Plan = Plan(), limit: Int = Certificate.defaultLimit,
    threads: Int = 1, advance: () -> Void = {}
  ) async throws {
    let start = ContinuousClock.now
    try problem.requireSampling()
    let objective = try MetaObjective(problem, limit: limit, threads: threads)
    let parameters = problem.parameters
    let seeds = (0..<plan.seeds).map { plan.seed + UInt64($0) }
    initialGradientNorm = norm(try await objective.value(at: parameters).gradient)
    var ends: [MeanFieldEnd] = []
    var curves: (large: [TrainingCurve], small: [TrainingCurve]) = ([], [])
    for estimator in plan.estimators {
      ends.append(try await objective.meanFieldEnd(of: estimator, from: parameters))
      curves.large.append(
        try await objective.train(
          with: estimator, plan.largeBatch, from: parameters, seeds: seeds, advance: advance))
      curves.small.append(
        try await objective.train(
          with: estimator, plan.smallStep, from: parameters, seeds: seeds, advance: advance))
    }
    let stationary = try await objective.meanFieldEnd(of: .sgMRL, from: parameters).parameters
    moments = try await objective.moments(of: .sgMRL, at: stationary)
    var pairs: [TrainingCurve] = []
    for pair in plan.pairs {
      pairs.append(
        try await objective.train(
          with: .sgMRL, plan.pairPlan(pair), from: stationary, seeds: seeds, advance: advance))
    }
    (self.plan, self.ends, self.pairs) = (plan, ends, pairs)
    (largeBatch, smallStep) = (curves.large, curves.small)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }
}

extension CertificateProblem {
  /// Three tasks that want opposite things, so that the best start for adaptation is a policy that
  /// keeps all actions likely, at finite parameters.
  ///
  /// Two states, two actions, two steps, one inner step of two trajectories, `α = 2`. With tasks
  /// that agree, the optimum of a softmax lies at infinity and every gradient ends at zero, biased
  /// or not.
  ///
  /// - Throws: Never, but for the checks that every problem passes through.
  public static func opposedTasks() throws(CertificateError) -> CertificateProblem {
    let rewards: [[[Double]]] = [
      [[0.75, 0.25], [0.25, 0.5]], [[0.5, 0], [-0.75, 0]], [[-1, 0], [0.5, -0.25]],
    ]
    let transition = [[[0.8, 0.2], [0.7, 0.3]], [[0.1, 0.9], [0.8, 0.2]]]
    var processes: [TabularMDP] = []
    for reward in rewards {
      do {
        processes.append(
          try TabularMDP(initial: [0.5, 0.5], transition: transition, reward: reward))
      } catch {
        throw CertificateError(error.description)
      }
    }
    return try CertificateProblem(
      name: "opposed tasks", processes: processes, horizon: 1, parameters: [-1, 1, 1, -1],
      settings: MetaSettings(
        innerSteps: 1, innerStepSize: 2, innerEpisodes: 2, outerEpisodes: 2, discount: 0.9))
  }
}
