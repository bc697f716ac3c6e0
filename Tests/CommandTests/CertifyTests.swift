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

  /// Problems of bandits, whose rewards are drawn or replaced by their means.
  @Test(arguments: [
    ("bernoulli-bandit", "bernoulli-bandit, seed 3", 36.0),
    ("gaussian-bandit", "gaussian-bandit with its mean rewards, seed 3", 9.0),
    ("random-mdp", "random-mdp with its mean rewards, seed 3", 18.0),
  ])
  func familiesOfProblems(family: String, name: String, trajectories: Double) throws {
    let outcome = try run([
      "--problem", family, "--actions", "3", "--seed", "3", "--estimators", "sg-mrl", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let cases = try #require(try object(outcome.output)["cases"] as? [[String: Any]])
    #expect(cases[0]["name"] as? String == name)
    #expect(cases[0]["trajectories"] as? Double == trajectories)
    #expect(cases[0]["passed"] as? Bool == true)
  }

  @Test func unknownFamiliesAreRefused() throws {
    let outcome = try run(["--problem", "bandit"])
    #expect(outcome.status == 64 && outcome.errors.contains("bernoulli-bandit"))
  }

  /// Rewards of 1e-5, at which MAML's bias is 1.5e-6 of the gradient.
  @Test func verdictsAreRelative() throws {
    func fixture(_ name: String) -> String {
      Self.file.deletingLastPathComponent().appendingPathComponent(name + ".json").path
    }
    let estimators = ["--estimators", "sg-mrl,maml", "--mdp"]
    let outcome = try run(estimators + [fixture("certify-scale-1e-5"), "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let cases = try #require(try object(outcome.output)["cases"] as? [[String: Any]])
    let verdicts = try #require(cases[0]["verdicts"] as? [[String: Any]])
    #expect(verdicts.map { $0["verdict"] as? String } == ["unbiased", "biased"])
    #expect(((verdicts[1]["relative_bias"] as? Double ?? 0) / 1.52e-6 - 1).magnitude < 0.01)
    let wrong = try run(estimators + [fixture("certify-small-wrong-gradient")])
    #expect(wrong.status == 1 && wrong.output.contains("largest difference to the file: 1.55e+03"))
    // a bias of 1.5e-6 is above what rounding hides at any tolerance, not above a large tolerance
    let coarse = try run(estimators + [fixture("certify-scale-1e-5"), "--tolerance", "1e-5"])
    #expect(coarse.status == 0 && !coarse.output.contains("  biased"))
  }

  /// An offset of the rewards hides biases; the program says so and what to do.
  @Test func notResolvedSaysWhatToDo() throws {
    let text = try String(
      contentsOf: Self.file.deletingLastPathComponent()
        .appendingPathComponent("certify-scale-1.json"), encoding: .utf8)
    let offset = text.replacingOccurrences(
      of: "[[0.6, 0.9], [0.1, 0.4]]", with: "[[1000000.6, 1000000.9], [1000000.1, 1000000.4]]"
    ).replacingOccurrences(of: "\"stepSize\": 0.5", with: "\"stepSize\": 5e-7")
    #expect(offset.contains("5e-7") && offset.contains("1000000.6"))
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(offset.utf8).write(to: url)
    let options = ["--mdp", url.path, "--estimators", "sg-mrl,sg-mrl-own-batch,maml"]
    let outcome = try run(options)
    #expect(outcome.status == 0 && outcome.output.contains("not resolved  "))
    #expect(outcome.output.contains("Subtract an offset of the rewards"))
    // the tolerance that it proposes resolves
    let words = outcome.output.split(separator: "--tolerance ")
    let proposed = try #require(words.last?.prefix(8))
    let resolved = try run(options + ["--tolerance", String(proposed)])
    #expect(resolved.status == 0 && !resolved.output.contains("not resolved"))
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
