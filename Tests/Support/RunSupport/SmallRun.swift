import Foundation
import Runs

/// Runs of a second at most.
package enum SmallRun {
  /// A preset with everything small.
  package static func configuration(
    _ preset: String, estimator: String = "sg-mrl", seed: Int = 1
  ) throws -> Configuration {
    var configuration = Catalog.standard.configuration(preset: preset) ?? Configuration()
    try configuration.set(all: [
      "training.epochs=3", "outer.tasks=2", "inner.episodes=3", "outer.episodes=3",
      "test.tasks=2", "test.steps=1", "environment.horizon=12",
      "estimator=\(estimator)", "seed=\(seed)",
    ])
    if configuration.policy.keys.contains("hidden-sizes") {
      try configuration.set(all: ["policy.hidden-sizes=[8]"])
    }
    return configuration
  }

  /// Trains into a folder.
  ///
  /// With fewer epochs than configured, the run is left as one in progress.
  package static func train(
    _ configuration: Configuration, in folder: URL, epochs: Int? = nil
  ) async throws -> RunDirectory {
    let experiment = try Experiment(configuration)
    let run = try RunDirectory(creating: folder, for: configuration, replaces: false)
    let trainer = experiment.makeTrainer(threads: 2)
    for _ in 0..<(epochs ?? configuration.training.epochs) {
      try run.append(try await trainer.runEpoch())
    }
    guard epochs == nil else { return run }
    let parameters = await trainer.parameters
    try run.writeParameters(parameters, experiment.policy.layout, configuration: configuration)
    let test = try await experiment.metaTest(parameters, threads: 2)
    try run.writeJSON(TestReport(test, experiment), to: run.testURL.lastPathComponent)
    return run
  }
}
