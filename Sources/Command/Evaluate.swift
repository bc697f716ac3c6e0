import ArgumentParser
import Foundation
import MetaTape

/// Tests trained parameters on fresh tasks.
struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adapt trained parameters to fresh tasks and report the returns.",
    discussion: """
      Example: metatape evaluate runs/quickstart --set test.steps=5 --trajectories episodes.npz

      The archive of --trajectories holds all episodes one below the other: observations, actions, \
      rewards, offsets (the first row of each episode), episode_task, episode_steps (how often the \
      policy had been adapted), task_parameters, and for simulated bodies the full states qpos and \
      qvel before each step. numpy.load reads it.
      """)

  @Argument(help: "The folder of a run.", completion: .directory)
  var run: String

  @Option(
    name: .customLong("set"), help: "A single value, as key=value; may be repeated.",
    completion: .assignments)
  var assignments: [String] = []

  @Option(help: "The seed of the tasks and episodes (default: the run's).")
  var seed: Int?

  @OptionGroup var threading: ThreadOptions

  @Option(
    help: "Parameters of another place, as safetensors (default: the run's).",
    completion: .parameters)
  var parameters: String?

  @Option(
    help: "A file to write all episodes to, .npz.", completion: .file(extensions: ["npz"]))
  var trajectories: String?

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if run.isEmpty { throw ValidationError("The folder of the run is empty: give a path.") }
    try requirePath(parameters, "parameters")
    if let trajectories, !trajectories.hasSuffix(".npz") {
      throw ValidationError("--trajectories must end in .npz.")
    }
    if let seed, seed < 0 { throw ValidationError("--seed must be at least 0.") }
  }

  func run() async throws {
    let directory = runDirectory(run)
    var configuration = try directory.readConfiguration()
    try configuration.set(all: assignments)
    if let seed { configuration.seed = seed }
    let experiment = try Experiment(configuration)
    let vector = try SafeTensors.read(
      parameters.map { URL(fileURLWithPath: $0) } ?? directory.parametersURL,
      experiment.policy.layout)
    let test = try await experiment.metaTest(
      vector, threads: threading.threads, keepsTrajectories: trajectories != nil)
    if let trajectories {
      try writeFile(try TrajectoryArchive.encode(test, experiment), to: trajectories)
    }
    let report = TestReport(test, experiment)
    if json { Console.printJSON(try report.json()) } else { print(report.text) }
  }
}
