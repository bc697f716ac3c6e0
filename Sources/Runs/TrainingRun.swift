import Files
import Foundation
import MessagePassing

/// A run from its configuration to its test, in its folder: begun or gone on with.
///
/// A run that went on has the same metrics, parameters and test as one that never stopped, to the
/// bit, but for times.
public struct TrainingRun: Sendable {
  /// What happens while it runs.
  public enum Event: Sendable {
    /// Something the user should know.
    case warning(String)
    /// Training begins or goes on at an epoch.
    case training(fromEpoch: Int)
    /// An epoch is done.
    case epoch(EpochRecord)
    /// Training cannot go on; the last good state, before an epoch, is kept. The norm of the
    /// meta-gradient is that of the last epoch that was done.
    case kept(epoch: Int, gradientNorm: Double?)
    /// The test begins.
    case testing
  }

  /// How it ended.
  public enum Outcome: Sendable {
    /// Trained and tested.
    case finished(TestReport)
    /// Asked to stop; a checkpoint before this epoch is kept.
    case stopped(epoch: Int)
  }

  /// What makes a picture of a test, as SVG; nil if there is nothing to draw.
  public typealias Drawing = @Sendable (MetaTest, _ title: String) -> String?

  /// The configuration, built.
  public let experiment: Experiment
  /// The folder.
  public let directory: RunDirectory
  private let threads: Int
  private let communicator: any Communicator
  private let drawing: Drawing?
  private let checkpoint: Checkpoint?
  private let warnings: [String]
  private let lock: RunLock

  /// Begins a run.
  ///
  /// - Parameters:
  ///   - plan: what to run and where.
  ///   - replaces: whether a run that is there already is lost.
  ///   - threads: how many tasks run side by side; does not change results.
  ///   - communicator: the processes that share the work, of which this is the first.
  ///   - drawing: makes the picture of the test.
  /// - Throws: `ConfigurationError` for values that do not go together,
  ///   ``RunDirectory/DirectoryError`` if there is a run already or the folder cannot be used.
  public init(
    beginning plan: RunPlan, replaces: Bool = false, threads: Int,
    communicator: any Communicator = SingleProcess(), drawing: Drawing? = nil
  ) throws {
    experiment = try Experiment(plan.configuration)
    lock = try RunLock(plan.url)
    directory = try RunDirectory(
      creating: plan.url, for: plan.configuration, replaces: replaces, recordsMachine: false)
    (self.threads, self.communicator, self.drawing) = (threads, communicator, drawing)
    (checkpoint, warnings) = (nil, [])
  }

  /// Goes on with the unfinished run of a folder, from its newest checkpoint that can be used.
  ///
  /// Metrics of later epochs are cut away. Checkpoints that are refused get the suffix `.refused`.
  ///
  /// - Parameters:
  ///   - url: the folder.
  ///   - catalog: where the names of its configuration are looked up.
  ///   - threads: how many tasks run side by side; does not change results.
  ///   - communicator: the processes that share the work, of which this is the first.
  ///   - drawing: makes the picture of the test.
  /// - Throws: `ConfigurationError` if there is no run, ``RunDirectory/DirectoryError`` if the folder
  ///   is not of this program, if there are checkpoints but none can be used, or the folder cannot be
  ///   used.
  public init(
    resuming url: URL, catalog: Catalog = .standard, threads: Int,
    communicator: any Communicator = SingleProcess(), drawing: Drawing? = nil
  ) throws {
    directory = RunDirectory(existing: url, catalog: catalog)
    experiment = try Experiment(try directory.readConfiguration())
    try directory.requireOrigin(experiment.configuration)
    lock = try RunLock(url)
    (self.threads, self.communicator, self.drawing) = (threads, communicator, drawing)
    directory.removePartialFiles()
    let found = directory.findCheckpoint(of: experiment, epochs: try directory.metricsCount())
    checkpoint = found.checkpoint
    guard let checkpoint else {
      guard found.refused.isEmpty else {
        throw RunDirectory.DirectoryError(
          description:
            "No checkpoint can be used: \(found.refused.map(\.reason).joined(separator: " ")) Use the configuration and program that made them, or remove \(directory.checkpointsURL.path) to begin anew."
        )
      }
      warnings = []
      try directory.begin()
      return
    }
    warnings = found.refused.map { "\($0.reason) An earlier checkpoint is used." }
    do {
      for file in found.refused {
        let kept = file.url.appendingPathExtension("refused")
        try? FileManager.default.removeItem(at: kept)
        try FileManager.default.moveItem(at: file.url, to: kept)
      }
      // it would say that the run is finished
      if FileManager.default.fileExists(atPath: directory.testURL.path) {
        try FileManager.default.removeItem(at: directory.testURL)
      }
    } catch { throw RunDirectory.unwritable(url, SystemError.reason(of: error)) }
    try directory.cutMetrics(to: checkpoint.state.epoch)
  }

