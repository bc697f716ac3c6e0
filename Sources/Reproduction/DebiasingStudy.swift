import Files
import Foundation
import Reports
import Runs
import Statistics

/// The study of where the term that MAML leaves out matters: bias, slopes and returns after training, of MAML and
/// of a debiased estimator, on problems of growing horizon, step size and batch.
public struct DebiasingStudy: Sendable {
  /// What was found about a problem.
  public struct Record: Codable, Sendable {
    /// The version of this record.
    public var schemaVersion = 1
    /// The problem.
    public let problem: String
    /// Tells settings apart.
    public let fingerprint: String
    /// Where it was computed.
    public let machine: MachineFacts
    /// The estimators at one policy: MAML first, then the debiased one.
    public let study: StudyOutcome
    /// The return of the untrained policy after adaptation, and those after training, by estimator and seed; empty
    /// if nothing was trained.
    public let untrained: [Double]
    /// Of MAML.
    public let maml: [Double]
    /// Of the debiased estimator.
    public let debiased: [Double]
  }

  private let folder: OutputFolder
  private let threads: Int

  /// Creates a study.
  ///
  /// - Parameters:
  ///   - folder: gets `debiasing.md` and, in `summaries/debiasing`, the records.
  ///   - threads: how many tasks run side by side; changes times alone.
  public init(folder: URL, threads: Int) {
    (self.folder, self.threads) = (OutputFolder(url: folder), threads)
  }

  /// The record of a problem, if there is one with the settings as they are now.
  ///
  /// - Throws: `StoredRun.ReadError` if it cannot be read.
  public func record(_ problem: DebiasingProblem) throws(StoredRun.ReadError) -> Record? {
    let record = try folder.read(Record.self, file(problem))
    return record?.fingerprint == problem.fingerprint ? record : nil
  }

  /// Studies a problem and keeps the record.
  ///
  /// - Throws: What training or the study throws, or `RunDirectory.DirectoryError` if the record cannot be written.
  public func study(_ problem: DebiasingProblem) async throws {
    let maml = Estimator.maml.name
    var parameters: [Double]?
    if problem.epochsBefore > 0 {
      parameters = try await trained(problem.configuration(maml), epochs: problem.epochsBefore)
    }
    var sampling = StudySampling()
    (sampling.metaBatches, sampling.referenceMetaBatches) = problem.metaBatches
    sampling.reference = Estimator.sgMRLJackknife.name
    sampling.ascentStep = problem.ascent
    // an enumeration would have another truth for some problems than for others
    sampling.limit = 1
    let outcome = try await StudyOutcome(
      problem.configuration(maml), estimators: [maml, problem.estimator], sampling: sampling,
      parameters: parameters, sweep: nil, threads: threads)
    var returns: [[Double]] = [[], [], []]
    for seed in 1..<(problem.seeds + 1) {
      for (index, name) in [maml, maml, problem.estimator].enumerated() {
        let configuration = problem.configuration(name, seed: seed)
        let epochs = index == 0 ? 0 : problem.epochs
        returns[index].append(
          try await tested(configuration, try await trained(configuration, epochs: epochs)))
      }
    }
    let record = Record(
      problem: problem.name, fingerprint: problem.fingerprint, machine: MachineFacts(),
      study: outcome, untrained: returns[0], maml: returns[1], debiased: returns[2])
    try folder.write(record, asJSON: file(problem))
  }

  private func trained(_ configuration: Configuration, epochs: Int) async throws -> [Double] {
    let trainer = try Experiment(configuration).makeTrainer(threads: threads)
    for _ in 0..<epochs { _ = try await trainer.runEpoch() }
    return await trainer.state.parameters
  }

  /// The return on the held-out tasks after as many steps as in training.
  private func tested(_ configuration: Configuration, _ parameters: [Double]) async throws -> Double
  {
    var configuration = configuration
    configuration.seed = RunSummary.heldOutSeed
    configuration.test.steps = configuration.inner.steps
    let experiment = try Experiment(configuration)
    let test = try await experiment.metaTest(parameters, threads: threads)
    return test.undiscounted(after: configuration.inner.steps).mean
  }

  /// Writes the page and the plots from the records that there are.
  ///
  /// - Returns: The page.
  /// - Throws: `StoredRun.ReadError` if a record cannot be read, `RunDirectory.DirectoryError` if a file cannot be
  ///   written.
  @discardableResult public func writePage() throws -> String {
    let plots = try plots()
    let page = try page(plots)
    try folder.write(page, to: "debiasing.md")
    for (file, plot) in plots { try folder.write(plot.svg, to: file) }
    return page
  }

  private func file(_ problem: DebiasingProblem) -> String {
    "summaries/debiasing/\(problem.name).json"
  }
}
