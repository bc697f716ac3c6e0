import Foundation
import RunSupport
import Runs
import Testing

/// What people look at after a run, from the command line.
@Suite struct ReportTests {
  @Test func runsBecomeAPageAndEpisodesAnArchive() async throws {
    try await withTemporaryFolder { folder in
      for seed in [1, 2] {
        _ = try await SmallRun.train(
          SmallRun.configuration("swimmer-velocity.published-code", seed: seed),
          in: folder.appendingPathComponent("runs/seed-\(seed)"))
      }
      let output = folder.appendingPathComponent("report.html").path
      let runs = folder.appendingPathComponent("runs").path
      let outcome = try Program.run(["report", runs, "--output", output, "--json"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let summary = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      #expect(summary["schema_version"] as? Int == 1)
      #expect(summary["runs"] as? Int == 2 && summary["groups"] as? Int == 1)
      #expect((summary["sections"] as? [String])?.contains("locomotion") == true)
      let results = try #require((summary["results"] as? [[String: Any]])?.first)
      let group = try #require((results["groups"] as? [[String: Any]])?.first)
      #expect(results["name"] as? String == "swimmer-velocity.published-code")
      #expect(group["seeds"] as? [Int] == [1, 2] && group["minus_maml"] == nil)
      for key in ["untrained", "trained", "difference"] {
        let value = try #require(group[key] as? [String: Double])
        #expect(Set(value.keys) == ["value", "low", "high"])
      }
      let page = try String(contentsOfFile: output, encoding: .utf8)
      #expect(summary["bytes"] as? Int == page.utf8.count)
      // the same runs make the same page, for any number of threads
      let again = try Program.run([
        "report", runs + "/seed-1", runs + "/seed-2", "--output", output, "--threads", "1",
        "--pictures", folder.appendingPathComponent("pictures").path,
      ])
      #expect(again.status == 0 && again.output.contains("2 runs"))
      // but for the day
      func undated(_ page: String) -> [Substring] {
        page.split(separator: "\n").filter { !$0.contains("Made on ") }
      }
      #expect(undated(try String(contentsOfFile: output, encoding: .utf8)) == undated(page))
      // the result on the terminal, and the picture that was asked for
      #expect(again.output.contains("untrained") && again.output.contains("on fresh tasks"))
      let picture = folder.appendingPathComponent("pictures/swimmer-velocity.published-code.svg")
      #expect(again.output.contains(picture.path))
      #expect(try String(contentsOf: picture, encoding: .utf8).hasSuffix("</svg>\n"))

      let archive = folder.appendingPathComponent("episodes.npz")
      let evaluation = try Program.run([
        "evaluate", runs + "/seed-1", "--trajectories", archive.path, "--json",
      ])
      #expect(evaluation.status == 0, "\(evaluation.errors)")
      #expect(try Data(contentsOf: archive).range(of: Data("qpos.npy".utf8)) != nil)
    }
  }

  @Test func whatCannotBeShownIsRefusedByName() async throws {
    try await withTemporaryFolder { folder in
      let run = try await SmallRun.train(
        SmallRun.configuration("navigation-2d.quickstart"),
        in: folder.appendingPathComponent("run"))
      let output = folder.appendingPathComponent("report.html").path
      func errors(_ arguments: String...) throws -> String {
        let outcome = try Program.run(["report", "--output", output] + arguments)
        #expect(outcome.status == 65)
        #expect(outcome.output.isEmpty && outcome.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: output))
        return outcome.errors
      }
      #expect(try errors(folder.path + "/none").contains("none"))
      #expect(try errors(run.url.path, run.url.path).contains("pass only one of them"))
      #expect(
        try Program.run(["report", run.url.path, "--output", "/proc/none/r.html"]).status == 74)
      #expect(try Program.run(["report"]).status == 64)
      #expect(try Program.run(["report", run.url.path, "--seed", "-1"]).status == 64)
      #expect(
        try Program.run(["evaluate", run.url.path, "--trajectories", "episodes.csv"]).status == 64)
      try Data(contentsOf: run.parametersURL).prefix(400).write(to: run.parametersURL)
      #expect(try errors(run.url.path).contains("parameters.safetensors"))
      try Data("1\n".utf8).write(to: run.metricsURL)
      #expect(try errors(run.url.path).contains("metrics.csv"))
    }
  }
}
