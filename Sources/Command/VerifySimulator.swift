import ArgumentParser
import Foundation
import MetaTape

/// Compares the simulator with recorded MuJoCo data, stage by stage.
struct VerifySimulator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulator",
    abstract: "Check the simulator against recorded MuJoCo data, stage by stage.",
    discussion: """
      Example: metatape verify simulator half-cheetah recordings/ --json

      The folder holds MODEL_states.json and MODEL_rollouts.json. The exit code is 1 if a stage \
      exceeds its bar.
      """)

  @Argument(help: .init(stringLiteral: KnownModel.choices), completion: .list(KnownModel.names))
  var model: String

  @Argument(help: "A folder of recorded data.", completion: .directory)
  var directory: String

  @Flag(help: "Solve for the minimiser instead of stopping where MuJoCo does.")
  var exact = false

  @Option(help: "Accepted for uniformity; nothing here is random.")
  var seed: Int?

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func run() async throws {
    let known = try knownModel(model)
    let report = SimulatorReport(
      try GoldenVerification(
        model: known.model, controlCost: known.controlCost, solver: exact ? .exact : .mujoco
      ).verify(directory: directory))
    if json { Console.printJSON(try report.json()) } else { print(report.text) }
    if !report.passed { throw ExitCode(1) }
  }
}
