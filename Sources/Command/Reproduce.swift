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

      Runs are trained in --runs; each ends with a summary in --output, and what has a summary is \
      not run again. That training diverges is a result, too, and has a summary of its own. The page of \
      the table is written anew after every run.
      """)

  /// What there is to reproduce.
  enum Target: String, CaseIterable, ExpressibleByArgument {
    case table1 = "table-1"
    case table2 = "table-2"
    case figure1 = "figure-1"
  }

  @Argument(help: "table-1, table-2 or figure-1.")
  var target: Target

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

  @Option(help: "How many runs go on side by side.")
  var parallel = 1

  @Option(help: "The epochs of each line whose times are compared in turns; 0 leaves it out.")
  var timing = 0

  @Option(help: "The folder of the runs.", completion: .directory)
  var runs = "runs/reproduction"

  @Option(
    help: "The folder of the tables and summaries (default: the repository's).",
    completion: .directory)
  var output = Self.repositoryFolder

  @Flag(help: "Write the pages from the summaries that there are; train nothing.")
  var pagesOnly = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    try requirePath(output, "output")
    try requirePath(runs, "runs")
    for (name, value, least) in [("seeds", seeds, 0), ("parallel", parallel, 1)]
    where !(least...1000).contains(value) {
      throw ValidationError("--\(name) must be from \(least) to 1000.")
    }
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
    if target == .figure1 && (pagesOnly || cells != nil || seeds != 1 || timing != 0) {
      throw ValidationError("figure-1 takes --rows, --seed, --epochs, --runs and --output only.")
    }
    if let epochs, epochs < 1 { throw ValidationError("--epochs must be at least 1.") }
    if !(0...10_000).contains(timing) { throw ValidationError("--timing must be from 0 to 10000.") }
  }

  private static let repositoryFolder = "Docs/Reproduction"

  private var folder: URL { URL(fileURLWithPath: output) }
  private var summaries: SummaryFolder {
    SummaryFolder(folder.appendingPathComponent("summaries"))
  }

  func run() async throws {
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
    case .figure1: try await drawFigure()
    }
  }

  /// A run of what `--json` prints.
  private enum Entry: Encodable {
    case finished(RunSummary)
    case diverged(DivergedRun)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .finished(let summary): try summary.encode(to: encoder)
      case .diverged(let run): try run.encode(to: encoder)
      }
    }
  }

  /// A run of a table.
  private struct Job {
    let cell: PaperTable.Cell
    let line: PaperTable.Line
    let plan: RunPlan
  }

  private func reproduce(_ table: PaperTable) async throws {
    let chosenCells = try chosen(cells, table.cells, separator: ";", "cells", \.name)
    let chosenLines = try chosen(rows, table.lines, separator: ",", "rows", \.name)
    let stop = Signals.takeOver()
    if !pagesOnly {
      for cell in chosenCells where try summaries.untrained(cell) == nil {
        let report = try await RunSummary.untrained(
          cell.configuration(chosenLines[0], seed: 1), threads: threading.threads)
        try write { try summaries.write(untrained: report, cell) }
      }
      let jobs = chosenCells.flatMap { cell in
        // seed by seed, so that every line has as many as the others at any time
        (seed..<seed + seeds).flatMap { seed in
          chosenLines.map { line in job(cell, line, seed: seed) }
        }
      }
      let failures = try await train(jobs, table, stop)
      if stop.signal != nil { throw ExitCode(Signals.exitCodeOfStop) }
      if timing > 0 { for cell in chosenCells { try await measure(cell, chosenLines) } }
      try writePage(table)
      if !failures.isEmpty {
        for failure in failures { Console.error(failure) }
        throw ExitCode(1)
      }
    }
    try writePage(table)
    try show(table, chosenCells, chosenLines)
  }

  private func job(_ cell: PaperTable.Cell, _ line: PaperTable.Line, seed: Int) -> Job {
    let configuration = cell.configuration(line, seed: seed, epochs: epochs)
    let name = "\(cell.name)/\(line.name)/seed-\(seed)"
    return Job(
      cell: cell, line: line,
      plan: RunPlan(
        name: name, configuration: configuration,
        url: URL(fileURLWithPath: runs).appendingPathComponent(name)))
  }

  /// Trains and summarises what has no summary yet; says what failed.
  private func train(
    _ jobs: [Job], _ table: PaperTable, _ stop: StopRequest
  ) async throws -> [String] {
    var seeds: [String: [Int]] = [:]
    let missing = try jobs.filter { job in
      let configuration = job.plan.configuration
      let key = "\(job.cell.name)/\(job.line.name)"
      let ended =
        try seeds[key]
        ?? summaries.results(job.cell, job.line, epochs: configuration.training.epochs).seeds
      seeds[key] = ended
      return !ended.contains(configuration.seed)
    }
    if !json {
      Console.note(
        "\(table.name): \(jobs.count - missing.count) of \(jobs.count) runs have a summary; \(missing.count) to run, \(parallel) side by side."
      )
    }
    let progress = QueueProgress(missing.map(\.plan), isSilent: json)
    let threads = max(1, threading.threads / parallel)
    let failures = await inOrder(
      missing.count, threads: parallel, makeState: { _ in () }
    ) { _, index -> [String] in
      if stop.signal != nil { return [] }
      var failures: [String] = []
      let job = missing[index]
      let queue = RunQueue([job.plan], parallel: 1, threads: threads)
      let results = await queue.ensureFinished(stop: stop) { progress.show(index, $1) }
      switch results[0].outcome {
      case .finished:
        do { try await summarise(job, table, threads: threads) } catch {
          failures.append("\(job.plan.name): \(error)")
        }
      case .failed(let reason, let epoch?):
        let run = DivergedRun(
          job.plan.configuration, cell: job.cell, line: job.line, epoch: epoch,
          reason: reason)
        do {
          try write { try summaries.write(run, job.cell, job.line) }
          try writePage(table)
        } catch { failures.append("\(job.plan.name): \(error)") }
      case .failed(let reason, nil): failures.append("\(job.plan.name): \(reason)")
      case .stopped: break
      }
      return failures
    }
    progress.finish()
    return failures.joined().sorted()
  }

  private func summarise(_ job: Job, _ table: PaperTable, threads: Int) async throws {
    let summary = try await RunSummary(
      StoredRun(reading: job.plan.url), cell: job.cell, line: job.line, threads: threads)
    try write { try summaries.write(summary, job.cell, job.line) }
    try writePage(table)
  }

  /// Times the lines of a cell in turns.
  private func measure(_ cell: PaperTable.Cell, _ lines: [PaperTable.Line]) async throws {
    let trainers = try lines.map {
      try Experiment(cell.configuration($0, seed: seed)).makeTrainer(threads: threading.threads)
    }
    var starts: [TrainerState] = []
    for trainer in trainers { starts.append(await trainer.state) }
    var seconds = lines.map { _ in [Double]() }
    for round in 0...timing {
      for (index, trainer) in trainers.enumerated() {
        let time = try await secondsOfEpoch(trainer, from: starts[index])
        // the first epoch makes the memory
        if round > 0 { seconds[index].append(time) }
      }
    }
    let medians = seconds.map { $0.sorted()[$0.count / 2] }
    let measured = SummaryFolder.Timing(
      epochs: timing, threads: threading.threads,
      secondsPerEpoch: Array(zip(lines, medians)), cell: cell)
    try write { try summaries.write(measured, cell) }
  }

  /// The time of the next epoch; training that diverges is begun anew.
  private func secondsOfEpoch(
    _ trainer: Trainer, from start: TrainerState
  ) async throws -> Double {
    do { return try await trainer.runEpoch().seconds } catch let error as TrainingError
      where error.divergedInEpoch ?? 0 > 0
    {
      try await trainer.restore(start)
      return try await trainer.runEpoch().seconds
    }
  }

  private func drawFigure() async throws {
    let cell = PaperTable.table1.cells[0]
    let stop = Signals.takeOver()
    let lines = try chosen(
      rows,
      PaperTable.table1.lines.filter { ["sg-mrl-control-variate", "maml"].contains($0.name) },
      separator: ",", "rows", \.name)
    for line in lines {
      let job = job(cell, line, seed: seed)
      let results = await RunQueue([job.plan], parallel: 1, threads: threading.threads)
        .ensureFinished(stop: stop)
      if case .failed(let reason, _) = results[0].outcome {
        throw Failure(code: 1, message: reason)
      }
      if stop.signal != nil { throw ExitCode(Signals.exitCodeOfStop) }
      var configuration = job.plan.configuration
      configuration.seed = RunSummary.heldOutSeed
      configuration.test.steps = cell.innerSteps
      let experiment = try Experiment(configuration)
      let parameters = try SafeTensors.read(
        RunDirectory(existing: job.plan.url).parametersURL, experiment.policy.layout)
      let test = try await experiment.metaTest(
        parameters, threads: threading.threads, keepsTrajectories: true)
      guard let figure = TrajectoryFigure(test, title: "\(line.title), held-out tasks") else {
        throw Failure(code: 70, message: "The trajectories of \(job.plan.name) cannot be drawn.")
      }
      let file = folder.appendingPathComponent("figure-1-\(line.name).svg")
      try write {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(figure.svg.utf8).write(to: file, options: .atomic)
      }
      if !json { print(file.relativePath) }
    }
    if json { Console.printJSON(try JSON.encode(["rows": lines.map(\.name)])) }
  }

  private func writePage(_ table: PaperTable) throws {
    let page = try ReproductionPage(table, summaries).markdown()
    try write {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(page.utf8).write(
        to: folder.appendingPathComponent("\(table.name).md"), options: .atomic)
    }
  }

  private func show(
    _ table: PaperTable, _ cells: [PaperTable.Cell], _ lines: [PaperTable.Line]
  ) throws {
    if json {
      var all: [Entry] = []
      for cell in cells {
        for line in lines {
          let results = try summaries.results(cell, line, epochs: epochs)
          all += results.summaries.map(Entry.finished) + results.diverged.map(Entry.diverged)
        }
      }
      Console.printJSON(try JSON.encode(all))
    } else {
      print(try ReproductionPage(table, summaries).markdown())
    }
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

  private func write(_ body: () throws -> Void) throws {
    try Failure.naming(output, body)
  }
}
