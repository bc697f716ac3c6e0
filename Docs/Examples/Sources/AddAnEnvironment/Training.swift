import MetaTape

/// Trains a linear Gaussian policy to adapt to the weather, and tests it.
public func trainHeating(epochs: Int) async throws -> MetaTest {
  let tasks = HeatingTasks()
  let policy = GaussianNetworkPolicy(
    observationSize: 1, actionSize: 1, hiddenSizes: [], initialLogStandardDeviation: -1)
  let weights = Surrogate(signal: .advantages, isNormalized: true, average: .samples)
  let settings = MetaSettings(
    innerSteps: 1, innerStepSize: 0.1, inner: weights, estimator: .sgMRLOwnBatch)
  let trainer = Trainer(
    policy: policy, tasks: tasks, settings: settings, taskCount: 20,
    outerStep: Adam(stepSize: 0.05), seed: 1, threads: 2)
  for _ in 0..<epochs { _ = try await trainer.runEpoch() }
  return try await MetaTest(
    policy: policy, parameters: await trainer.parameters, distribution: tasks,
    settings: settings, taskCount: 40, steps: 2, seed: 1, threads: 2)
}
