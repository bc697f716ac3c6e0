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

        Errors are max |x - y| / (1 + max |y|). The exit code is 1 if one exceeds the tolerance.
        """)

    @Argument(
      help: "A JSON file of cases with expected derivatives.",
      completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "The largest error that passes.")
    var tolerance = 1e-11

    @Option(help: "Accepted for uniformity; nothing here is random.")
    var seed: Int?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
      let errors = try DerivativeFile(contentsOf: URL(fileURLWithPath: file)).cases
        .map { $0.verify() }
      let largest = errors.map(\.largest).max() ?? .infinity
      let passed = largest <= tolerance
      if json {
        Console.printJSON(
          try JSON.encode(
            Outcome(
              file: file, tolerance: tolerance, passed: passed, largestError: largest,
              cases: errors.map(Outcome.Case.init))))
      } else {
        Console.printTable(
          ["case", "log-probability", "tangent", "gradient", "Hessian-vector"],
          errors.map {
            [
              $0.name, Console.scientific($0.logProbabilities),
              Console.scientific($0.logProbabilityTangents), Console.scientific($0.gradient),
              Console.scientific($0.hessianVectorProduct),
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
      logProbabilities = errors.logProbabilities
      logProbabilityTangents = errors.logProbabilityTangents
      gradient = errors.gradient
      hessianVectorProduct = errors.hessianVectorProduct
    }
  }
  let schemaVersion = 1
  let file: String
  let tolerance: Double
  let passed: Bool
  let largestError: Double
  let cases: [Case]
}
