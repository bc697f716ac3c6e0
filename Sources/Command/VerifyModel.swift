import ArgumentParser
import Foundation
import MetaTape

/// Compares any model with steps that another program recorded.
struct VerifyModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Check the steps of any model against recorded ones.",
    discussion: """
      Example: metatape verify model hopper.xml --against steps.json

      The file of steps is JSON, {"samples": [{"qpos": [...], "qvel": [...], "ctrl": [...], \
      "qpos_next": [...], "qvel_next": [...]}, ...]}. Benchmarks/Peers/record_steps.py records one with \
      MuJoCo. The exit code is 1 if an error exceeds the tolerance.
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: "The recorded steps.", completion: .file(extensions: ["json"]))
  var against: String

  @Option(
    help:
      "The largest error that passes: the largest difference over one plus the largest recorded magnitude."
  )
  var tolerance = 1e-9

  @Flag(help: "Solve for the minimiser instead of stopping where MuJoCo does.")
  var exact = false

  @Option(help: "Accepted for uniformity; nothing here is random.")
  var seed: Int?

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    try requirePath(against, "against")
    if !(tolerance >= 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance must be at least 0.")
    }
  }

  func run() async throws {
    let known = try source.known()
    let report = SimulatorReport(
      try ModelRecording(contentsOf: against).verify(
        known.model, path: against, tolerance: tolerance, solver: exact ? .exact : .mujoco))
    if json { Console.printJSON(try report.json()) } else { print(report.text) }
    if !report.passed { throw ExitCode(1) }
  }
}
