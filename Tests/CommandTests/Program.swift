import Foundation

/// The program under test, run as a user runs it.
enum Program {
  /// What a run left.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Beside the tests, or where the environment says.
  static var url: URL {
    if let path = ProcessInfo.processInfo.environment["METATAPE_PROGRAM"] {
      return URL(fileURLWithPath: path)
    }
    return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("metatape")
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - arguments: of the program.
  ///   - redirection: what a shell does with its streams, such as `>/dev/full`.
  /// - Returns: What it left.
  /// - Throws: if it cannot be started.
  static func run(_ arguments: [String], redirected redirection: String = "") throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec \"$0\" \"$@\" \(redirection)", url.path] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let errorText = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, errors: errorText)
  }
}
