import Foundation
import Runs

/// What is kept of a run when its folder is gone.
public struct RunSummary: Codable, Equatable, Sendable {
  /// A stretch of training.
  public struct CurvePoint: Codable, Equatable, Sendable {
    /// The first epoch of the stretch.
    public let epoch: Int
    /// The mean return before adaptation over the stretch and its tasks.
    public let returnBefore: Double
    /// The mean return after adaptation.
    public let returnAfter: Double
  }

  /// The seed of the tasks on which every run is tested.
  public static let heldOutSeed = 1_000_003
  /// The adaptation steps of that test.
  public static let heldOutSteps = 5
  /// The stretches of the curve.
  private static let curvePoints = 25

  /// The version of this record.
  public var schemaVersion = 1
  /// The cell of the table.
  public let cell: String
  /// The line of the table.
  public let line: String
  /// The seed of training.
  public let seed: Int
  /// The number of meta-epochs.
  public let epochs: Int
  /// Tells configurations apart.
  public let fingerprint: String
  /// Where it was trained.
  public let machine: MachineFacts
  /// The median time of an epoch in seconds, whatever else the machine did.
  public let secondsPerEpoch: Double
  /// The greatest mean return after adaptation of any epoch, which papers have reported.
  public let greatestTrainingReturn: Double
  /// The mean return after adaptation of the epoch after that one: on tasks and episodes that did not choose it.
  /// If the last epoch is the best, the return on the held-out tasks; older summaries have none.
  public let returnAfterBestEpoch: Double?
  /// Training in short.
  public let curve: [CurvePoint]
  /// The test on the held-out tasks, after 0 to 5 steps.
  public let heldOut: TestReport

  /// Summarises a finished run; tests it on the held-out tasks.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - cell: the cell of the table.
  ///   - line: the line of the table.
  ///   - threads: how many tasks run side by side; does not change results.
  /// - Throws: `SafeTensors.FormatError` if there are no parameters, `SamplingError` or
  ///   `TrainingError` if the test fails.
  public init(
    _ run: StoredRun, cell: PaperTable.Cell, line: PaperTable.Line, threads: Int
  ) async throws {
    let configuration = run.configuration
    let experiment = try Experiment(configuration)
    let parameters = try SafeTensors.read(run.directory.parametersURL, experiment.policy.layout)
    (self.cell, self.line) = (cell.name, line.name)
    (seed, epochs) = (configuration.seed, run.epochs)
    (fingerprint, machine) = (configuration.fingerprint, run.machine)
    let seconds = (run.metrics["seconds"] ?? []).sorted()
    secondsPerEpoch = seconds.isEmpty ? 0 : seconds[seconds.count / 2]
    let (before, after) = (run.metrics["return_before"] ?? [], run.metrics["return_after"] ?? [])
    greatestTrainingReturn = after.max() ?? 0
    let next = (after.firstIndex(of: greatestTrainingReturn) ?? 0) + 1
    let width = max(1, after.count / Self.curvePoints)
    curve = stride(from: 0, to: after.count, by: width).map { start in
      let range = start..<min(start + width, after.count)
      func mean(_ values: [Double]) -> Double {
        values[range].reduce(0, +) / Double(range.count)
      }
      return CurvePoint(epoch: start, returnBefore: mean(before), returnAfter: mean(after))
    }
    heldOut = try await Self.heldOut(configuration, parameters, threads: threads)
    returnAfterBestEpoch =
      next < after.count
      ? after[next] : heldOut.rows[configuration.inner.steps].undiscountedReturn
  }

  /// Whether it is of a configuration, with its lengths of training and test.
  public func isOf(_ configuration: Configuration) -> Bool {
    fingerprint == configuration.fingerprint && epochs == configuration.training.epochs
      && heldOut.tasks == configuration.test.tasks
  }

  /// The held-out test of an untrained policy.
  public static func untrained(_ configuration: Configuration, threads: Int) async throws
    -> TestReport
  {
    try await heldOut(
      configuration, try Experiment(configuration).initialParameters, threads: threads)
  }

  private static func heldOut(
    _ configuration: Configuration, _ parameters: [Double], threads: Int
  ) async throws -> TestReport {
    var configuration = configuration
    configuration.seed = heldOutSeed
    configuration.test.steps = heldOutSteps
    let experiment = try Experiment(configuration)
    return TestReport(
      try await experiment.metaTest(parameters, threads: threads), experiment)
  }
}
