import Foundation

/// The example's program, run as a user runs it.
enum Program {
  /// What a run left.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Beside the tests, or where the environment says.
  static var url: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("OwnComponents")
  }

  /// The same program built with MPI; nil where there is none.
  static var urlWithMPI: URL? {
    ProcessInfo.processInfo.environment["METATAPE_MPI_EXAMPLE"].map { URL(fileURLWithPath: $0) }
  }

  static func run(_ arguments: [String]) throws -> Outcome { try run(url, arguments) }

  static func run(_ executable: URL, _ arguments: [String]) throws -> Outcome {
    let process = try start(executable, arguments)
    let output = process.output.fileHandleForReading.readDataToEndOfFile()
    let errors = process.errors.fileHandleForReading.readDataToEndOfFile()
    process.process.waitUntilExit()
    return Outcome(
      status: process.process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  static func start(
    _ executable: URL, _ arguments: [String]
  ) throws -> (process: Process, output: Pipe, errors: Pipe) {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    return (process, output, errors)
  }
}

/// A folder of its own, removed at the end.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("own-components-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
