import ArgumentParser
import Foundation
import MetaTape

/// The options of a comparison with means that another enumeration found.
struct MeansOptions: ParsableArguments {
  @Option(
    help: "Compare with a JSON file of exact means of public estimators.",
    completion: .file(extensions: ["json"]))
  var means: String?

  func validate() throws { try requirePath(means, "means") }

  /// Prints the comparison.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - estimators: the estimators that the means may be of.
  ///   - limit: the greatest number of chains, batches or trajectories.
  ///   - threads: of the sums.
  ///   - json: whether to print a document.
  /// - Throws: `CertificateError` if the file cannot be used.
  func run(
    _ path: String, _ estimators: [Estimator], limit: Int, threads: Int, json: Bool
  ) async throws {
    let file = try MeansFile(contentsOf: URL(fileURLWithPath: path))
    let comparison = try await MeansComparison(
      file, estimators: estimators, limit: limit, threads: threads)
    let report = MeansReport(file: path, about: file.about, comparison)
    if json { Console.printJSON(try report.json()) } else { print(report.text) }
  }
}