  /// Trains to the last epoch and tests.
  ///
  /// - Parameters:
  ///   - stop: ends the run early, after an epoch and with a checkpoint.
  ///   - report: is called with what happens.
  /// - Returns: How it ended.
  /// - Throws: ``RunDirectory/DirectoryError`` if a file cannot be written; `SamplingError` or
  ///   `TrainingError` if training cannot go on: the last good state is then kept as a checkpoint
  ///   and as parameters.
  public func run(
    stop: StopRequest = StopRequest(), report: (Event) -> Void = { _ in }
  ) async throws -> Outcome {
    for warning in warnings { report(.warning(warning)) }
    if let warning = try communicator.agreeOnKernels(preferring: checkpoint?.blasCore) {
      report(.warning(warning))
    }
    if let checkpoint, checkpoint.blasCore != BLAS.coreName {
      report(
        .warning(
          "The checkpoint was made with OpenBLAS's kernels for \(checkpoint.blasCore), here they are for \(BLAS.coreName) (\(BLAS.selection.explanation)): the rest will not agree to the bit. OPENBLAS_CORETYPE=\(checkpoint.blasCore) chooses the former where the processor has what they need."
        ))
    }
    try directory.recordMachine()
    let trainer = experiment.makeTrainer(threads: threads, communicator: communicator)
    if let checkpoint { try await trainer.restore(checkpoint.state) }
    _ = try communicator.share(await trainer.state)
    let stopped = try await train(trainer, stop, report)
    if let stopped {
      try communicator.meet()
      return .stopped(epoch: stopped)
    }
    try await writeParameters(of: trainer)
    try communicator.meet()
    report(.testing)
    let test = try await experiment.metaTest(
      await trainer.parameters, threads: threads, keepsTrajectories: drawing != nil)
    let configuration = experiment.configuration
    if let picture = drawing?(test, "\(configuration.name), seed \(configuration.seed)") {
      try directory.write(Data(picture.utf8), to: directory.pictureURL)
    }
    let result = TestReport(test, experiment)
    try directory.writeJSON(result, to: directory.testURL.lastPathComponent)
    return .finished(result)
  }

  /// Runs the epochs that are left; returns the next epoch if it was asked to stop before the end.
  private func train(
    _ trainer: Trainer, _ stop: StopRequest, _ report: (Event) -> Void
  ) async throws -> Int? {
    let (total, interval) = (
      experiment.configuration.training.epochs,
      experiment.configuration.training.checkpointInterval
    )
    var epoch = await trainer.epoch
    var lastCheckpoint = checkpoint?.state.epoch
    var gradientNorm: Double?
    func keep() async throws {
      guard lastCheckpoint != epoch else { return }
      try directory.writeCheckpoint(Checkpoint(await trainer.state), for: experiment)
      lastCheckpoint = epoch
    }
    report(.training(fromEpoch: epoch))
    while epoch < total {
      if try communicator.agree(on: stop) {
        try await keep()
        return epoch
      }
      let record: EpochRecord
      do { record = try await trainer.runEpoch() } catch {
        // what was reached stays usable; what stopped training is the error to report
        do {
          try await keep()
          try await writeParameters(of: trainer)
          report(.kept(epoch: epoch, gradientNorm: gradientNorm))
        } catch let failure { report(.warning("\(failure)")) }
        if !(error is CommunicationError) { try communicator.meet() }
        throw error
      }
      gradientNorm = record.gradientNorm
      try directory.append(record)
      epoch += 1
      report(.epoch(record))
      for finding in record.findings {
        report(.warning("Epoch \(finding.epoch): \(finding.message)"))
      }
      if epoch % interval == 0 || epoch == total { try await keep() }
    }
    return stop.signal == nil ? nil : epoch
  }

  private func writeParameters(of trainer: Trainer) async throws {
    try directory.writeParameters(
      await trainer.parameters, experiment.policy.layout,
      configuration: experiment.configuration)
  }
}
