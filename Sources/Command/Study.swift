import ArgumentParser
import Foundation
import MetaTape

/// Compares estimators: bias, variance, cost.
struct Study: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Compare estimators on the same chains: bias, variance, signal-to-noise, slopes, cost.",
    discussion: """
      Example: metatape study --preset tabular.random --sweep inner.steps=1,2,3 --output study
      or, at the parameters of a run: metatape study --run runs/quickstart

      The truth is enumerated where the tasks are small enough; else it is the mean of a separate \
      run of the --reference estimator, and biases are against that. All intervals hold in 95 of \
      100 cases. With --ascent the return is measured, too, to both sides along each estimator's mean \
      gradient: an unbiased estimator finds the slope that it promises.
      """)

  @OptionGroup var options: ConfigurationOptions
  @OptionGroup var sampling: StudyOptions

  @Option(
    help: "The folder of a run: its configuration and parameters are taken.",
    completion: .directory)
  var run: String?

  @Option(
    help: "A file of parameters in safetensors (default: the initial parameters).",
    completion: .parameters)
  var parameters: String?

  @Option(
    help: "Names of estimators, with commas; the first is what others are compared with.",
    completion: .estimators)
  var estimators: String?

  @Option(
    help:
      "A value of the configuration to vary, as key=first,second,…; several are varied one by one.",
    completion: .assignments)
  var sweep: [String] = []

  @Option(help: "A folder for study.csv, study.json and the plots.", completion: .directory)
  var output: String?

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    for (path, option) in [(run, "run"), (parameters, "parameters"), (output, "output")] {
      try requirePath(path, option)
    }
    if run != nil && (options.preset != nil || options.config != nil || parameters != nil) {
      throw ValidationError("--run already says which configuration and parameters to take.")
    }
  }

  func run() async throws {
    let base = try configuration()
    let chosen = try estimatorNames(estimators) ?? MetaTapeCommand.catalog.estimators.map(\.name)
    let sweeps = try sweep.map { try SweptValue($0) }
    try sampling.requireReference()
    var outcomes: [StudyOutcome] = []
    for sweep in sweeps.isEmpty ? [nil] : sweeps.map(Optional.some) {
      for value in sweep?.values ?? [""] {
        if output == nil { try StandardOutput.require() }
        let sweep = sweep.map { (key: $0.key, value: value) }
        let outcome = try await outcome(base, chosen, sweep)
        if !json { print(outcome.text) }
        outcomes.append(outcome)
      }
    }
    let report = StudyReport(
      base, reference: sampling.reference, threads: options.threads, studies: outcomes)
    if let output {
      try Failure.naming(output) { try report.write(to: URL(fileURLWithPath: output)) }
    }
    if json { Console.printJSON(try report.json()) }
  }

  private func configuration() throws -> Configuration {
    guard let run else { return try options.load(default: "tabular.random") }
    var configuration = try runDirectory(run).readConfiguration()
    try configuration.set(all: options.assignments)
    if let seed = options.seed { configuration.seed = seed }
    return configuration
  }

  private func outcome(
    _ base: Configuration, _ estimators: [String], _ sweep: (key: String, value: String)?
  ) async throws -> StudyOutcome {
    var configuration = base
    if let sweep { try configuration.set("\(sweep.key)=\(sweep.value)") }
    var amounts = sampling.amounts
    let file =
      parameters.map { URL(fileURLWithPath: $0) } ?? run.map { runDirectory($0).parametersURL }
    let vector = try file.map { file in
      try SafeTensors.read(file, try Experiment(configuration).policy.layout)
    }
    if let along = sampling.along, estimators.firstIndex(of: along) == nil,
      FileManager.default.fileExists(atPath: along)
    {
      amounts.alongVector = try SafeTensors.read(
        URL(fileURLWithPath: along), try Experiment(configuration).policy.layout)
    }
    if !json {
      Console.note(
        "\(configuration.name): \(amounts.metaBatches) meta-batches of \(configuration.outer.tasks) chains for each of \(estimators.count) estimators, seed \(configuration.seed)."
      )
    }
    return try await StudyOutcome(
      configuration, estimators: estimators, sampling: amounts, parameters: vector, sweep: sweep,
      threads: options.threads
    ) { estimator, error in
      Console.error(
        "The slope along \(estimator) could not be measured with --ascent \(amounts.ascentStep ?? 0): \(error) Use a smaller step."
      )
    }
  }
}

