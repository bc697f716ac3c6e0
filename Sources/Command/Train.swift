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
      lines, checkpoints, the parameters, the test, and for navigation a picture of trajectories.

      Ctrl-C ends the run after its epoch with a checkpoint (exit code 130; 143 after SIGTERM); \
      --resume continues with bit-identical results, also after a kill. --sweep FILE runs every combination of \
      some values, finishing what is not finished.
      """)

  private static let defaultPreset = "navigation-2d.quickstart"

  @OptionGroup var options: ConfigurationOptions

  @Option(
    help: "The folder of the run (default: runs/NAME/seed-SEED), or of a sweep's runs.",
    completion: .directory)
  var output: String?

  @Option(help: "Go on with the unfinished run of a folder.", completion: .directory)
  var resume: String?

  @Option(
    help: "A YAML file with many runs; the documentation has an example.", completion: .yaml)
  var sweep: String?

  @Flag(help: "Replace a run that is already in the folder.")
  var replace = false

  @Flag(help: "Print what would run, with memory and time estimated from one epoch.")
  var dryRun = false

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    for (path, option) in [(output, "output"), (resume, "resume"), (sweep, "sweep")] {
      try requirePath(path, option)
    }
    let fixed =
      options.preset != nil || options.config != nil || options.seed != nil
      || !options.assignments.isEmpty || replace
    if resume != nil && (fixed || sweep != nil || output != nil || dryRun) {
      throw ValidationError("With --resume the folder says what runs: give only --threads, --json.")
    }
    if sweep != nil && fixed {
      throw ValidationError(
        "With --sweep the file says what runs: give only --output, --threads, --dry-run, --json.")
    }
  }

  /// Whether nothing says what to train.
  private var isBare: Bool {
    options.preset == nil && options.config == nil && options.assignments.isEmpty
      && output == nil && resume == nil && sweep == nil
  }

  func run() async throws {
    guard !isBare else {
      throw Failure(
        code: 64,
        message:
          "Say what to train, for example 'metatape train --preset \(Self.defaultPreset)', which takes a minute. 'metatape presets' lists the presets; --config FILE takes a configuration of your own."
      )
    }
    let communicator = try Processes.join()
    guard communicator.size == 1 || (sweep == nil && !dryRun) else {
      throw Failure(
        code: 64,
        message: "Several processes share one run: start --sweep and --dry-run without mpirun.")
    }
    guard communicator.isFirst else {
      try await share(communicator)
      return
    }
    if let sweep {
      try await SweepRunner(
        file: URL(fileURLWithPath: sweep), output: output, threads: options.threads, json: json
      ).run(dryRun: dryRun)
    } else if let resume {
      try await goOn(resume, communicator)
    } else {
      try await begin(communicator)
    }
  }

  /// Works for the first process.
  private func share(_ communicator: any Communicator) async throws {
    // files may differ from machine to machine: the first process says what runs, if anything
    let text = try communicator.share("")
    if text.isEmpty { return }
    let configuration = try Configuration(
      yaml: text, file: "the first process", catalog: MetaTapeCommand.catalog)
    let stop = Signals.takeOver()
    try await SharedRun(configuration, threads: options.threads, communicator: communicator)
      .run(stop: stop)
    if stop.signal != nil { throw ExitCode(Signals.exitCodeOfStop) }
  }

  private func begin(_ communicator: any Communicator) async throws {
    let configuration = try options.load(default: Self.defaultPreset)
    if dryRun {
      try await estimate(try Experiment(configuration))
      return
    }
    let stop = Signals.takeOver()
    let path = output ?? "runs/\(configuration.name)/seed-\(configuration.seed)"
    let plan = RunPlan(
      name: configuration.name, configuration: configuration, url: URL(fileURLWithPath: path))
    try await finish(
      TrainingRun(
        beginning: plan, replaces: replace, threads: options.threads,
        communicator: communicator, drawing: TrajectoryFigure.drawing),
      path, stop, communicator)
  }

  private func goOn(_ path: String, _ communicator: any Communicator) async throws {
    let url = URL(fileURLWithPath: path)
    let directory = runDirectory(path)
    let configuration = try directory.readConfiguration()
    if case .finished(let report) = try directory.state() {
      _ = try communicator.share("")
      if json {
        try printSummary(report, directory, epochs: configuration.training.epochs, seconds: 0)
      } else {
        print("The run in \(path) is finished: there is nothing to do.")
      }
      return
    }
    let stop = Signals.takeOver()
    try await finish(
      TrainingRun(
        resuming: url, catalog: MetaTapeCommand.catalog, threads: options.threads,
        communicator: communicator, drawing: TrajectoryFigure.drawing),
      path, stop, communicator)
  }

  /// Runs to the end and prints the test, or says how to go on.
  private func finish(
    _ run: TrainingRun, _ path: String, _ stop: StopRequest, _ communicator: any Communicator
  ) async throws {
    _ = try communicator.share(run.experiment.configuration.yaml)
    let configuration = run.experiment.configuration
    let start = ContinuousClock.now
    var progress = ProgressBar(total: configuration.training.epochs, isSilent: json)
    let outcome = try await run.run(stop: stop) { event in
      switch event {
      case .warning(let text):
        progress.interrupt()
        Console.error("warning: \(text)")
      case .training(let epoch): announce(configuration, epoch)
      case .epoch(let record): progress.show(record.epoch + 1, Console.detail(record))
      case .kept(let epoch, let gradientNorm):
        progress.interrupt()
        let norm = gradientNorm.map { " (last gradient norm \(Console.scientific($0)))" } ?? ""
        Console.note(
          "The state after \(epoch) epochs\(norm) is kept in \(path): the last checkpoint and parameters.safetensors."
        )
      case .testing: break
      }
    }
    switch outcome {
    case .stopped(let epoch):
      progress.interrupt()
      Console.note(
        "Stopped after \(epoch) of \(configuration.training.epochs) epochs. To resume: \(MetaTapeCommand.name) train --resume \(path)"
      )
      throw ExitCode(Signals.exitCodeOfStop)
    case .finished(let report):
      if json {
        try printSummary(
          report, run.directory, epochs: configuration.training.epochs,
          seconds: (ContinuousClock.now - start) / .seconds(1))
        return
      }
      print(report.text)
      let hasPicture = FileManager.default.fileExists(atPath: run.directory.pictureURL.path)
      print(
        "\nThe run is in \(path)\(hasPicture ? ", its picture in \(path)/trajectories.svg" : "").")
    }
  }

  private func announce(_ configuration: Configuration, _ epoch: Int) {
    if json { return }
    let verb = epoch > 0 ? "Going on from epoch \(epoch):" : "Training"
    let threads = options.threads
    Console.note(
      "\(verb) \(configuration.name) with \(configuration.estimator.name), seed \(configuration.seed), \(configuration.training.epochs) epochs, \(threads) thread\(threads == 1 ? "" : "s")."
    )
  }

  private func printSummary(
    _ test: TestReport, _ directory: RunDirectory, epochs: Int, seconds: Double
  ) throws {
    let summary = TrainingSummary(
      directory: directory.url.path, epochs: epochs, seconds: seconds, test: test,
      findings: directory.findings())
    Console.printJSON(try summary.json())
  }

  /// Prints what a run would take.
  private func estimate(_ experiment: Experiment) async throws {
    let plan = try await TrainingForecast(experiment, threads: options.threads)
    if json {
      Console.printJSON(try plan.json())
      return
    }
    print(experiment.configuration.yaml)
    print(plan.text)
  }
}
