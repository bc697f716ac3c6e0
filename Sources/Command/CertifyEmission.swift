import ArgumentParser
import Foundation
import MetaTape

/// The options that write enumerated batches, for programs that average on their own.
struct EmissionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write every batch with its probability to this folder, a file in safetensors for each problem.",
      valueName: "folder"), completion: .directory)
  var emit: String?

  @Flag(help: "With --emit: replace files that are already in the folder.")
  var replace = false

  func validate() throws {
    try requirePath(emit, "emit")
    if replace && emit == nil { throw ValidationError("--replace needs --emit.") }
  }

  /// Writes the files.
  ///
  /// - Parameters:
  ///   - folder: where; it is made.
  ///   - problems: the problems, as they are enumerated.
  ///   - plan: the limit and the threads.
  ///   - json: whether to print a document.
  /// - Throws: `Failure` if a file is there already or cannot be written, `CertificateError` if a problem is
  ///   too large.
  func run(
    _ folder: String, _ problems: [CertificateProblem], _ plan: ExternalPlan, json: Bool
  ) async throws {
    var all: [EnumeratedBatches] = []
    for problem in problems { all.append(try await EnumeratedBatches(problem, plan)) }
    _ = try outputFolder(
      folder, for: all.map(\.fileName), replace: replace, otherwise: "Choose another folder")
    let files = try all.map { batches in
      let (data, path) = (try batches.safeTensors(), "\(folder)/\(batches.fileName)")
      try writeFile(data, to: path)
      return EmissionReport.File(batches, path: path, bytes: data.count)
    }
    if json {
      Console.printJSON(try EmissionReport(files).json())
    } else {
      for file in files {
        print("\(file.path): \(file.pairs) pairs of \(file.trajectories) trajectories")
      }
    }
  }
}
