import ArgumentParser
import Files
import Foundation
import MetaTape
import Scheduling

/// Trains what the paper's tables and figure need, and puts the results beside the published ones.
struct Reproduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Regenerate the paper's tables and its figure, beside the published numbers.",
    discussion: """
      Example: metatape reproduce table-1 --seeds 10 --cells navigation-2d.published-code
      or: metatape reproduce gradient-bias --trajectories 8,32,128 --repeats 40

      or: metatape reproduce --pages

      Runs are trained in --runs; each ends with a summary in --output, and what has a summary is \
      not run again. That training diverges is a result, too, and has a summary of its own. The pages are \
      written anew after every run. What is stopped goes on where it was.

      comparison makes the runs of the planned comparisons of debiased learners with MAML, in all cells with recommended \
      settings. debiasing is the study of where the term that MAML leaves out matters. tasks are those of other \
      papers, with presets that learn.

      gradient-bias is the tabular experiment of Liu et al. (2022) on the bias of meta-gradients, with corrected \
      statistics. It trains nothing and writes no file.
      """)

  /// What there is to reproduce.
  enum Target: String, CaseIterable, ExpressibleByArgument {
    case table1 = "table-1"
    case table2 = "table-2"
    case tasks
    case comparison
    case debiasing
    case figure1 = "figure-1"
    case gradientBias = "gradient-bias"
  }

  @Argument(
    help:
      "table-1, table-2, tasks, comparison, debiasing, figure-1 or gradient-bias; with --pages, none for all pages."
  )
  var target: Target?

  @Option(help: "How many seeds of each line; 0 trains none, for a --timing alone.")
  var seeds = 1

  @Option(help: "The first seed.")
  var seed = 1

  @Option(help: "The meta-epochs of each run (default: the preset's).")
  var epochs: Int?

  @Option(help: "The lines of the table, with commas (default: all).", completion: .rows)
  var rows: String?

  @Option(help: "The cells of the table, with semicolons (default: all).", completion: .cells)
  var cells: String?

  @Option(
    help:
      "How many runs go on side by side (default: one for each thread, as long as there are as many)."
  )
  var parallel: Int?

  @Option(help: "The epochs of each line whose times are compared in turns; 0 leaves it out.")
  var timing = 0

  @Option(help: "The folder of the runs.", completion: .directory)
  var runs = "runs/reproduction"

  @Option(
    help: "The folder of the tables and summaries (default: the repository's).",
    completion: .directory)
  var output = Self.repositoryFolder

  @Flag(help: "Write the pages from the summaries that there are; train nothing.")
  var pages = false

  @OptionGroup var gradientBias: GradientBiasOptions
  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    try requirePath(output, "output")
    try requirePath(runs, "runs")
    for (name, value, least) in [("seeds", seeds, 0), ("parallel", parallel ?? 1, 1)]
    where !(least...1000).contains(value) {
      throw ValidationError("--\(name) must be from \(least) to 1000.")
    }
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
    if target == .figure1 && (pages || cells != nil || seeds != 1 || timing != 0) {
      throw ValidationError("figure-1 takes --rows, --seed, --epochs, --runs and --output only.")
    }
    if target == nil && !pages {
      let names = Target.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("Say what to reproduce: \(names); or --pages for all pages.")
    }
    if target != .gradientBias && !gradientBias.isDefault {
      throw ValidationError(
        "\(target?.rawValue ?? "--pages") takes none of the options of gradient-bias.")
    }
    if target == .comparison || target == .debiasing || target == nil,
      cells != nil || rows != nil || epochs != nil || seeds != 1 || seed != 1 || timing != 0
    {
      throw ValidationError(
        "\(target?.rawValue ?? "--pages") takes --runs, --output, --parallel and --threads only: what it runs is planned."
      )
    }
    if target == .gradientBias && hasRunOptions {
      throw ValidationError(
        "gradient-bias takes --seed, --threads, --json and the options that name it only.")
    }
    if let epochs, epochs < 1 { throw ValidationError("--epochs must be at least 1.") }
    if !(0...10_000).contains(timing) { throw ValidationError("--timing must be from 0 to 10000.") }
  }

  /// Whether an option about runs is given.
  private var hasRunOptions: Bool {
    pages || cells != nil || rows != nil || epochs != nil || seeds != 1 || timing != 0
      || parallel != nil || runs != "runs/reproduction" || output != Self.repositoryFolder
  }

  private static let repositoryFolder = "Docs/Reproduction"

  func reproduction(
    _ tables: [PaperTable], plan: ComparisonPlan? = nil
  ) -> TableReproduction {
    TableReproduction(
      tables, plan: plan, folder: URL(fileURLWithPath: output), runs: URL(fileURLWithPath: runs),
      epochs: epochs, threads: threading.threads)
  }

  func run() async throws {
    if target == .gradientBias {
      try await gradientBias.run(seed: seed, threads: threading.threads, json: json)
      return
    }
    // somewhere else nobody expects such a folder
    if output == Self.repositoryFolder, !FileManager.default.fileExists(atPath: output) {
      throw Failure(
        code: 64,
        message:
          "There is no folder \(output) here: give --output FOLDER, or start this in the repository of MetaTape."
      )
    }
    switch target {
    case .table1: try await reproduce(.table1)
    case .table2: try await reproduce(.table2)
    case .tasks: try await reproduce(.tasks)
    case .comparison: try await compare()
    case .debiasing: try await studyDebiasing()
    case .figure1: try await drawFigure()
    case .gradientBias: break
    case nil:
      try DebiasingStudy(folder: URL(fileURLWithPath: output), threads: threading.threads)
        .writePage()
      try show(reproduction(PaperTable.all, plan: .standard))
    }
  }

  private func reproduce(_ table: PaperTable) async throws {
    let reproduction = reproduction([table])
    let cells = try chosen(cells, table.cells, separator: ";", "cells", \.name)
    let lines = try chosen(rows, table.lines, separator: ",", "rows", \.name)
    if !pages {
      try await train(
        reproduction.jobs(cells, lines, seeds: seed..<seed + seeds), cells, reproduction,
        table.name
      ) {
        if timing == 0 { return }
        for cell in cells {
          try await reproduction.measure(cell, lines, seed: seed, epochs: timing)
        }
      }
    }
    try show(reproduction, cells, lines)
  }

  /// Trains what is missing of some jobs.
  func train(
    _ jobs: [TableReproduction.Job], _ cells: [PaperTable.Cell],
    _ reproduction: TableReproduction, _ name: String, timing: () async throws -> Void = {}
  ) async throws {
    let stop = Signals.takeOver()
    try await reproduction.testUntrained(cells)
    let missing = try reproduction.missing(jobs)
    let parallel = parallel ?? max(1, min(threading.threads, missing.count))
    if !json {
      let rest =
        missing.isEmpty ? "nothing to do" : "\(missing.count) to run, \(parallel) side by side"
      Console.note(
        "\(name): \(jobs.count - missing.count) of \(jobs.count) runs have a summary; \(rest).")
    }
    let progress = QueueProgress(missing.map(\.plan), isSilent: json)
    let failures = await reproduction.train(missing, parallel: parallel, stop: stop) {
      progress.show($0, $1)
    }
    progress.finish()
    if stop.signal != nil { throw ExitCode(Signals.exitCodeOfStop) }
    try await timing()
    if !failures.isEmpty {
      try reproduction.writePages()
      for failure in failures { Console.error(failure) }
      throw ExitCode(1)
    }
  }

  /// Writes the pages and prints them, or some results as JSON; all results of the tables if none are named.
  func show(
    _ reproduction: TableReproduction, _ cells: [PaperTable.Cell]? = nil,
    _ lines: [PaperTable.Line]? = nil
  ) throws {
    let written = try reproduction.writePages()
    if json {
      var results: [RunRecord] = []
      for table in reproduction.tables {
        results += try reproduction.summaries.results(
          cells ?? table.cells, lines ?? table.lines, epochs: epochs)
      }
      Console.printJSON(try JSON.encode(results))
    } else {
      for page in written { print(page.text) }
    }
  }

  private func drawFigure() async throws {
    let reproduction = reproduction([.table1])
    let stop = Signals.takeOver()
    let lines = try chosen(
      rows,
      PaperTable.table1.lines.filter { ["sg-mrl-control-variate", "maml"].contains($0.name) },
      separator: ",", "rows", \.name)
    for line in lines {
      let job = reproduction.job(PaperTable.table1.cells[0], line, seed: seed)
      guard let file = try await reproduction.drawFigure(job, stop: stop) else {
        throw ExitCode(Signals.exitCodeOfStop)
      }
      if !json { print(file.relativePath) }
    }
    if json { Console.printJSON(try JSON.encode(["rows": lines.map(\.name)])) }
  }

  /// The elements with the names of an option, or all.
  private func chosen<Element>(
    _ list: String?, _ all: [Element], separator: Character, _ option: String,
    _ name: (Element) -> String
  ) throws -> [Element] {
    guard let list else { return all }
    let names = list.split(separator: separator).map(String.init)
    guard !names.isEmpty, Set(names).count == names.count else {
      throw Failure(code: 64, message: "--\(option) '\(list)' names nothing, or something twice.")
    }
    return try names.map { wanted in
      guard let element = all.first(where: { name($0) == wanted }) else {
        throw Failure(
          code: 64,
          message:
            "--\(option): there is no '\(wanted)'; there are \(all.map(name).joined(separator: ", "))."
        )
      }
      return element
    }
  }
}
