import MetaTape

func trainsOneEpoch() async throws -> EpochRecord {
  // snippet: train
  let scaled = Surrogate(signal: .advantages, isNormalized: true, average: .samples)
  let trainer = Trainer(
    policy: LinearGaussian(), tasks: Navigation2D(),
    settings: MetaSettings(innerSteps: 2, inner: scaled, outer: scaled, estimator: .sgMRL),
    taskCount: 20, outerStep: Adam(stepSize: 0.001), seed: 1, threads: 2)
  let record = try await trainer.runEpoch()
  // end snippet
  return record
}
