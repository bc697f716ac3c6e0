import Runs
import Statistics

/// The table at the head of the reproduction: each cell, the paper's numbers and ours.
struct OverviewTable {
  /// What stands around the table in a page.
  static let markers = (begin: "<!-- results -->", end: "<!-- end of results -->")

  let tables: [PaperTable]
  let folder: SummaryFolder

  /// A page with the table anew between its marks; nil if it has none.
  func inserted(in page: String) throws(StoredRun.ReadError) -> String? {
    guard let begin = page.range(of: Self.markers.begin),
      let end = page.range(of: Self.markers.end, range: begin.upperBound..<page.endIndex)
    else { return nil }
    return page[..<begin.upperBound] + "\n\n" + (try text()) + "\n" + page[end.lowerBound...]
  }

  /// The table in Markdown.
  func text() throws(StoredRun.ReadError) -> String {
    var text = "| cell | paper: SG-MRL | paper: MAML | debiased line | return | MAML | seeds |\n"
    text += "|---|---|---|---|---|---|---|\n"
    for table in tables {
      for cell in table.cells {
        guard let row = try row(cell, table) else { continue }
        text += "| " + row.joined(separator: " | ") + " |\n"
      }
    }
    return text
  }

  /// The first line with the debiasing term that was run beside MAML's, over the seeds of both.
  private func row(_ cell: PaperTable.Cell, _ table: PaperTable) throws(StoredRun.ReadError)
    -> [String]?
  {
    guard let reference = table.lines.first(where: { $0.name == "maml" }) else { return nil }
    let maml = try folder.results(cell, reference, epochs: cell.epochs)
    for line in table.lines where line.isSGMRL || line.name == "lvc-past" {
      let results = try folder.results(cell, line, epochs: cell.epochs)
      let seeds = Set(results.seeds).intersection(maml.seeds)
      if seeds.isEmpty { continue }
      func returns(_ results: SummaryFolder.LineResults) -> String {
        let diverged = results.diverged.filter { seeds.contains($0.seed) }.count
        let values = results.summaries.filter { seeds.contains($0.seed) }
          .map { $0.heldOut.rows[cell.innerSteps].undiscountedReturn }
        let note = diverged == 0 ? "" : "\(diverged) diverge"
        if values.isEmpty { return note }
        return Numbers.text(Estimate(values)) + (note.isEmpty ? "" : ", \(note)")
      }
      func published(_ name: String) -> String {
        cell.published[name].map { "\($0.value) ± \($0.spread)" } ?? ""
      }
      return [
        cell.name, published("sg-mrl"), published("maml"), line.title, returns(results),
        returns(maml), "\(seeds.count)",
      ]
    }
    return nil
  }
}
