import Requirements

/// How a run of the trainer is set up, but for its seed.
public struct TrainingPlan: Equatable, Sendable {
  /// The tasks of a meta-batch, `B`.
  public var tasks: Int
  /// The trajectories of an outer batch, `D_o`.
  public var outerEpisodes: Int
  /// The outer step size `β`.
  public var stepSize: Double
  /// The number of outer steps.
  public var epochs: Int
  /// At how many places, evenly along the steps, the exact gradient is recorded.
  public var checkpoints: Int

  /// Creates a plan.
  ///
  /// - Precondition: every number is positive.
  public init(
    tasks: Int, outerEpisodes: Int, stepSize: Double, epochs: Int, checkpoints: Int = 24
  ) {
    require(
      tasks > 0 && outerEpisodes > 0 && stepSize > 0 && epochs > 0 && checkpoints > 0,
      "A training plan needs numbers above 0.")
    (self.tasks, self.outerEpisodes) = (tasks, outerEpisodes)
    (self.stepSize, self.epochs, self.checkpoints) = (stepSize, epochs, checkpoints)
  }

  /// The epochs before whose step the exact gradient is recorded, in order.
  var recorded: [Int] {
    let places = (0...checkpoints).map { epochs * $0 / checkpoints }
    return Set(places).sorted()
  }
}

/// The exact `‖∇V_ζ(θ_k)‖` along runs of the trainer that differ in their seeds alone.
public struct TrainingCurve: Sendable {
  /// One place of the curve.
  public struct Point: Sendable {
    /// The number of outer steps taken, `k`.
    public let epoch: Int
    /// The trajectories sampled until then.
    public let trajectories: Double
    /// `‖∇V_ζ(θ_k)‖` of each seed.
    public let gradientNorms: [Double]
    /// `V_ζ(θ_k)` of each seed.
    public let objectives: [Double]

    /// The root of the mean square over the seeds.
    public var rootMeanSquare: Double {
      (gradientNorms.reduce(0) { $0 + $1 * $1 } / Double(gradientNorms.count)).squareRoot()
    }
  }

  /// The estimator that was followed.
  public let estimator: Estimator
  /// How.
  public let plan: TrainingPlan
  /// The seeds.
  public let seeds: [UInt64]
  /// The places, in order.
  public let points: [Point]

  /// The mean of `‖∇V_ζ‖²` over seeds and the places in the last half of the steps: what the noise
  /// and the bias leave.
  public var remainder: Double {
    let last = points.filter { 2 * $0.epoch >= plan.epochs }
    let values = last.flatMap(\.gradientNorms)
    return values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
  }
}

extension MetaObjective {
  /// Trains with the trainer itself, plain gradient ascent, and records the exact gradient on the
  /// way.
  ///
  /// - Parameters:
  ///   - estimator: what to train with.
  ///   - plan: sizes and steps.
  ///   - parameters: where to start.
  ///   - seeds: one for each run.
  ///   - advance: called after each recorded place.
  /// - Returns: The exact gradients and objectives on the way.
  /// - Throws: ``CertificateError`` if the problem is not one that the trainer samples; what the
  ///   trainer throws if it fails.
  public func train(
    with estimator: Estimator, _ plan: TrainingPlan, from parameters: [Double], seeds: [UInt64],
    advance: () -> Void = {}
  ) async throws -> TrainingCurve {
    try problem.requireSampling()
    var settings = problem.settings
    settings.estimator = estimator
    settings.outerEpisodes = plan.outerEpisodes
    let distribution = TabularTasks(problem.processes, horizon: problem.horizon + 1)
    let recorded = plan.recorded
    var values = [[Value]](repeating: [], count: recorded.count)
    for seed in seeds {
      let trainer = Trainer(
        policy: problem.policy, tasks: distribution, settings: settings, taskCount: plan.tasks,
        outerStep: GradientAscent(stepSize: plan.stepSize), seed: seed,
        threads: min(threads, plan.tasks), parameters: parameters)
      var epoch = 0
      for (index, place) in recorded.enumerated() {
        while epoch < place {
          _ = try await trainer.runEpoch()
          epoch += 1
        }
        values[index].append(try await value(at: await trainer.parameters))
        advance()
      }
    }
    let perEpoch =
      plan.tasks * (settings.innerSteps * settings.innerEpisodes + plan.outerEpisodes)
    return TrainingCurve(
      estimator: estimator, plan: plan, seeds: seeds,
      points: zip(recorded, values).map { epoch, values in
        TrainingCurve.Point(
          epoch: epoch, trajectories: Double(epoch) * Double(perEpoch),
          gradientNorms: values.map { norm($0.gradient) }, objectives: values.map(\.objective))
      })
  }
}

extension CertificateProblem {
  /// Refuses what tabular tasks do not sample: unequal probabilities, observations not one-hot.
  func requireSampling() throws(CertificateError) {
    let equal = 1 / Double(processes.count)
    guard probabilities.allSatisfy({ ($0 - equal).magnitude < 1e-12 }) else {
      throw CertificateError(
        "\(name): the tasks have the probabilities \(probabilities); training needs equally likely ones."
      )
    }
    guard observations == .identity(stateCount) else {
      throw CertificateError(
        "\(name): training on tabular tasks needs one-hot observations of the states.")
    }
  }
}
