import ArgumentParser
import Foundation

/// The option of every command that works side by side.
struct ThreadOptions: ParsableArguments {
  @Option(help: "How many threads of a process share the work; does not change results.")
  var threads = Self.preset

  /// The processors of this machine, shared by the processes that run on it.
  static var preset: Int {
    max(1, ProcessInfo.processInfo.activeProcessorCount / Processes.localCount)
  }

  func validate() throws {
    if threads < 1 || threads > 1024 { throw ValidationError("--threads must be from 1 to 1024.") }
  }
}
