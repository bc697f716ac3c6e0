import Experiments

/// What training led to: `train --json`.
public struct TrainingSummary: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The folder of the run.
  public let directory: String
  /// The number of meta-epochs.
  public let epochs: Int
  /// The wall-clock time of this call; 0 if the run was finished before.
  public let seconds: Double
  /// The test on fresh tasks.
  public let test: TestReport
  /// What was found that may keep the policy from learning.
  public let findings: [TrainingFinding]

  /// Creates a summary.
  public init(
    directory: String, epochs: Int, seconds: Double, test: TestReport, findings: [TrainingFinding]
  ) {
    (self.directory, self.epochs, self.seconds) = (directory, epochs, seconds)
    (self.test, self.findings) = (test, findings)
  }
}

/// What a run would take: `train --dry-run --json`.
public struct TrainingForecast: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The name of the configuration.
  public let name: String
  /// The estimator of the meta-gradient.
  public let estimator: String
  /// The seed.
  public let seed: Int
  /// The number of meta-epochs.
  public let epochs: Int
  /// The threads that the estimate holds for.
  public let threads: Int
  /// The number of the policy's parameters.
  public let parameters: Int
  /// The environment steps of a meta-epoch.
  public let samplesPerEpoch: Int
  /// The time of a meta-epoch.
  public let secondsPerEpoch: Double
  /// The time of all meta-epochs.
  public let estimatedSeconds: Double
  /// The most memory that the process held.
  public let peakMemoryBytes: Int

  /// Runs two meta-epochs, the first of which allocates, and takes the second for all.
  ///
  /// - Throws: `TrainingError` or `SamplingError` if a meta-epoch fails.
  public init(_ experiment: Experiment, threads: Int) async throws {
    let trainer = experiment.makeTrainer(threads: threads)
    _ = try await trainer.runEpoch()
    let second = try await trainer.runEpoch()
    name = experiment.configuration.name
    estimator = experiment.settings.estimator.name
    seed = experiment.configuration.seed
    epochs = experiment.configuration.training.epochs
    self.threads = threads
    parameters = experiment.policy.layout.count
    (samplesPerEpoch, secondsPerEpoch) = (second.samples, second.seconds)
    estimatedSeconds = second.seconds * Double(epochs)
    peakMemoryBytes = MachineMemory.peak
  }
}
