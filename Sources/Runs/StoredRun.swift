import Files
import Foundation
import Requirements

/// A run as its folder tells it, finished or still in progress.
public struct StoredRun: Sendable {
  /// The folder.
  public let directory: RunDirectory
  /// The configuration as used.
  public let configuration: Configuration
  /// Where it was made.
  public let machine: MachineFacts
  /// The numbers of each epoch by the names of ``Metrics/columns``, all of the same length.
  public let metrics: [String: [Double]]
  /// What was found that may keep the policy from learning, in the order of the epochs.
  public let findings: [TrainingFinding]
  /// The returns on fresh tasks; nil if the run is not finished.
  public let test: TestReport?

  /// Why a folder cannot be read.
  public struct ReadError: ReportedError, Equatable {
    /// The file, what is wrong with it, and what to do.
    public let description: String

    package init(description: String) { self.description = description }
  }

  /// The number of epochs that were run.
  public var epochs: Int { metrics["epoch"]?.count ?? 0 }

  /// Reads a folder.
  ///
  /// A run in progress may be writing its last line, which is then left out.
  ///
  /// - Throws: ``ReadError`` if a file is missing or damaged, or a finished run lacks epochs.
  public init(reading url: URL, catalog: Catalog = .standard) throws(ReadError) {
    directory = RunDirectory(existing: url, catalog: catalog)
    do { configuration = try directory.readConfiguration() } catch {
      throw ReadError(description: error.description)
    }
    findings = directory.findings()
    machine = try Self.decode(MachineFacts.self, directory.machineURL)
    let isFinished = FileManager.default.fileExists(atPath: directory.testURL.path)
    test = isFinished ? try Self.decode(TestReport.self, directory.testURL) : nil
    metrics = try Self.readMetrics(directory.metricsURL, isFinished: isFinished)
    if isFinished, epochs < configuration.training.epochs {
      throw ReadError(
        description:
          "\(directory.metricsURL.path) has \(epochs) of \(configuration.training.epochs) epochs, though the run is finished: it is damaged; use another copy."
      )
    }
  }

  private static func read(_ url: URL) throws(ReadError) -> Data {
    do { return try InputFile.data(url.path) } catch {
      throw ReadError(description: "\(error) Every run has this file.")
    }
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ url: URL
  ) throws(ReadError) -> Value {
    let data = try read(url)
    do { return try JSON.decode(type, from: data) } catch {
      throw ReadError(
        description: "\(url.path) is damaged or not of this version; use another copy.")
    }
  }

  private static func readMetrics(
    _ url: URL, isFinished: Bool
  ) throws(ReadError) -> [String: [Double]] {
    let text = String(decoding: try read(url), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // what follows the last line break is empty, or a line in the making
    let rest = lines.popLast() ?? ""
    guard let heading = lines.first, rest.isEmpty || !isFinished else {
      throw ReadError(description: "\(url.path) is cut off; use another copy.")
    }
    let names = heading.split(separator: ",").map(String.init)
    for column in Metrics.columns where !names.contains(column.name) {
      throw ReadError(
        description:
          "\(url.path) has no column '\(column.name)': it is damaged or of another version.")
    }
    var columns = [[Double]](repeating: [], count: names.count)
    for (index, line) in lines.enumerated().dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = fields.compactMap { Double($0) }
      guard numbers.count == names.count, fields.count == names.count else {
        throw ReadError(
          description:
            "\(url.path), line \(index + 1): expected \(names.count) numbers, not '\(line.prefix(80))'. The file is damaged; use another copy."
        )
      }
      for (column, number) in numbers.enumerated() { columns[column].append(number) }
    }
    return Dictionary(zip(names, columns)) { first, _ in first }
  }
}
