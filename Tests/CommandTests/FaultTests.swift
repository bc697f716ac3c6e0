import Foundation
import Testing

/// Faults of the program itself end with a sentence and exit code 70, and no backtrace.
///
/// One after the other: a child that waits would keep the pipes of another open.
@Suite(.serialized) struct FaultTests {
  @Test(
    arguments: [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS],
    ["enable=yes,color=no", "enable=no"])
  func signalsOfFaultsEndWithASentence(number: Int32, backtrace: String) throws {
    let process = Process()
    process.executableURL = Program.url
    // it says that it is ready and waits for a line that does not come
    process.arguments = [
      "benchmark", "derivatives", "--interactive", "--samples", "10", "--warm-up", "0",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": backtrace]
    ) { $1 }
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // a program that does not listen fails its test instead of holding it up
    let identifier = process.processIdentifier
    let end = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: end)
    defer { end.cancel() }
    let ready = output.fileHandleForReading.availableData
    #expect(String(decoding: ready, as: UTF8.self) == "ready\n")
    kill(identifier, number)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 70)
    #expect(text.hasPrefix("metatape: internal fault"))
    #expect(text.split(separator: "\n").count == 2, "\(text)")
  }
}
