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

  @Argument(help: "half-cheetah or swimmer.", completion: .list(SimulatorModel.names))
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
    let known = try SimulatorModel(model)
    let report = try GoldenVerification(
      model: known.model, controlCost: known.controlCost, solver: exact ? .exact : .mujoco
    ).verify(directory: directory)
    if json {
      Console.printJSON(try JSON.encode(Outcome(passed: report.passed, report: report)))
    } else {
      Console.printTable(
        ["stage", "measure", "largest error", "bar", "comparisons", "worst at"],
        report.stages.map {
          [
            $0.name, $0.measure.rawValue, Console.scientific($0.error), Console.scientific($0.bar),
            "\($0.count)", $0.worst,
          ]
        })
      print(
        "\n\(report.stateCount) states and \(report.environmentStepCount) environment steps: \(report.passed ? "all within their bars" : "SOME EXCEED THEIR BAR")."
      )
    }
    if !report.passed { throw ExitCode(1) }
  }

  private struct Outcome: Encodable {
    let schemaVersion = 1
    let passed: Bool
    let report: VerificationReport
  }
}