/// How much is sampled.
struct StudyOptions: ParsableArguments {
  @Option(help: "The meta-batches on which estimators are compared.")
  var metaBatches = 40

  @Option(help: "The meta-batches at the same parameters that baselines learn from before.")
  var learning = 20

  @Option(help: "The meta-batches of the reference run.")
  var referenceMetaBatches = 40

  @Option(
    help: "The estimator of the reference run, where the gradient cannot be enumerated.",
    completion: .estimator)
  var reference = Estimator.sgMRLControlVariate.name

  @Option(help: "The relative error of the gradient for which batch sizes are printed.")
  var accuracy = 0.1

  @Option(help: "The greatest number of chains, batches or trajectories to enumerate.")
  var limit = Certificate.defaultLimit

  @Option(
    help:
      "Also measure the slope of the return along each estimator's mean gradient, by steps of this length to either side."
  )
  var ascent: Double?

  @Option(
    help:
      "Measure all slopes along one direction: an estimator's mean gradient, or a file of parameters in safetensors. Needs --ascent."
  )
  var along: String?

  @Option(help: "The fresh tasks of a slope (default: 100).")
  var ascentTasks: Int?

  var slopeTasks: Int { ascentTasks ?? 100 }

  func validate() throws {
    if let ascent, !(ascent > 0 && ascent.isFinite) {
      throw ValidationError("--ascent must be positive.")
    }
    if !(2...1_000_000).contains(slopeTasks) {
      throw ValidationError("--ascent-tasks must be from 2 to 1000000.")
    }
    if along != nil && ascent == nil { throw ValidationError("--along needs --ascent.") }
    if ascentTasks != nil && ascent == nil {
      throw ValidationError("--ascent-tasks needs --ascent.")
    }
    for (name, value) in [
      ("meta-batches", metaBatches), ("reference-meta-batches", referenceMetaBatches),
    ] where !(3...1_000_000).contains(value) {
      throw ValidationError("--\(name) must be from 3 to 1000000.")
    }
    if !(0...1_000_000).contains(learning) {
      throw ValidationError("--learning must be from 0 to 1000000.")
    }
    if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if !(accuracy > 0 && accuracy.isFinite) {
      throw ValidationError("--accuracy must be positive.")
    }
  }

  func requireReference() throws {
    guard let estimator = MetaTapeCommand.catalog.estimator(named: reference) else {
      throw unknownEstimator(reference)
    }
    guard estimator.isDeclaredUnbiased else {
      throw Failure(
        code: 64, message: "--reference must be an unbiased estimator; '\(reference)' is not.")
    }
  }

  var amounts: StudySampling {
    var amounts = StudySampling()
    (amounts.metaBatches, amounts.learningMetaBatches) = (metaBatches, learning)
    (amounts.referenceMetaBatches, amounts.reference) = (referenceMetaBatches, reference)
    (amounts.accuracy, amounts.limit) = (accuracy, limit)
    (amounts.ascentStep, amounts.ascentTasks) = (ascent, slopeTasks)
    amounts.along = along
    return amounts
  }
}

/// A key of the configuration and the values it takes.
private struct SweptValue {
  let key: String
  let values: [String]

  init(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else {
      throw Failure(code: 64, message: "--sweep '\(text)' should be key=first,second,…")
    }
    key = String(parts[0])
    values = parts[1].split(separator: ",").map(String.init)
    guard !values.isEmpty else {
      throw Failure(
        code: 64, message: "--sweep '\(text)' has no value; it should be key=first,second,…")
    }
  }
}
