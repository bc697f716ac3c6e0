import ArgumentParser
import Foundation
import MetaTape

/// Trains a policy and tests it on fresh tasks.
struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a policy by meta-reinforcement learning and test it on fresh tasks.",
    discussion: """
      Example: metatape train --preset navigation-2d.quickstart --output runs/quickstart

      The run's folder holds the configuration as used, the metrics of each epoch as CSV and JSON \
      lines, the parameters, the test, and for navigation a picture of trajectories.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "The folder of the run (default: runs/NAME/seed-SEED).")
  var output: String?

  @Flag(help: "Replace a run that is already in the folder.")
  var replace = false

  @Flag(help: "Print what would run, with memory and time estimated from one epoch.")
  var dryRun = false

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func run() async throws {
    let configuration = try options.load(default: "navigation-2d.quickstart")
    let experiment = try Experiment(configuration)
    if dryRun {
      try await estimate(experiment)
      return
    }
    let path = output ?? "runs/\(configuration.name)/seed-\(configuration.seed)"
    let directory = try RunDirectory(
      creating: URL(fileURLWithPath: path), for: configuration, replaces: replace)
    let trainer = experiment.makeTrainer(threads: options.threads)
    let seconds = try await train(trainer, configuration, directory)
    let parameters = await trainer.parameters
    try directory.writeParameters(
      parameters, experiment.policy.layout, configuration: configuration)
    let test = try await experiment.metaTest(
      parameters, threads: options.threads, keepsTrajectories: true)
    let report = TestReport(test, experiment)
    try directory.writeJSON(report, to: "test.json")
    let figure = TrajectoryFigure(test, title: "\(configuration.name), seed \(configuration.seed)")
    if let figure {
      try directory.write(
        Data(figure.svg.utf8), to: directory.url.appendingPathComponent("trajectories.svg"))
    }
    let summary = TrainSummary(
      directory: directory.url.path, epochs: configuration.training.epochs, seconds: seconds,
      test: report)
    if json {
      Console.printJSON(try JSON.encode(summary))
    } else {
      printReport(report)
      print(
        "\nThe run is in \(path)\(figure == nil ? "" : ", its picture in \(path)/trajectories.svg")."
      )
    }
  }

  /// Runs all epochs and returns the time it took.
  private func train(
    _ trainer: Trainer, _ configuration: Configuration, _ directory: RunDirectory
  ) async throws -> Double {
    let start = ContinuousClock.now
    let epochs = configuration.training.epochs
    if !json {
      Console.note(
        "Training \(configuration.name) with \(configuration.estimator), seed \(configuration.seed), \(epochs) epochs, \(options.threads) thread\(options.threads == 1 ? "" : "s")."
      )
    }
    var progress = Progress(total: epochs, isSilent: json)
    for epoch in 0..<epochs {
      let record: EpochRecord
      do { record = try await trainer.runEpoch() } catch {
        progress.interrupt()
        // what was reached stays usable
        try? directory.writeParameters(
          await trainer.parameters, Experiment(configuration).policy.layout,
          configuration: configuration)
        throw error
      }
      try directory.append(record)
      progress.show(epoch + 1, Self.detail(record))
    }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// The returns before and after adaptation, and how fast the environments go.
  private static func detail(_ record: EpochRecord) -> String {
    let (before, after) = (record.before.undiscounted, record.after.undiscounted)
    let speed = Double(record.samples) / record.seconds
    return
      "return \(Console.number(before, 2)) → \(Console.number(after, 2)), \(Console.rate(speed)) steps/s"
  }

  /// Runs one epoch and prints what all of them would take.
  private func estimate(_ experiment: Experiment) async throws {
    let trainer = experiment.makeTrainer(threads: options.threads)
    _ = try await trainer.runEpoch()
    let second = try await trainer.runEpoch()
    let epochs = experiment.configuration.training.epochs
    let plan = Plan(
      name: experiment.configuration.name, estimator: experiment.settings.estimator.name,
      seed: experiment.configuration.seed, epochs: epochs, threads: options.threads,
      parameters: experiment.policy.layout.count, samplesPerEpoch: second.samples,
      secondsPerEpoch: second.seconds, estimatedSeconds: second.seconds * Double(epochs),
      peakMemoryBytes: peakMemory())
    if json {
      Console.printJSON(try JSON.encode(plan))
      return
    }
    print(experiment.configuration.yaml)
    Console.printTable(
      ["plan", ""],
      [
        ["parameters", "\(plan.parameters)"],
        ["samples an epoch", "\(plan.samplesPerEpoch)"],
        ["time an epoch", "\(Console.number(plan.secondsPerEpoch)) s"],
        ["time of \(epochs) epochs", Console.duration(plan.estimatedSeconds)],
        ["memory", "\(Console.number(Double(plan.peakMemoryBytes) / 1e6, 0)) MB"],
      ])
  }

  /// The most memory that this process has held, in bytes.
  private func peakMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    let digits = line?.filter(\.isNumber) ?? ""
    return (Int(digits) ?? 0) * 1024
  }
}

/// What `train --json` prints.
private struct TrainSummary: Encodable {
  let schemaVersion = 1
  let directory: String
  let epochs: Int
  let seconds: Double
  let test: TestReport
}

/// What `train --dry-run --json` prints.
private struct Plan: Encodable {
  let schemaVersion = 1
  let name: String
  let estimator: String
  let seed: Int
  let epochs: Int
  let threads: Int
  let parameters: Int
  let samplesPerEpoch: Int
  let secondsPerEpoch: Double
  let estimatedSeconds: Double
  let peakMemoryBytes: Int
}

/// Prints the returns on fresh tasks.
func printReport(_ report: TestReport) {
  print("\n\(report.tasks) fresh tasks, \(report.episodes) episodes each, seed \(report.seed):\n")
  Console.printTable(
    ["adaptation steps", "return", "± s.e.", "discounted", "± s.e.", "gain", "95 % interval"],
    report.rows.map { row in
      [
        "\(row.steps)", Console.number(row.undiscountedReturn),
        Console.number(row.undiscountedStandardError), Console.number(row.discountedReturn),
        Console.number(row.discountedStandardError),
        row.steps == 0 ? "" : Console.number(row.gain),
        row.steps == 0
          ? ""
          : "\(Console.number(row.gainInterval95[0])) … \(Console.number(row.gainInterval95[1]))",
      ]
    })
  if report.invalidEpisodes > 0 {
    print("\n\(report.invalidEpisodes) episodes were left out: their simulation failed.")
  }
  if let standingStill = report.standingStill {
    print("\nStanding still would score \(Console.number(standingStill)) on these tasks.")
  }
}
