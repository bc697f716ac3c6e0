import Certification
import Experiments

/// What single precision changes along a training: `verify precision --json`.
public struct PrecisionReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The configuration.
  public let configuration: String
  /// The seed.
  public let seed: Int
  /// The greatest difference that passes, as a part of the sampling error.
  public let tolerance: Double
  /// Whether no difference is greater.
  public let passed: Bool
  /// The greatest difference, as a part of the sampling error.
  public let largest: Double
  /// The points along the training.
  public let checkpoints: [Checkpoint]

  /// A point along the training.
  public struct Checkpoint: Codable, Sendable {
    /// The meta-epochs before it.
    public let epoch: Int
    /// The norm of the meta-gradient estimate in double precision.
    public let gradientNorm: Double
    /// The standard error of that estimate.
    public let samplingError: Double
    /// The norm of the difference in single precision.
    public let difference: Double
    /// The difference as a part of the sampling error.
    public let relativeDifference: Double
  }

  /// Trains in double precision, and compares meta-gradients at points along the way.
  ///
  /// - Parameters:
  ///   - configuration: the configuration; its precision does not matter.
  ///   - checkpoints: the number of points; the first is before training.
  ///   - interval: the meta-epochs between two points.
  ///   - tolerance: the greatest difference that passes, as a part of the sampling error.
  ///   - threads: how many tasks run side by side.
  ///   - progress: called with the points that are done.
  /// - Throws: What training throws.
  public init(
    _ configuration: Configuration, checkpoints: Int, interval: Int, tolerance: Double,
    threads: Int, progress: (Int) -> Void = { _ in }
  ) async throws {
    var configuration = configuration
    configuration.training.precision = .double
    let experiment = try Experiment(configuration)
    let trainer = experiment.makeTrainer(threads: threads)
    var points: [Checkpoint] = []
    for point in 0..<checkpoints {
      if point > 0 { for _ in 0..<interval { _ = try await trainer.runEpoch() } }
      // tasks and batches that training does not see
      let comparison = try await PrecisionComparison(
        policy: experiment.policy, parameters: await trainer.parameters, tasks: experiment.tasks,
        settings: experiment.settings, chains: max(2, configuration.outer.tasks),
        seed: UInt64(configuration.seed) &+ 1 << 32, epoch: point,
        memory: await trainer.baselineMemory, threads: threads)
      points.append(
        Checkpoint(
          epoch: point * interval, gradientNorm: comparison.gradientNorm,
          samplingError: comparison.samplingError, difference: comparison.difference,
          relativeDifference: comparison.relativeDifference))
      progress(points.count)
    }
    (self.configuration, seed, self.tolerance) = (configuration.name, configuration.seed, tolerance)
    self.checkpoints = points
    largest = points.map(\.relativeDifference).max() ?? .infinity
    passed = points.allSatisfy { $0.relativeDifference <= tolerance }
  }
}
