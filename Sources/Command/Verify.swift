import ArgumentParser
import Foundation
import MetaTape

/// Compares what MetaTape computes with references of other programs.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare with references that other programs computed.",
    discussion: "Example: metatape verify derivatives derivatives.json",
    subcommands: [Derivatives.self, VerifyPrecision.self, VerifySimulator.self, VerifyModel.self])

  struct Derivatives: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check log-probabilities, tangents, gradients and Hessian-vector products.",
      discussion: """
        Example: metatape verify derivatives derivatives.json --json

        Errors are max |x - y| / max |y|, those of log-probabilities max |x - y| / (1 + max |y|), since \
        these have the unit 1. Where an error of a sum over samples exceeds the tolerance, the part within \
        rounding, 8 eps of the sum of magnitudes, does not count; eps is 2.2e-16, or 1.2e-7 in single precision. The exit code is 1 if an error exceeds the tolerance.
        """)

    @Argument(
      help: "A JSON file of cases with expected derivatives.",
      completion: .file(extensions: ["json"]))
    var file: String

    @Option(
      help:
        "The largest error that passes, as a part of the size of what is compared; 1e-11, or 2e-5 in single precision."
    )
    var tolerance: Double?

    @Option(help: "The precision to compute with.")
    var precision = Precision.double

    @Option(help: "Accepted for uniformity; nothing here is random.")
    var seed: Int?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
      let report = DerivativeReport(
        try DerivativeFile(contentsOf: URL(fileURLWithPath: file)), file: file,
        tolerance: tolerance, precision: precision)
      if json { Console.printJSON(try report.json()) } else { print(report.text) }
      if !report.passed { throw ExitCode(1) }
    }
  }
}
