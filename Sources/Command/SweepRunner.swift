import ArgumentParser
import Files
import Foundation
import MetaTape

/// Runs what the file of `metatape train --sweep` describes.
struct SweepRunner {
  /// The file.
  let file: URL
  /// The folder of the runs' folders, before that of the file.
  let output: String?
  /// The threads that all runs share, where the file does not say.
  let threads: Int
  let json: Bool

  func run(dryRun: Bool) async throws {
    let sweep = try Sweep(contentsOf: file, catalog: MetaTapeCommand.catalog)
    let folder =
      output ?? sweep.output ?? "runs/\(file.deletingPathExtension().lastPathComponent)"
    let plans = sweep.plans(in: URL(fileURLWithPath: folder))
    if dryRun {
      try show(folder, plans.map(SweepSummary.Entry.init))
      return
    }
    if !json {
      Console.note(
        "\(plans.count) run\(plans.count == 1 ? "" : "s") in \(folder), \(sweep.parallel) side by side."
      )
    }
    let queue = RunQueue(
      plans, parallel: sweep.parallel,
      threads: sweep.threads ?? max(1, threads / sweep.parallel),
      drawing: TrajectoryFigure.drawing)
    let progress = QueueProgress(plans, isSilent: json)
    let results = await queue.ensureFinished(stop: Signals.takeOver()) { progress.show($0, $1) }
    progress.finish()
    let entries = results.map(SweepSummary.Entry.init)
    try show(folder, entries)
    let failures = entries.filter { $0.state == .failed }
    if !failures.isEmpty {
      for failure in failures { Console.error("\(failure.name): \(failure.error ?? "")") }
      Console.error("\(failures.count) of \(entries.count) runs failed.")
    }
    if results.contains(where: \.isStopped) {
      let place = output.map { " --output '\($0)'" } ?? ""
      Console.note(
        "Stopped. To resume: \(MetaTapeCommand.name) train --sweep '\(file.relativePath)'\(place)")
      throw ExitCode(Signals.exitCodeOfStop)
    }
    if !failures.isEmpty { throw ExitCode(1) }
  }

  private func show(_ folder: String, _ entries: [SweepSummary.Entry]) throws {
    if json {
      let summary = SweepSummary(output: URL(fileURLWithPath: folder).path, runs: entries)
      Console.printJSON(try JSON.encode(summary))
      return
    }
    Console.printTable(
      ["run", "state", "epochs", "return before", "after adaptation"],
      entries.map { entry in
        let rows = entry.test?.rows
        return [
          entry.name, entry.state.rawValue, "\(entry.epochsDone)/\(entry.epochs)",
          rows?.first.map { Console.number($0.undiscountedReturn) } ?? "",
          rows?.last.map { Console.number($0.undiscountedReturn) } ?? "",
        ]
      })
  }
}
