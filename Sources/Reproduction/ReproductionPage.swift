import Reports
import Runs

/// A page with a table of the paper beside what was found.
public struct ReproductionPage: Sendable {
  private let table: PaperTable
  private let folder: SummaryFolder

  /// Creates the page of a table.
  public init(_ table: PaperTable, _ folder: SummaryFolder) {
    (self.table, self.folder) = (table, folder)
  }

  /// The page in Markdown.
  ///
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read.
  public func markdown() throws(StoredRun.ReadError) -> String {
    var text = """
      # \(table.title)

      `metatape reproduce \(table.name)` writes this page. Every run is tested on the same \
      held-out tasks (seed \(RunSummary.heldOutSeed)), which no run trains on. "±" is half the \
      width of the 95 % interval over seeds. \(hasPaper ? Self.paperColumns : Self.columns) "minus \
      MAML" is the mean difference to MAML, paired by seed.

      """
    var missing: [String] = []
    for cell in table.cells {
      var lines: [SummaryFolder.LineResults] = []
      for line in table.lines {
        let results = try folder.results(cell, line, epochs: cell.epochs)
        if !results.isEmpty { lines.append(results) }
      }
      let timing = try folder.timing(cell)
      if lines.isEmpty {
        missing.append(try Self.missing(cell, timing, table))
        continue
      }
      text += try section(cell, lines, timing)
    }
    if !missing.isEmpty {
      text += "\n## Not yet run at full length\n\n" + missing.joined(separator: "\n") + "\n"
    }
    return text
  }

  /// Whether there are published numbers to compare with.
  private var hasPaper: Bool { table.cells.contains { !$0.published.isEmpty } }

  private static let paperStandingStill =
    "; with the paper's squared distance it scores -100/6 = -16.67 on average, about what was published"
  private static let paperColumns =
    "\"paper\" is the published number, the best of many validations on training tasks; \"best epoch\", the greatest mean over the training tasks of an epoch, is the closest equivalent here. \"next\" is the mean of the epoch after that one, on tasks and episodes that did not choose it."
  private static let columns =
    "\"best epoch\" is the greatest mean over the training tasks of an epoch, \"next\" the mean of the epoch after it, on tasks and episodes that did not choose it."

  /// The curves of training of a cell, one for each line with a band over seeds; nil if there are none.
  ///
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read.
  public func curves(_ cell: PaperTable.Cell) throws(StoredRun.ReadError) -> LinePlot? {
    var series: [LinePlot.Series] = []
    for line in table.lines {
      let summaries = try folder.results(cell, line, epochs: cell.epochs).summaries
      guard let first = summaries.first else { continue }
      let points = first.curve.indices.compactMap { index -> LinePlot.Point? in
        guard summaries.allSatisfy({ $0.curve.count > index }) else { return nil }
        let estimate = Estimate(summaries.map { $0.curve[index].returnAfter })
        return LinePlot.Point(
          Double(first.curve[index].epoch), estimate.mean, interval: estimate.interval95)
      }
      series.append(
        LinePlot.Series("\(line.title), \(Self.seeds(summaries.count))", points: points))
    }
    if series.isEmpty { return nil }
    return LinePlot(
      title: "\(cell.name): return after adaptation along training", x: LinePlot.Axis("meta-epoch"),
      y: LinePlot.Axis("return"), series: series)
  }

  private static func seeds(_ count: Int) -> String { count == 1 ? "1 seed" : "\(count) seeds" }

  /// The gain of each run over the untrained policy, which does not adapt, on the same tasks.
  ///
  /// The interval takes the tasks of both tests as independent, so it is too wide rather than too narrow.
  private static func gains(
    _ lines: [SummaryFolder.LineResults], _ untrained: TestReport, _ steps: Int
  ) -> String {
    var text =
      "\nGain over the untrained policy without adaptation, on the same \(untrained.tasks) tasks, with its 95 % interval:\n\n"
    text += "| | " + "after \(Self.steps(steps)), by seed |\n|---|---|\n"
    for result in lines {
      let gains = result.summaries.map { summary -> String in
        let (row, base) = (summary.heldOut.rows[steps], untrained.rows[0])
        let gain = row.undiscountedReturn - base.undiscountedReturn
        guard let own = row.undiscountedStandardError, let other = base.undiscountedStandardError
        else { return Numbers.text(gain) }
        let half = 1.96 * (own * own + other * other).squareRoot()
        return
          "\(summary.seed): \(Numbers.text(gain)) [\(Numbers.text(gain - half)), \(Numbers.text(gain + half))]"
      }
      text += "| \(result.line.title) | \(gains.joined(separator: "; ")) |\n"
    }
    return text
  }

