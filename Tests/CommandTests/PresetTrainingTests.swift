import Foundation
import Runs
import Testing

/// Presets and bodies of one's own train from the command line.
@Suite struct PresetTrainingTests {
  private let command = CommandTests()

  /// Presets of tasks beyond the paper's.
  @Test(arguments: Catalog.standard.presets.map(\.name).filter { $0.hasSuffix(".recommended") })
  func recommendedPresetsTrainWithBothEstimators(preset: String) throws {
    try command.withFolder { folder in
      var options = CommandTests.small
      if preset.hasPrefix("random-mdp") || preset.contains("bandit") {
        // their policies have no layers
        let layers = try #require(options.firstIndex(of: "policy.hidden-sizes=[8]"))
        options.removeSubrange(layers - 1...layers)
      }
      for estimator in ["sg-mrl", "maml"] {
        let outcome = try Program.run(
          ["train", "--output", folder.path, "--json", "--preset", preset, "--replace"] + options
            + ["--set", "estimator=\(estimator)"])
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
    }
  }

  /// The body of the tutorial, from its file to a report.
  @Test func aBodyFromAFileIsTrainedAndShown() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Docs/Examples/Bodies/crawler.xml").path
    try command.withFolder { folder in
      let outcome = try command.train(
        folder.path, ["--preset", "body.recommended", "--set", "environment.model=\(file)"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let page = folder.appendingPathComponent("page.html").path
      #expect(try command.run("report", folder.path, "--output", page).status == 0)
      let text = try String(contentsOfFile: page, encoding: .utf8)
      #expect(text.contains("go forwards") && text.contains("class=\"limb\""))
      #expect(try command.run("evaluate", folder.path).status == 0)
    }
    let missing = try command.train(
      "/tmp/none", ["--set", "environment.name=body", "--set", "environment.model=a.xml"])
    #expect(missing.status == 65 && missing.errors.contains("a.xml"))
  }
}
