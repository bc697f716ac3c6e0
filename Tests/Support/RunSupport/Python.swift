import Foundation

/// The Python that the environment names, for tests of what its packages read.
package enum Python {
  private static let path = ProcessInfo.processInfo.environment["METATAPE_PYTHON"]

  /// Whether there is one; tests without it are skipped.
  package static var isThere: Bool { path != nil }

  /// A program that did not end well; its own message stands in the log.
  package struct Failure: Error {
    package let status: Int32
  }

  /// Runs a program and returns the words that it prints.
  package static func words(_ program: String, _ arguments: String...) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "python3")
    process.arguments = ["-c", program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Failure(status: process.terminationStatus) }
    return output.split(whereSeparator: \.isWhitespace)
  }
}
