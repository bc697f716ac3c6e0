import ArgumentParser
import Foundation
import MetaTape

/// Tests trained parameters on fresh tasks.
struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adapt trained parameters to fresh tasks and report the returns.",
    discussion: "Example: metatape evaluate runs/quickstart --set test.steps=5")

  @Argument(help: "The folder of a run.")
  var run: String

  @Option(name: .customLong("set"), help: "A single value, as key=value; may be repeated.")
  var assignments: [String] = []

  @Option(help: "The seed of the tasks and episodes (default: the run's).")
  var seed: Int?

  @OptionGroup var threading: ThreadOptions

  @Option(help: "Parameters of another place, as safetensors (default: the run's).")
  var parameters: String?

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if let seed, seed < 0 { throw ValidationError("--seed must be at least 0.") }
  }

  func run() async throws {
    let directory = RunDirectory(existing: URL(fileURLWithPath: run))
    var configuration = try directory.readConfiguration()
    try configuration.set(all: assignments)
    if let seed { configuration.seed = seed }
    let experiment = try Experiment(configuration)
    let vector = try SafeTensors.read(
      parameters.map { URL(fileURLWithPath: $0) } ?? directory.parametersURL,
      experiment.policy.layout)
    let report = TestReport(
      try await experiment.metaTest(vector, threads: threading.threads), experiment)
    if json {
      Console.printJSON(try JSON.encode(report))
    } else {
      printReport(report)
    }
  }
}
