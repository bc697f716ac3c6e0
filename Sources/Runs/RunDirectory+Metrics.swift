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
  }

  /// The complete lines of epochs 0, 1, … without the heading.
  private func metricsLines() throws(DirectoryError) -> (csv: [Substring], json: [Substring]) {
    var csv = completeLines(metricsURL)
    if let header = csv.first {
      guard header == Metrics.csvHeader else {
        throw DirectoryError(
          description:
            "\(metricsURL.path) has the columns of another version of this program. Go on with that version, or begin anew with --replace."
        )
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

  /// The lines of a file that end with a line feed; none if it cannot be read.
  private func completeLines(_ url: URL) -> [Substring] {
    guard let data = try? Data(contentsOf: url) else { return [] }
    return String(decoding: data, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }
}
