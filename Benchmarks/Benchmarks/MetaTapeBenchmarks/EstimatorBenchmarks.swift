import Benchmark
import MetaTape

/// Every estimator, in meta-epochs of a small navigation problem.
func addEstimatorBenchmarks() {
  for estimator in Estimator.presets {
    Benchmark("Estimator \(estimator.name)") { benchmark in
      let trainer = try makeTrainer(estimator)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { blackHole(try await trainer.runEpoch()) }
    }
  }
}

private func makeTrainer(_ estimator: Estimator) throws -> Trainer {
  var configuration = Configuration()
  for assignment in [
    "estimator=\(estimator.name)", "outer.tasks=4", "inner.normalizes=true",
    "inner.average=samples", "outer.step-size=0",
  ] { try configuration.set(assignment) }
  return try Experiment(configuration).makeTrainer(threads: 1)
}
