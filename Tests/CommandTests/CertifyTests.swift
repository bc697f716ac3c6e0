import Foundation
import Testing

/// `metatape certify` as a user runs it.
@Suite struct CertifyTests {
  static var file: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("CertificationTests/Fixtures/certificates.json")
  }

  func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(["certify"] + arguments)
  }

  func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func everyValueOfTheFilePasses() throws {
    let outcome = try run(["--mdp", Self.file.path, "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try object(outcome.output)
    #expect(report["schema_version"] as? Int == 1 && report["passed"] as? Bool == true)
    let cases = try #require(report["cases"] as? [[String: Any]])
    #expect(cases.count == 10)
    for item in cases {
      #expect(item["largest_file_error"] as? Double ?? 1 < 1e-10)
      #expect((item["file_errors"] as? [String: Any])?.count == 12)
    }
  }

  @Test func aWrongValueInTheFileFails() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let wrong = text.replacingOccurrences(of: "\"objective\": 0.88", with: "\"objective\": 0.89")
    #expect(wrong != text)
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(wrong.utf8).write(to: url)
    let outcome = try run(["--mdp", url.path, "--estimators", "maml", "--json"])
    #expect(outcome.status == 1)
    #expect(try object(outcome.output)["passed"] as? Bool == false)
    // with weights of another kind the file's values do not apply
    #expect(
      try run(["--mdp", url.path, "--estimators", "maml", "--inner-normalized"]).status == 0)
    try Data(text.replacingOccurrences(of: "\"maml\"", with: "\"mamml\"").utf8).write(to: url)
    let unknown = try run(["--mdp", url.path])
    #expect(unknown.status == 65 && unknown.errors.contains("mamml"))
    try Data(text.prefix(3000).utf8).write(to: url)
    let damaged = try run(["--mdp", url.path, "--json"])
    #expect(damaged.status == 65 && damaged.output.isEmpty)
    #expect(damaged.errors.split(separator: "\n").count == 1)
  }

  @Test func theSeedDecidesAndThreadsDoNot() throws {
    let options = ["--states", "2", "--horizon", "1", "--inner-steps", "2", "--json"]
    func cases(_ more: String...) throws -> [[Double]] {
      let outcome = try run(options + more)
      #expect(outcome.status == 0)
      let cases = try #require(try object(outcome.output)["cases"] as? [[String: Any]])
      return try cases.map { try #require($0["gradient"] as? [Double]) }
    }
    let one = try cases("--seed", "5", "--threads", "1")
    #expect(try cases("--seed", "5", "--threads", "2") == one)
    #expect(try cases("--seed", "6") != one)
  }

  /// The published code's coefficient makes SG-MRL biased, which it is declared not to be.
  @Test func anEstimatorThatIsNotWhatItDeclaresFails() throws {
    let outcome = try run([
      "--horizon", "1", "--outer-normalized", "--score-coefficient", "mean-signal",
    ])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("FAILED"))
  }

  @Test func whatIsTooLargeIsRefusedWithAnEstimate() throws {
    let outcome = try run(["--states", "5", "--actions", "3", "--horizon", "11"])
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("--limit") && outcome.output.isEmpty)
    #expect(try run(["--estimators", "nothing"]).status == 64)
    #expect(try run(["--batch", "0"]).status == 64)
  }

  @Test func byMonteCarlo() throws {
    let options = [
      "--monte-carlo", "--preset", "navigation-2d.quickstart", "--chains", "30", "--directions",
      "1", "--set", "policy.hidden-sizes=[4]", "--set", "environment.horizon=5", "--set",
      "inner.episodes=2", "--set", "outer.episodes=2",
    ]
    let outcome = try run(options)
    #expect(outcome.output.contains("false-alarm rate") && outcome.output.contains("|z|"))
    let report = try object(try run(options + ["--json"]).output)
    #expect(report["critical_z"] as? Double ?? 0 > 3)
    #expect(report["schema_version"] as? Int == 1)
  }
}
