import ArgumentParser
import MetaTape

/// Says whether single precision is enough for a configuration.
struct VerifyPrecision: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "precision",
    abstract: "Compare meta-gradients in single and in double precision along a training.",
    discussion: """
      Example: metatape verify precision --preset navigation-2d.recommended

      Trains in double precision. At each checkpoint it samples a meta-batch, computes the meta-gradient \
      from its batches in both precisions, and compares their difference with the standard error of the \
      estimate. The exit code is 1 if a difference exceeds the tolerance.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "The number of checkpoints; the first is before training.")
  var checkpoints = 10

  @Option(help: "The meta-epochs between two checkpoints.")
  var interval = 10

  @Option(help: "The greatest difference that passes, as a part of the sampling error.")
  var tolerance = 0.01

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if checkpoints < 1 || interval < 1 {
      throw ValidationError("--checkpoints and --interval must be at least 1.")
    }
    if !(tolerance > 0) { throw ValidationError("--tolerance must be above 0.") }
  }

  func run() async throws {
    let configuration = try options.load(default: "navigation-2d.recommended")
    let report = try await PrecisionReport(
      configuration, checkpoints: checkpoints, interval: interval, tolerance: tolerance,
      threads: options.threads
    ) { done in
      if !json { Console.note("checkpoint \(done) of \(checkpoints)") }
    }
    if json { Console.printJSON(try report.json()) } else { print(report.text) }
    if !report.passed { throw ExitCode(1) }
  }
}
