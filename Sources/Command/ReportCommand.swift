import ArgumentParser
import Foundation
import MetaTape

/// Writes a page about runs.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one HTML page about runs: curves, comparisons, trajectories, animations.",
    discussion: """
      Example: metatape report runs/navigation-2d.paper/seed-* --output report.html

      Prints what came of the runs, and writes a page with all of it. Runs that differ in their seed only are \
      taken together. The page needs no network and no other \
      file. A run in progress is shown as far as it has come, and moves as its newest checkpoint does.
      """)

  @Argument(help: "Folders of runs, or folders that hold such.", completion: .directory)
  var runs: [String]

  @Option(help: "The file to write.", completion: .file(extensions: ["html"]))
  var output = "report.html"

  @Option(
    help: "The study.json of 'metatape study --output'; may be repeated.",
    completion: .file(extensions: ["json"]))
  var study: [String] = []

  @Option(
    help: "A folder for pictures: the returns of all groups along training, as NAME.svg.")
  var pictures: String?

  @Option(help: "The title of the page.")
  var title = "MetaTape report"

  @Option(help: "The seed of the tasks that are simulated again (default: each run's).")
  var seed: Int?

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if runs.contains("") { throw ValidationError("The folder of a run is empty: give a path.") }
    try requirePath(output, "output")
    for path in study { try requirePath(path, "study") }
    if let seed, seed < 0 { throw ValidationError("--seed must be at least 0.") }
  }

  func run() async throws {
    let stored = try runs.flatMap(folders).map {
      try StoredRun(reading: $0, catalog: MetaTapeCommand.catalog)
    }
    let collection = try RunCollection(stored)
    var report = HTMLReport(title: title)
    report.sections += try study.enumerated().map { index, path in
      try StudySection(reading: URL(fileURLWithPath: path), number: index + 1)
    }
    let context = ReportContext(collection, seed: seed, threads: threading.threads)
    let results = try await ReportResults(context)
    let page = try await report.page(context)
    try writeFile(Data(page.document.utf8), to: output)
    let files = try pictures.map { try draw(collection, into: $0) } ?? []
    let unfinished = stored.count { $0.test == nil }
    let summary = PageSummary(
      output: output, bytes: page.document.utf8.count, runs: stored.count,
      unfinishedRuns: unfinished, groups: collection.groups.count, sections: page.sections,
      pictures: files,
      results: results.experiments.map(PageSummary.Experiment.init))
    if json {
      Console.printJSON(try summary.json())
      return
    }
    for experiment in results.experiments { print(experiment.text) }
    let note = unfinished == 0 ? "" : ", \(unfinished) of them in progress"
    print(
      "\(output): \(stored.count) run\(stored.count == 1 ? "" : "s")\(note), \(summary.bytes / 1000) kB"
    )
    for file in files { print(file) }
  }

  /// Writes the pictures and returns their paths.
  private func draw(_ runs: RunCollection, into folder: String) throws -> [String] {
    let url = URL(fileURLWithPath: folder)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        code: 74,
        message: "\(folder) cannot be made (\(error.localizedDescription)). Check path and space.")
    }
    return try runs.learningPlots.map { name, plot in
      let path = "\(folder)/\(name).svg"
      try writeFile(Data(plot.svg.utf8), to: path)
      return path
    }
  }

  /// The folder itself if it is a run's, else those of the runs below it.
  private func folders(_ path: String) throws -> [URL] {
    let url = URL(fileURLWithPath: path)
    func isRun(_ folder: URL) -> Bool {
      let file = RunDirectory(existing: folder).configurationURL
      return FileManager.default.fileExists(atPath: file.path)
    }
    if isRun(url) { return [url] }
    let below = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
    let found = (below?.compactMap { $0 as? URL } ?? []).filter(isRun)
    guard !found.isEmpty else {
      throw Failure(
        code: 65,
        message: "\(path) is not the folder of a run and holds none: no configuration.yaml there.")
    }
    return found.sorted { $0.path < $1.path }
  }
}
