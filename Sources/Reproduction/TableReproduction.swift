import Files
import Foundation
import Reports
import Requirements
import Scheduling

/// The runs of tables: trained, tested on held-out tasks, summarised, and put on pages.
///
/// What has a summary is not run again. A run that diverges is a result too and has a record of its own. The
/// pages are written anew after every run.
public struct TableReproduction: Sendable {
  /// One run of a table.
  public struct Job: Sendable {
    /// The cell of the table.
    public let cell: PaperTable.Cell
    /// The line of the table.
    public let line: PaperTable.Line
    /// The run.
    public let plan: RunPlan
  }

  /// The tables whose pages are written.
  public let tables: [PaperTable]
  /// The comparisons whose page is written, too.
  public let plan: ComparisonPlan?
  /// The summaries of all runs.
  public let summaries: SummaryFolder
  /// The folder of the pages and the figures.
  public let folder: URL
  private let runs: URL
  private let epochs: Int?
  private let threads: Int

  /// Creates a reproduction.
  ///
  /// - Parameters:
  ///   - tables: the tables.
  ///   - plan: comparisons that have a page of their own.
  ///   - folder: gets the pages and, in `summaries`, the summaries.
  ///   - runs: gets a folder for each run.
  ///   - epochs: the meta-epochs of each run; the preset's if nil.
  ///   - threads: how many tasks run side by side, over all runs; does not change results.
  public init(
    _ tables: [PaperTable], plan: ComparisonPlan? = nil, folder: URL, runs: URL,
    epochs: Int? = nil, threads: Int
  ) {
    (self.tables, self.plan, self.folder, self.runs) = (tables, plan, folder, runs)
    (self.epochs, self.threads) = (epochs, threads)
    summaries = SummaryFolder(folder.appendingPathComponent("summaries"))
  }

  /// The runs of some cells and lines, seed by seed, so that every line has as many as the others at any time.
  public func jobs(
    _ cells: [PaperTable.Cell], _ lines: [PaperTable.Line], seeds: Range<Int>
  ) -> [Job] {
    cells.flatMap { cell in
      seeds.flatMap { seed in lines.map { job(cell, $0, seed: seed) } }
    }
  }

  /// The runs of the comparisons, pair by pair.
  public func jobs(_ comparisons: [Comparison]) -> [Job] {
    comparisons.flatMap { jobs([$0.cell], $0.lines, seeds: $0.seeds) }
  }

  /// The run of a cell, a line and a seed.
  public func job(_ cell: PaperTable.Cell, _ line: PaperTable.Line, seed: Int) -> Job {
    let name = "\(cell.name)/\(line.name)/seed-\(seed)"
    return Job(
      cell: cell, line: line,
      plan: RunPlan(
        name: name, configuration: cell.configuration(line, seed: seed, epochs: epochs),
        url: runs.appendingPathComponent(name)))
  }

  /// The jobs that have no summary yet.
  ///
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read.
  public func missing(_ jobs: [Job]) throws(StoredRun.ReadError) -> [Job] {
    var seeds: [String: [Int]] = [:]
    var result: [Job] = []
    for job in jobs {
      let configuration = job.plan.configuration
      let key = "\(job.cell.name)/\(job.line.name)"
      let ended: [Int]
      if let known = seeds[key] {
        ended = known
      } else {
        ended = try summaries.results(
          job.cell, job.line, epochs: configuration.training.epochs
        ).seeds
      }
      seeds[key] = ended
      if !ended.contains(configuration.seed) { result.append(job) }
    }
    return result
  }

  /// Tests the untrained policies of cells that have no such test yet.
  ///
  /// - Throws: What the test throws, or `RunDirectory.DirectoryError` if the result cannot be written.
  public func testUntrained(_ cells: [PaperTable.Cell]) async throws {
    for cell in cells where try summaries.untrained(cell) == nil {
      let report = try await RunSummary.untrained(
        SummaryFolder.untrainedConfiguration(cell), threads: threads)
      try summaries.write(untrained: report, cell)
    }
  }

  /// Trains and summarises jobs.
  ///
  /// - Parameters:
  ///   - jobs: the jobs.
  ///   - parallel: how many run side by side.
  ///   - stop: ends all runs after their current epoch.
  ///   - report: is called with the number of a job and what happens to it, from several threads.
  /// - Returns: What failed, in words, sorted.
  public func train(
    _ jobs: [Job], parallel: Int, stop: StopRequest,
    report: @escaping @Sendable (Int, RunQueue.Event) -> Void
  ) async -> [String] {
    let threads = max(1, threads / parallel)
    let failures = await inOrder(jobs.count, threads: parallel, makeState: { _ in () }) {
      _, index -> [String] in
      if stop.signal != nil { return [] }
      let job = jobs[index]
      let queue = RunQueue([job.plan], parallel: 1, threads: threads)
      let results = await queue.ensureFinished(stop: stop) { report(index, $1) }
      do {
        switch results[0].outcome {
        case .finished:
          let summary = try await RunSummary(
            StoredRun(reading: job.plan.url), cell: job.cell, line: job.line, threads: threads)
          try summaries.write(summary, job.cell, job.line)
          try writePages()
        case .failed(let reason, let epoch?):
          let run = DivergedRun(
            job.plan.configuration, cell: job.cell, line: job.line, epoch: epoch, reason: reason)
          try summaries.write(run, job.cell, job.line)
          try writePages()
        case .failed(let reason, nil): return ["\(job.plan.name): \(reason)"]
        case .stopped: break
        }
        return []
      } catch { return ["\(job.plan.name): \(error)"] }
    }
    return failures.joined().sorted()
  }

