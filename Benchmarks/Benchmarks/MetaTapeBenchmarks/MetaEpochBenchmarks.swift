import Benchmark
import MetaTape

/// Meta-epochs at the presets' full sizes, one thread.
func addMetaEpochBenchmarks() {
  for preset in [
    "tabular.random", "navigation-2d.published-code", "half-cheetah-direction.published-code",
    "swimmer-velocity.published-code",
  ] {
    for estimator in ["sg-mrl", "maml"] {
      Benchmark(
        "Meta-epoch \(preset), \(estimator)",
        configuration: .init(warmupIterations: 1, maxDuration: .seconds(10))
      ) { benchmark in
        let trainer = try makeTrainer(preset, estimator)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try await trainer.runEpoch()) }
      }
    }
  }
}

private func makeTrainer(_ name: String, _ estimator: String) throws -> Trainer {
  guard var configuration = Catalog.standard.configuration(preset: name) else {
    throw UnknownPreset(name)
  }
  try configuration.set("estimator=\(estimator)")
  return try Experiment(configuration).makeTrainer(threads: 1)
}

private struct UnknownPreset: Error, CustomStringConvertible {
  let description: String

  init(_ name: String) { description = "There is no preset '\(name)'." }
}
