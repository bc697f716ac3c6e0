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

  private let folder: URL
  private let threads: Int

  /// Creates a study.
  ///
  /// - Parameters:
  ///   - folder: gets `debiasing.md` and, in `summaries/debiasing`, the records.
  ///   - threads: how many tasks run side by side; changes times alone.
  public init(folder: URL, threads: Int) { (self.folder, self.threads) = (folder, threads) }

  /// The record of a problem, if there is one with the settings as they are now.
  ///
  /// - Throws: `StoredRun.ReadError` if it cannot be read.
  public func record(_ problem: DebiasingProblem) throws(StoredRun.ReadError) -> Record? {
    guard let data = try? Data(contentsOf: url(problem)) else { return nil }
    do {
      let record = try JSON.decode(Record.self, from: data)
      return record.fingerprint == problem.fingerprint ? record : nil
    } catch {
      throw StoredRun.ReadError(
        description:
          "\(url(problem).path) is damaged or of another version; remove it to make it anew.")
    }
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
    try write(try JSON.encode(record), to: url(problem))
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

  /// Writes the page and the plot from the records that there are.
  ///
  /// - Throws: `StoredRun.ReadError` if a record cannot be read, `RunDirectory.DirectoryError` if a file cannot be
  ///   written.
  public func writePage() throws {
    try write(Data(try page().utf8), to: folder.appendingPathComponent("debiasing.md"))
    for (file, plot) in try plots() {
      try write(Data(plot.svg.utf8), to: folder.appendingPathComponent(file))
    }
  }

  private func url(_ problem: DebiasingProblem) -> URL {
    folder.appendingPathComponent("summaries/debiasing/\(problem.name).json")
  }

  private func write(_ data: Data, to file: URL) throws(RunDirectory.DirectoryError) {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    } catch { throw RunDirectory.unwritable(folder, SystemError.reason(of: error)) }
  }
}