  /// Times the lines of a cell in turns and writes the medians.
  ///
  /// - Parameters:
  ///   - cell: the cell.
  ///   - lines: the lines.
  ///   - seed: of the runs.
  ///   - epochs: how many epochs of each line count; one more comes first.
  /// - Throws: What training throws, or `RunDirectory.DirectoryError` if the times cannot be written.
  public func measure(
    _ cell: PaperTable.Cell, _ lines: [PaperTable.Line], seed: Int, epochs: Int
  ) async throws {
    let trainers = try lines.map {
      try Experiment(cell.configuration($0, seed: seed)).makeTrainer(threads: threads)
    }
    var starts: [TrainerState] = []
    for trainer in trainers { starts.append(await trainer.state) }
    var seconds = lines.map { _ in [Double]() }
    for round in 0...epochs {
      for (index, trainer) in trainers.enumerated() {
        let time = try await secondsOfEpoch(trainer, from: starts[index])
        // the first epoch makes the memory
        if round > 0 { seconds[index].append(time) }
      }
    }
    let medians = seconds.map { $0.sorted()[$0.count / 2] }
    let measured = SummaryFolder.Timing(
      epochs: epochs, threads: threads, secondsPerEpoch: Array(zip(lines, medians)), cell: cell)
    try summaries.write(measured, cell)
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

  /// The pages by the names of their files, from the summaries that there are.
  ///
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read.
  public func pages() throws(StoredRun.ReadError) -> [(file: String, text: String)] {
    var result: [(file: String, text: String)] = []
    for table in tables {
      result.append(("\(table.name).md", try ReproductionPage(table, summaries).markdown()))
    }
    if let plan {
      result.append(("comparison.md", try ComparisonPage(plan, summaries).markdown()))
    }
    return result
  }

  /// Writes the pages, and the curves of cells without published numbers.
  ///
  /// - Returns: The pages by the names of their files.
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read, `RunDirectory.DirectoryError` if a page cannot be
  ///   written.
  @discardableResult public func writePages() throws -> [(file: String, text: String)] {
    let pages = try pages()
    for (file, text) in pages { try output.write(text, to: file) }
    // the overview has words of its own around the table
    let overview = folder.appendingPathComponent("README.md")
    if let page = try? String(contentsOf: overview, encoding: .utf8),
      let new = try OverviewTable(tables: [.table1, .table2], folder: summaries).inserted(in: page),
      new != page
    {
      try output.write(new, to: "README.md")
    }
    for table in tables {
      for cell in table.cells where cell.published.isEmpty {
        guard let plot = try ReproductionPage(table, summaries).curves(cell) else { continue }
        try output.write(plot.svg, to: ReproductionPage.curvesFile(cell))
      }
    }
    return pages
  }

  /// Trains a job if that is needed, and draws its trajectories on held-out tasks, as in the paper's figure 1.
  ///
  /// - Returns: The picture's file; nil if training was stopped.
  /// - Throws: What training throws, or `RunDirectory.DirectoryError` if the picture cannot be written.
  public func drawFigure(_ job: Job, stop: StopRequest) async throws -> URL? {
    let results = await RunQueue([job.plan], parallel: 1, threads: threads)
      .ensureFinished(stop: stop)
    if case .failed(let reason, let epoch) = results[0].outcome {
      throw TrainingError(description: reason, divergedInEpoch: epoch)
    }
    if stop.signal != nil { return nil }
    var configuration = job.plan.configuration
    configuration.seed = RunSummary.heldOutSeed
    configuration.test.steps = job.cell.innerSteps
    let experiment = try Experiment(configuration)
    let parameters = try SafeTensors.read(
      RunDirectory(existing: job.plan.url).parametersURL, experiment.policy.layout)
    let test = try await experiment.metaTest(
      parameters, threads: threads, keepsTrajectories: true)
    guard let figure = TrajectoryFigure(test, title: "\(job.line.title), held-out tasks") else {
      requirementFailure("The trajectories of \(job.plan.name) cannot be drawn.")
    }
    let name = "figure-1-\(job.line.name).svg"
    try output.write(figure.svg, to: name)
    return folder.appendingPathComponent(name)
  }

  private var output: OutputFolder { OutputFolder(url: folder) }
}
