import MetaTape

/// The policy on 2D navigation: training, test and certificate.
struct Navigation {
  let policy = SteeringPolicy()
  var tasks = Navigation2D(reward: .negativeDistance, horizon: 20)
  var settings = MetaSettings(
    innerSteps: 1, innerStepSize: 0.1,
    inner: Surrogate(signal: .advantages, isNormalized: true, average: .samples),
    estimator: .sgMRLOwnBatch)

  /// Trains for a number of epochs and returns the parameters.
  func train(
    epochs: Int, report: @Sendable (EpochRecord) -> Void = { _ in }
  ) async throws -> [Double] {
    let trainer = Trainer(
      policy: policy, tasks: tasks, settings: settings, taskCount: 20,
      outerStep: Adam(stepSize: 0.02), seed: 1, threads: 2)
    for _ in 0..<epochs { report(try await trainer.runEpoch()) }
    return await trainer.parameters
  }

  /// The returns on 40 fresh tasks, before adaptation and after one and two steps.
  func test(_ parameters: [Double]) async throws -> MetaTest {
    try await MetaTest(
      policy: policy, parameters: parameters, distribution: tasks, settings: settings,
      taskCount: 40, steps: 2, seed: 1, threads: 2)
  }

  /// Tests at given parameters whether an estimator's mean is `∇V`.
  func certify(
    _ estimator: Estimator, at parameters: [Double], chains: Int
  ) async throws -> MonteCarloCertificate {
    var settings = settings
    settings.estimator = estimator
    return try await MonteCarloCertificate(
      MonteCarloPlan(chains: chains, directions: 2), policy: policy, parameters: parameters,
      tasks: tasks, settings: settings, threads: 2)
  }
}
