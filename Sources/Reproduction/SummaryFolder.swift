import Files
import Foundation
import Runs

/// The folder with the summaries of all runs of a reproduction.
public struct SummaryFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A folder, which need not exist.
  public init(_ url: URL) { self.url = url }

  private var output: OutputFolder { OutputFolder(url: url) }

  /// The times of a cell's lines, measured in turns.
  public struct Timing: Codable, Sendable {
    /// The version of this record.
    public var schemaVersion = 1
    /// The epochs of each line.
    public let epochs: Int
    /// The threads.
    public let threads: Int
    /// The median time of an epoch in seconds by line.
    public fileprivate(set) var secondsPerEpoch: [String: Double]
    /// The fingerprints of the configurations by line; older records have none.
    public fileprivate(set) var fingerprints: [String: String]?
    /// Where it was measured.
    public let machine: MachineFacts

    /// Creates a record of this machine.
    ///
    /// - Parameters:
    ///   - epochs: the epochs of each line.
    ///   - threads: the threads.
    ///   - secondsPerEpoch: the median time of an epoch of each line of the cell.
    ///   - cell: the cell.
    public init(
      epochs: Int, threads: Int, secondsPerEpoch: [(PaperTable.Line, Double)],
      cell: PaperTable.Cell
    ) {
      (self.epochs, self.threads) = (epochs, threads)
      self.secondsPerEpoch = Dictionary(
        uniqueKeysWithValues: secondsPerEpoch.map { ($0.0.name, $0.1) })
      fingerprints = Dictionary(
        uniqueKeysWithValues: secondsPerEpoch.map { line, _ in
          (line.name, cell.configuration(line, seed: 1).fingerprint)
        })
      machine = MachineFacts()
    }

    /// The same with the lines only whose configurations are what they were; nil if there are none.
    fileprivate func current(_ cell: PaperTable.Cell) -> Timing? {
      var result = self
      for line in PaperTable.allLines {
        if let known = fingerprints?[line.name],
          known != cell.configuration(line, seed: 1).fingerprint
        {
          result.secondsPerEpoch[line.name] = nil
        }
      }
      return result.secondsPerEpoch.isEmpty ? nil : result
    }
  }

  /// How the runs of a line ended.
  public struct LineResults: Sendable {
    /// The line.
    public let line: PaperTable.Line
    /// What was found, in the order of the seeds.
    public let summaries: [RunSummary]
    /// The runs that diverged, in the order of the seeds.
    public let diverged: [DivergedRun]

    /// Whether no run has ended.
    public var isEmpty: Bool { summaries.isEmpty && diverged.isEmpty }

    /// The seeds of all runs.
    public var seeds: [Int] { summaries.map(\.seed) + diverged.map(\.seed) }
  }

  /// The results of a line that are of the cell's configuration as it is now.
  ///
  /// - Parameters:
  ///   - cell: the cell of the table.
  ///   - line: the line of the table.
  ///   - epochs: the length of training; any if nil.
  /// - Returns: The results by seed.
  /// - Throws: `StoredRun.ReadError` if there is a file that cannot be read.
  public func results(
    _ cell: PaperTable.Cell, _ line: PaperTable.Line, epochs: Int? = nil
  ) throws(StoredRun.ReadError) -> LineResults {
    func expected(_ seed: Int, _ length: Int?) -> Configuration {
      cell.configuration(line, seed: seed, epochs: epochs ?? length)
    }
    return LineResults(
      line: line,
      summaries: try all(RunSummary.self, cell, line) { !$0.hasSuffix(Self.divergedSuffix) }
        .filter { $0.isOf(expected($0.seed, $0.epochs)) }
        .sorted { ($0.seed, $0.epochs) < ($1.seed, $1.epochs) },
      diverged: try all(DivergedRun.self, cell, line) { $0.hasSuffix(Self.divergedSuffix) }
        .filter { $0.isOf(expected($0.seed, nil)) }
        .sorted { $0.seed < $1.seed })
  }

  /// What became of the runs of some cells and lines, finished ones first in each line.
  ///
  /// - Parameters:
  ///   - cells: the cells of the table.
  ///   - lines: the lines of the table.
  ///   - epochs: the length of training; any if nil.
  /// - Returns: A record for each run that has ended.
  /// - Throws: `StoredRun.ReadError` if there is a file that cannot be read.
  public func results(
    _ cells: [PaperTable.Cell], _ lines: [PaperTable.Line], epochs: Int? = nil
  ) throws(StoredRun.ReadError) -> [RunRecord] {
    var records: [RunRecord] = []
    for cell in cells {
      for line in lines {
        let results = try results(cell, line, epochs: epochs)
        records += results.summaries.map(RunRecord.finished)
        records += results.diverged.map(RunRecord.diverged)
      }
    }
    return records
  }

  /// What the files of a line hold that have such names.
  private func all<Value: Decodable>(
    _ type: Value.Type, _ cell: PaperTable.Cell, _ line: PaperTable.Line,
    _ isMeant: (String) -> Bool
  ) throws(StoredRun.ReadError) -> [Value] {
    let folder = folder(cell, line)
    let path = url.appendingPathComponent(folder).path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    var values: [Value] = []
    for file in files.sorted()
    where file.hasPrefix("seed-") && file.hasSuffix(".json") && isMeant(file) {
      if let value = try output.read(type, "\(folder)/\(file)") { values.append(value) }
    }
    return values
  }

  /// The times of a cell's lines, if they were measured with the configurations as they are now.
  public func timing(_ cell: PaperTable.Cell) throws(StoredRun.ReadError) -> Timing? {
    try output.read(Timing.self, timingFile(cell))?.current(cell)
  }

  /// The test of an untrained policy.
  private struct Untrained: Codable {
    /// The version of this record; the first had no fingerprint.
    var schemaVersion = 2
    /// Tells configurations apart; nil in records of the first version.
    let fingerprint: String?
    /// The test on the held-out tasks.
    let heldOut: TestReport?
  }

  /// The held-out test of the untrained policy of a cell, if it was made with the configuration as it is now.
  public func untrained(_ cell: PaperTable.Cell) throws(StoredRun.ReadError) -> TestReport? {
    guard let record = try output.read(Untrained.self, untrainedFile(cell)),
      record.fingerprint == Self.untrainedConfiguration(cell).fingerprint
    else { return nil }
    return record.heldOut
  }

  /// The configuration whose policy is tested untrained: no estimator plays a part in it.
  static func untrainedConfiguration(_ cell: PaperTable.Cell) -> Configuration {
    cell.configuration(PaperTable.allLines[0], seed: 1)
  }

  /// Writes a summary.
  public func write(
    _ summary: RunSummary, _ cell: PaperTable.Cell, _ line: PaperTable.Line
  ) throws {
    try output.write(
      summary, asJSON: summaryFile(cell, line, seed: summary.seed, epochs: summary.epochs))
  }

  /// Writes what is kept of a run that diverged.
  public func write(
    _ run: DivergedRun, _ cell: PaperTable.Cell, _ line: PaperTable.Line
  ) throws {
    try output.write(run, asJSON: folder(cell, line) + "/seed-\(run.seed)\(Self.divergedSuffix)")
  }

  /// Writes the times of a cell's lines; lines that were measured before in the same way stay.
  public func write(_ timing: Timing, _ cell: PaperTable.Cell) throws {
    var timing = timing
    if let before = try self.timing(cell), before.machine == timing.machine,
      before.threads == timing.threads, before.epochs == timing.epochs
    {
      timing.secondsPerEpoch.merge(before.secondsPerEpoch) { new, _ in new }
      timing.fingerprints?.merge(before.fingerprints ?? [:]) { new, _ in new }
    }
    try output.write(timing, asJSON: timingFile(cell))
  }

  /// Writes the held-out test of the untrained policy of a cell.
  public func write(untrained report: TestReport, _ cell: PaperTable.Cell) throws {
    let fingerprint = Self.untrainedConfiguration(cell).fingerprint
    try output.write(
      Untrained(fingerprint: fingerprint, heldOut: report), asJSON: untrainedFile(cell))
  }

  /// Runs of another length than the preset's have files of their own.
  private func summaryFile(
    _ cell: PaperTable.Cell, _ line: PaperTable.Line, seed: Int, epochs: Int
  ) -> String {
    folder(cell, line) + "/seed-\(seed)\(epochs == cell.epochs ? "" : ",epochs=\(epochs)").json"
  }

  private static let divergedSuffix = ".diverged.json"

  private func folder(_ cell: PaperTable.Cell, _ line: PaperTable.Line) -> String {
    "\(cell.name)/\(line.name)"
  }

  private func timingFile(_ cell: PaperTable.Cell) -> String { "\(cell.name)/timing.json" }

  private func untrainedFile(_ cell: PaperTable.Cell) -> String { "\(cell.name)/untrained.json" }
}
