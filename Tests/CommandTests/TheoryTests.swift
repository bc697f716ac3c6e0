import Foundation
import Testing

/// `metatape theory` as a user runs it.
@Suite struct TheoryTests {
  func run(_ arguments: String...) throws -> Program.Outcome {
    try Program.run(["theory"] + arguments)
  }

  func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func boundsBesideMeasurements() throws {
    let outcome = try run("--points", "2", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try object(outcome.output)
    #expect(report["schema_version"] as? Int == 2 && report["passed"] as? Bool == true)
    let cases = try #require(report["cases"] as? [[String: Any]])
    let measurements = try #require(cases.first?["measurements"] as? [[String: Any]])
    #expect(measurements.count == 14)
    for item in measurements {
      let bounds = try #require(item["bounds"] as? [String: Double])
      #expect(Set(bounds.keys) == ["printed", "corrected", "tightened"])
      #expect(item["violation"] as? Bool == false)
    }
    #expect((cases.first?["schedules"] as? [[String: Any]])?.count == 6)
    let text = try run("--points", "2")
    #expect(text.output.contains("smoothness") && text.output.contains("PASSED"))
    // at γ = 1 the printed constants are infinite, the others are not
    let whole = try run("--points", "2", "--discount", "1")
    #expect(whole.status == 0 && whole.output.contains("inf"))
    #expect(whole.output.contains("1/(1 - γ)"))
  }

  @Test func filesOfProblems() throws {
    let outcome = try run("--mdp", CertifyTests.file.path, "--points", "1", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let cases = try #require(try object(outcome.output)["cases"] as? [[String: Any]])
    #expect(cases.count == 10)
  }

  @Test func presetsSayWhyTheyAreNotCovered() throws {
    let outcome = try run("--preset", "navigation-2d.paper", "--json")
    #expect(outcome.status == 0)
    let report = try object(outcome.output)
    #expect(report["covered"] as? Bool == false)
    let reasons = try #require(report["reasons"] as? [String]).joined(separator: " ")
    #expect(reasons.contains("Gaussian") && reasons.contains("ReLU"))
    #expect(try run("--preset", "navigation-2d.paper").output.contains("Not covered"))
    #expect(try run("--preset", "nothing").status == 64)
  }

  @Test func wrongUseIsRefused() throws {
    #expect(try run("--preset", "navigation-2d.paper", "--states", "3").status == 64)
    #expect(try run("--set", "discount=1").status == 64)
    #expect(try run("--epsilon", "0").status == 64)
    #expect(try run("--points", "0").status == 64)
    #expect(try run("--convergence", "--states", "3").status == 64)
    #expect(try run("--mdp", "missing.json").status == 65)
    #expect(try run("--inner-steps", "0").status == 65)
    #expect(try run("--states", "5", "--actions", "3", "--horizon", "11").status == 65)
    #expect(try run("--mdp", CertifyTests.file.path, "--convergence").status == 65)
  }

  @Test func convergenceLeavesTablesAndPlots() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let options = ["theory", "--convergence", "--effort", "0.005", "--seeds", "2", "--json"]
    let outcome = try Program.run(options + ["--output", folder.path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try object(outcome.output)
    #expect(report["schema_version"] as? Int == 1)
    let files = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    #expect(
      files == [
        "convergence.json", "curves.csv", "variance.csv", "large-batch.svg", "small-step.svg",
        "variance.svg",
      ])
    for name in ["curves.csv", "variance.csv"] {
      let lines = try String(
        contentsOf: folder.appendingPathComponent(name), encoding: .utf8
      ).split(separator: "\n")
      #expect(lines.count > 5)
      #expect(Set(lines.map { $0.split(separator: ",").count }).count == 1)
    }
    // nothing is lost without --replace
    let again = try Program.run(options + ["--output", folder.path])
    #expect(again.status == 65 && again.errors.contains("--replace"))
    let one = try Program.run(options + ["--output", folder.path, "--replace", "--threads", "1"])
    #expect(one.status == 0)
    let other = try object(one.output)
    #expect(other["runs"] as? NSArray == report["runs"] as? NSArray)
  }
}
