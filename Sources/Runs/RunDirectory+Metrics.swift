import Files
import Foundation
import Requirements

extension RunDirectory {
  /// The number of epochs whose lines stand complete in both files of metrics.
  ///
  /// - Throws: ``DirectoryError`` if the columns are those of another version.
  func metricsCount() throws(DirectoryError) -> Int {
    let lines = try metricsLines()
    return min(lines.csv.count, lines.json.count)
  }

  /// Cuts the metrics and events back to a number of epochs; parts of a line at their ends go too.
  ///
  /// - Precondition: the metrics have that many epochs.
  func cutMetrics(to count: Int) throws(DirectoryError) {
    let lines = try metricsLines()
    require(
      count <= min(lines.csv.count, lines.json.count), "There are no \(count) epochs of metrics.")
    func text(_ lines: some Sequence<Substring>) -> Data {
      Data(lines.map { $0 + "\n" }.joined().utf8)
    }
    try write(text([Metrics.csvHeader[...]] + lines.csv.prefix(count)), to: metricsURL)
    try write(text(lines.json.prefix(count)), to: jsonURL)
    try trimEvents(fromEpoch: count)
    try cutFindings(to: count)
  }

  /// The complete lines of epochs 0, 1, … without the heading.
  private func metricsLines() throws(DirectoryError) -> (csv: [Substring], json: [Substring]) {
    var csv = completeLines(metricsURL)
    if let header = csv.first {
      guard header == Metrics.csvHeader else {
        throw DirectoryError(
          description:
            "\(metricsURL.path) has the columns of another version of this program. Resume with that version, or replace the run.",
          remedies: [.replaceRun])
      }
      csv.removeFirst()
    }
    let json = completeLines(jsonURL)
    func rows(_ lines: [Substring], _ start: (Int) -> String) -> [Substring] {
      Array(lines.enumerated().prefix { $1.hasPrefix(start($0)) }.map(\.element))
    }
    let version = Metrics.schemaVersion
    return (
      rows(csv) { "\(version),\($0)," },
      rows(json) { "{\"schema_version\":\(version),\"epoch\":\($0)," }
    )
  }

  /// What was found so far, in the order of the epochs.
  public func findings() -> [TrainingFinding] {
    completeLines(findingsURL).compactMap {
      try? JSON.decode(TrainingFinding.self, from: Data($0.utf8))
    }
  }

  /// Appends findings; the first make the file.
  func append(_ findings: [TrainingFinding]) throws(DirectoryError) {
    if findings.isEmpty { return }
    if !FileManager.default.fileExists(atPath: findingsURL.path) {
      try write(Data(), to: findingsURL)
    }
    for finding in findings { try append(Self.line(finding), to: findingsURL) }
  }

  /// Cuts the findings back to those of a number of epochs; no file is left for none.
  func cutFindings(to count: Int) throws(DirectoryError) {
    guard FileManager.default.fileExists(atPath: findingsURL.path) else { return }
    let kept = findings().filter { $0.epoch < count }
    if kept.isEmpty {
      do { try FileManager.default.removeItem(at: findingsURL) } catch {
        throw Self.unwritable(findingsURL, error.localizedDescription)
      }
    } else {
      try write(Data(kept.map { Self.line($0) + "\n" }.joined().utf8), to: findingsURL)
    }
  }

  private static func line(_ finding: TrainingFinding) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // three plain fields: it cannot fail
    return (try? encoder.encode(finding)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// The lines of a file that end with a line feed; none if it cannot be read.
  private func completeLines(_ url: URL) -> [Substring] {
    guard let data = try? Data(contentsOf: url) else { return [] }
    return String(decoding: data, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }
}
