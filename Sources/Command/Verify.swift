import ArgumentParser
import Foundation
import MetaTape

/// Compares what MetaTape computes with references of other programs.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare with references that other programs computed.",
    discussion: "Example: metatape verify derivatives derivatives.json",
    subcommands: [Derivatives.self, VerifySimulator.self])

  struct Derivatives: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check log-probabilities, tangents, gradients and Hessian-vector products.",
      discussion: """
        Example: metatape verify derivatives derivatives.json --json

        Errors are max |x - y| / max |y|, those of log-probabilities max |x - y| / (1 + max |y|), since \
        these have the unit 1. What is within the rounding of the sums over samples, 8 eps of the sum of \
        magnitudes, does not count. The exit code is 1 if an error exceeds the tolerance.
        """)

    @Argument(
      help: "A JSON file of cases with expected derivatives.",
      completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "The largest error that passes, as a part of the size of what is compared.")
    var tolerance = 1e-11

    @Option(help: "Accepted for uniformity; nothing here is random.")
    var seed: Int?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
      let errors = try DerivativeFile(contentsOf: URL(fileURLWithPath: file)).cases
        .map { $0.verify(tolerance: tolerance) }
      let largest = errors.map(\.largest).max() ?? .infinity
      let passed = errors.allSatisfy { $0.passes(tolerance: tolerance) }
      if json {
        Console.printJSON(
          try JSON.encode(
            Outcome(
              file: file, tolerance: tolerance, passed: passed,
              largestError: largest,
              cases: errors.map(Outcome.Case.init))))
      } else {
        Console.printTable(
          ["case", "log-probability", "tangent", "gradient", "Hessian-vector"],
          errors.map {
            [
              $0.name, Console.scientific($0.logProbabilities.relativeExcess),
              Console.scientific($0.logProbabilityTangents.relativeExcess),
              Console.scientific($0.gradient.relativeExcess),
              Console.scientific($0.hessianVectorProduct.relativeExcess),
            ]
          })
        print(
          "\nLargest error \(Console.scientific(largest)): \(passed ? "within" : "EXCEEDS") the tolerance \(tolerance)."
        )
      }
      if !passed { throw ExitCode(1) }
    }
  }
}

private struct Outcome: Encodable {
  struct Case: Encodable {
    let name: String
    let logProbabilities: Double
    let logProbabilityTangents: Double
    let gradient: Double
    let hessianVectorProduct: Double

    init(_ errors: DerivativeFile.Errors) {
      name = errors.name
      logProbabilities = errors.logProbabilities.relativeExcess
      logProbabilityTangents = errors.logProbabilityTangents.relativeExcess
      gradient = errors.gradient.relativeExcess
      hessianVectorProduct = errors.hessianVectorProduct.relativeExcess
    }
  }
  let schemaVersion = 1
  let file: String
  let tolerance: Double
  let passed: Bool
  let largestError: Double
  let cases: [Case]
}
