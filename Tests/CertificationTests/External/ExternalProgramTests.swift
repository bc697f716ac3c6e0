import Certification
import Foundation
import Testing

/// Programs that do not behave: one sentence each, in bounded time, and nothing left behind.
@Suite struct ExternalProgramTests {
  static let hello =
    #"read line; echo '{"id": 1, "protocol": 1, "name": "x", "dtype": "float64"}'; "#

  static func limits(_ seconds: Double) -> ExternalProgram.Limits {
    var limits = ExternalProgram.Limits()
    (limits.start, limits.reply) = (seconds, seconds)
    return limits
  }

  static let table = Result {
    try ProbeProblem.suite()[0].problem
  }

  @Test(arguments: [
    ("sleep 100", "did not answer within 0.5 s; --start-limit"),
    ("trap '' TERM INT HUP; while true; do sleep 1; done", "did not answer within 0.5 s"),
    (
      "echo went wrong >&2; exit 3",
      "ended with exit code 3 instead of answering. Its standard error ends with:\nwent wrong"
    ),
    ("kill -9 $$", "was ended by signal 9"),
    ("exec >&-; sleep 100", "closed its standard output"),
    ("exec 2>&-; sleep 0.2; exit 5", "exit code 5"), ("exec 2>&-; sleep 100", "did not answer"),
    ("no-such-program", "exit code 127"),
    ("cat", "speaks version 1 of the protocol"),
    ("echo Hello!", "not an answer in JSON: 'Hello!'"),
    ("echo '[1, 2]'", "not an answer in JSON"),
    ("yes | tr -d '\\n'", "has no end"),
    (#"read line; echo '{"id": 1, "protocol": 99, "name": "x"}'"#, "speaks version 99"),
    (#"read line; echo '{"id": 1, "protocol": 1}'"#, "no 'name'"),
    (
      #"read line; echo '{"id": 1, "protocol": 1, "name": "x", "dtype": "int8"}'"#,
      "dtype 'int8'; it should be 'float64' or 'float32'"
    ),
    (
      #"read line; echo '{"id": 7, "protocol": 1, "name": "x"}'"#, "answered request 7 when asked 1"
    ),
    (#"read line; echo '{"id": 1, "error": "no GPU"}'"#, "reports an error: no GPU"),
  ])
  func badStartsAreTold(command: String, part: String) throws {
    let start = ContinuousClock.now
    let error = #expect(throws: ExternalError.self) {
      _ = try ExternalProgram(command, limits: Self.limits(command.contains("yes") ? 60 : 0.5))
    }
    let text = error?.description ?? ""
    if command != "cat" { #expect(text.contains(part), "\(text)") }
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test(arguments: [
    (
      #"echo '{"id": 2}'; read line; echo '{"id": 3, "parameters": [[1]]}'"#,
      "shape [1, 1] instead of [2, 2]"
    ),
    (
      #"echo '{"id": 2}'; read line; echo '{"id": 3, "parameters": [[NaN, 0], [0, 0]]}'"#,
      "holds a NaN"
    ),
    (#"echo '{"id": 2}'; read line; echo '{"id": 3}'"#, "no 'parameters'"),
    (
      #"echo '{"id": 2}'; read line; echo '{"id": 4, "parameters": []}'"#,
      "answered request 4 when asked 3"
    ),
    (#"echo '{"id": 2}'; read line; exit 9"#, "exit code 9"),
  ])
  func badAnswersAreTold(rest: String, part: String) async throws {
    let program = try ExternalProgram(
      Self.hello + "read line; " + rest, limits: Self.limits(20))
    let problem = try Self.table.get()
    let error = try #require(
      await #expect(throws: ExternalError.self) {
        _ = try await ExternalAssessment(program, on: problem)
      })
    #expect(error.description.contains(part), "\(error.description)")
  }

  /// Children of the program end with it, also if it ends first or ignores signals.
  @Test func nothingIsLeftBehind() throws {
    let mark = "7\(UInt32.random(in: 100_000...999_999))"
    _ = try? ExternalProgram(
      "trap '' TERM; sleep \(mark) & sleep \(mark)", limits: Self.limits(0.3))
    _ = try? ExternalProgram("sleep \(mark) & exit 1", limits: Self.limits(5))
    func left() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
        let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
        return String(decoding: line, as: UTF8.self).contains(mark)
      }
    }
    // a process that was killed may take a moment to go
    for _ in 0..<100 where try !left().isEmpty { Thread.sleep(forTimeInterval: 0.1) }
    #expect(try left().isEmpty)
  }

  @Test func aStopEndsIt() throws {
    let error = #expect(throws: ExternalError.self) {
      _ = try ExternalProgram("sleep 100", limits: Self.limits(60)) { true }
    }
    #expect(error?.description.contains("Stopped") == true)
  }

  @Test func floodsOfErrorsDoNotHold() throws {
    let program = try ExternalProgram(
      "head -c 3000000 /dev/zero | tr '\\0' 'x' >&2; " + Self.hello + "cat >/dev/null",
      limits: Self.limits(60))
    #expect(program.identity == ExternalIdentity(name: "x"))
  }
}