  private func section(
    _ cell: PaperTable.Cell, _ results: [SummaryFolder.LineResults], _ timing: SummaryFolder.Timing?
  ) throws(StoredRun.ReadError) -> String {
    let lines = results.filter { !$0.summaries.isEmpty }
    let steps = cell.innerSteps
    let untrained = try folder.untrained(cell)
    let maml = lines.first { $0.line.name == "maml" }?.summaries ?? []
    let paper = hasPaper ? "paper | " : ""
    var text = "\n## \(cell.name)\n\n"
    let preset = Catalog.standard.presets.first { $0.name == cell.preset }
    text += preset.map { $0.summary + "\n\n" } ?? ""
    if !lines.isEmpty {
      text +=
        "| | \(paper)after \(Self.steps(steps)) | seeds | before | minus MAML | best epoch | next | time / MAML |\n"
      text += "|---|---|---|---|---|---|---|---|\(hasPaper ? "---|" : "")\n"
    }
    for result in lines {
      let (line, summaries, count) = (result.line, result.summaries, result.seeds.count)
      let after = Estimate(summaries.map { $0.heldOut.rows[steps].undiscountedReturn })
      let before = Estimate(summaries.map { $0.heldOut.rows[0].undiscountedReturn })
      let best = Estimate(summaries.map(\.greatestTrainingReturn))
      let next = summaries.compactMap(\.returnAfterBestEpoch)
      let published = cell.published[line.name].map { "\($0.value) ± \($0.spread)" } ?? ""
      let cells = [
        hasPaper ? "\(line.title) | \(published)" : line.title,
        Numbers.text(after),
        count == summaries.count ? "\(count)" : "\(summaries.count) of \(count)",
        Numbers.text(before),
        line.name == "maml" ? "" : Self.difference(summaries, maml, steps), Numbers.text(best),
        next.count == summaries.count ? Numbers.text(Estimate(next)) : "",
        Self.ratio(line, timing),
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    for result in results where !result.diverged.isEmpty {
      text += Self.divergence(result.line, result.diverged)
    }
    if let untrained {
      text +=
        "\nUntrained, on the same tasks: \(Numbers.text(untrained.rows[0].undiscountedReturn)) before and \(Numbers.text(untrained.rows[steps].undiscountedReturn)) after \(Self.steps(steps)).\n"
      if cell.published.isEmpty { text += Self.gains(lines, untrained, steps) }
    }
    let references = [
      ("the best policy for each task", untrained?.bestReturn),
      ("random actions", untrained?.uniformReturn),
    ].compactMap { name, value in value.map { "\(name) \(Numbers.text($0))" } }
    if !references.isEmpty {
      text += "\nExpected returns on the same tasks: \(references.joined(separator: ", ")).\n"
    }
    if let standing = lines.first?.summaries.first?.heldOut.standingStill {
      text +=
        "\n*Standing still* scores \(Numbers.text(standing)) here\(hasPaper ? Self.paperStandingStill : "").\n"
    }
    if !lines.isEmpty {
      text += "\nReturn after 0 to \(RunSummary.heldOutSteps) steps of adaptation:\n\n"
      text += "| steps |" + (0...RunSummary.heldOutSteps).map { " \($0) |" }.joined() + "\n"
      text += "|---|" + (0...RunSummary.heldOutSteps).map { _ in "---|" }.joined() + "\n"
    }
    for result in lines {
      let cells = (0...RunSummary.heldOutSteps).map { step in
        Numbers.text(Estimate(result.summaries.map { $0.heldOut.rows[step].undiscountedReturn }))
      }
      text += "| \(result.line.title) | " + cells.joined(separator: " | ") + " |\n"
    }
    if cell.published.isEmpty, !lines.isEmpty {
      text += "\n![Return along training](\(Self.curvesFile(cell)))\n"
    }
    let seeds = results.flatMap(\.seeds)
    let (first, last) = (seeds.min() ?? 1, seeds.max() ?? 1)
    let options = timing.map { " --timing \($0.epochs)" } ?? ""
    text +=
      "\n`metatape reproduce \(table.name) --cells '\(cell.name)' --rows \(results.map(\.line.name).joined(separator: ",")) --seed \(first) --seeds \(last - first + 1)\(options)`"
    if let timing {
      text +=
        "; times: medians of \(timing.epochs) epochs in turns, \(timing.threads) threads, \(timing.machine.processor)"
    }
    return text + "\n"
  }

  /// The picture of a cell's curves, beside the page.
  public static func curvesFile(_ cell: PaperTable.Cell) -> String { "curves/\(cell.name).svg" }

  private static func divergence(_ line: PaperTable.Line, _ runs: [DivergedRun]) -> String {
    let ends = runs.map { "seed \($0.seed) in epoch \($0.epoch)" }.joined(separator: ", ")
    return "\n\(line.title): the parameters diverge, \(ends). The first: \(runs[0].reason)\n"
  }

  private static func missing(
    _ cell: PaperTable.Cell, _ timing: SummaryFolder.Timing?, _ table: PaperTable
  ) throws(StoredRun.ReadError) -> String {
    let command = "`metatape reproduce \(table.name) --cells '\(cell.name)'`"
    guard let timing else { return "* \(cell.name): \(command)" }
    let times = timing.secondsPerEpoch.sorted { $0.key < $1.key }
      .map { "\($0.key) \(Numbers.text($0.value)) s" }
    return
      "* \(cell.name): \(times.joined(separator: ", ")) an epoch (median of \(timing.epochs), \(timing.threads) threads, \(timing.machine.processor)); \(command)"
  }

  private static func difference(
    _ summaries: [RunSummary], _ others: [RunSummary], _ steps: Int
  ) -> String {
    let pairs = summaries.compactMap { summary in
      others.first { $0.seed == summary.seed }.map {
        summary.heldOut.rows[steps].undiscountedReturn - $0.heldOut.rows[steps].undiscountedReturn
      }
    }
    return pairs.isEmpty ? "" : Numbers.text(Estimate(pairs))
  }

  private static func ratio(_ line: PaperTable.Line, _ timing: SummaryFolder.Timing?) -> String {
    guard let own = timing?.secondsPerEpoch[line.name], let other = timing?.secondsPerEpoch["maml"]
    else { return "" }
    return Numbers.text(own / other)
  }

  private static func steps(_ count: Int) -> String { count == 1 ? "1 step" : "\(count) steps" }
}
