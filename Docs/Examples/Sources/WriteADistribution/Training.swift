import MetaTape

// snippet: training
/// Trains a policy on 2D navigation and tests it on 40 fresh tasks.
///
/// An action of 1 moves by `actionScale`; a step moves by at most 0.1 along each axis.
public func train(
  _ policy: some Policy, actionScale: Double, epochs: Int
) async throws -> MetaTest {
  let tasks = Navigation2D(reward: .negativeDistance, actionScale: actionScale, horizon: 20)
  let settings = MetaSettings(
    innerSteps: 1, innerStepSize: 0.1,
    inner: Surrogate(signal: .advantages, isNormalized: true, average: .samples),
    estimator: .sgMRLOwnBatch)
  let trainer = Trainer(
    policy: policy, tasks: tasks, settings: settings, taskCount: 20,
    outerStep: Adam(stepSize: 0.02), seed: 1, threads: 2)
  for _ in 0..<epochs { _ = try await trainer.runEpoch() }
  return try await MetaTest(
    policy: policy, parameters: await trainer.parameters, distribution: tasks, settings: settings,
    taskCount: 40, steps: 1, seed: 1, threads: 2)
}
// end snippet
