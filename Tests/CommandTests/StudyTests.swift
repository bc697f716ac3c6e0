import Foundation
import Testing

/// `metatape study` and `metatape reproduce` as a user runs them.
@Suite struct StudyTests {
  @Test func sweepGivesTablesAndPlots() throws {
    try withFolder { folder in
      let output = folder.appendingPathComponent("study")
      let outcome = try Program.run([
        "study", "--preset", "tabular.random", "--estimators", "sg-mrl,sg-mrl-control-variate",
        "--sweep", "inner.episodes=2,4", "--meta-batches", "3", "--learning", "2",
        "--reference-meta-batches", "3", "--set", "outer.tasks=4", "--set",
        "environment.horizon=3", "--ascent", "0.1", "--ascent-tasks", "5", "--json", "--output",
        output.path,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let report = try #require(
        JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      let studies = try #require(report["studies"] as? [[String: Any]])
      #expect(studies.count == 2)
      #expect(studies.map { $0["value"] as? String } == ["2", "4"])
      for study in studies {
        #expect(study["ascent_step"] as? Double == 0.1 && study["ascent_tasks"] as? Int == 5)
        #expect(study["score_weight"] as? Double == 1)
        for row in try #require(study["rows"] as? [[String: Any]]) {
          let ascent = try #require(row["ascent"] as? [String: [String: Any]])
          #expect(
            Set(ascent.keys) == ["promised_slope", "discounted_slope", "undiscounted_slope"])
        }
      }
      let csv = try String(contentsOf: output.appendingPathComponent("study.csv"), encoding: .utf8)
      #expect(csv.split(separator: "\n").count == 5)
      let columns = csv.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).count
      }
      #expect(Set(columns) == [32])
      let files = Set(try FileManager.default.contentsOfDirectory(atPath: output.path))
      #expect(files.contains("inner.episodes-variance.svg") && files.contains("study.json"))
    }
  }

  /// The ratio is that of an estimator's variance to the first's; a footnote needs its mark.
  @Test(arguments: ["sg-mrl,sg-mrl-control-variate", "sg-mrl,maml"])
  func tablesReadAsTheirHeadingsSay(estimators: String) throws {
    let outcome = try Program.run([
      "study", "--preset", "tabular.random", "--estimators", estimators, "--meta-batches", "20",
      "--learning", "20", "--set", "outer.tasks=20", "--set", "environment.horizon=2", "--set",
      "inner.episodes=2", "--set", "environment.states=2", "--set", "environment.actions=2",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    let rows = lines.filter { $0.contains("[") && ($0.hasPrefix("sg-mrl") || $0.hasPrefix("maml")) }
    func number(_ row: Substring, _ column: Int) throws -> Double {
      let cells = row.split(separator: try Regex("  +"))
      return try #require(Double(cells[column].prefix { $0 != " " }))
    }
    try #require(rows.count == 2)
    let variances = try rows.map { try number($0, 1) }
    #expect(try number(rows[0], 2) == 1)
    #expect(abs(try number(rows[1], 2) / (variances[1] / variances[0]) - 1) < 0.02)
    let hasMark = rows.contains { $0.contains("] *") }
    // below an empty line: what is printed keeps its order
    #expect(outcome.output.contains("\n\n* the bias is larger") == hasMark)
    #expect(outcome.output.contains("? the gradient") == rows.contains { $0.contains(" ? ") })
  }

  @Test func misuseIsExplained() throws {
    let unknown = try Program.run(["study", "--estimators", "sgmrl"])
    #expect(unknown.status == 64 && unknown.errors.contains("sg-mrl-control-variate"))
    let sweep = try Program.run(["study", "--sweep", "inner.steps"])
    #expect(sweep.status == 64 && sweep.errors.contains("key=first,second"))
    let ascent = try Program.run(["study", "--ascent", "0"])
    #expect(ascent.status == 64 && ascent.errors.contains("--ascent must be positive"))
    let tasks = try Program.run(["study", "--ascent-tasks", "5"])
    #expect(tasks.status == 64 && tasks.errors.contains("needs --ascent"))
    let along = try Program.run(["study", "--along", "maml"])
    #expect(along.status == 64 && along.errors.contains("needs --ascent"))
    let direction = try Program.run([
      "study", "--ascent", "0.1", "--along", "lvc", "--estimators", "maml,lsf",
      "--meta-batches", "3", "--learning", "0",
    ])
    #expect(direction.status == 64 && direction.errors.contains("maml, lsf"))
    let cell = try Program.run(["reproduce", "table-1", "--cells", "navigation"])
    #expect(cell.status == 64 && cell.errors.contains("navigation-2d.published-code"))
  }

  @Test(arguments: [
    (["gradient-bias", "--trajectories", "2,2"], "--trajectories '2,2'"),
    (["gradient-bias", "--trajectories", "0"], "--trajectories '0'"),
    (["gradient-bias", "--step-sizes", "10,x"], "--step-sizes '10,x'"),
    (["gradient-bias", "--step-sizes", "inf"], "--step-sizes 'inf'"),
    (["gradient-bias", "--inner-steps", ""], "--inner-steps ''"),
    (["gradient-bias", "--mdps", "1"], "--mdps must be from 2"),
    (["gradient-bias", "--repeats", "1"], "--repeats must be from 2"),
    (["gradient-bias", "--reference-trajectories", "0"], "--reference-trajectories must be"),
    (["gradient-bias", "--estimators", "sgmrl"], "There is no estimator 'sgmrl'"),
    (["gradient-bias", "--estimators", "maml,maml"], "twice"),
    (["gradient-bias", "--estimators", "sg-mrl-leave-one-out"], "looks at other chains"),
    (["gradient-bias", "--rows", "maml"], "gradient-bias takes"),
    (["gradient-bias", "--output", "x"], "gradient-bias takes"),
    (["table-1", "--mdps", "3"], "none of the options of gradient-bias"),
    (["comparison", "--seeds", "3"], "what it runs is planned"),
    (["debiasing", "--epochs", "3"], "what it runs is planned"),
    (["--pages", "--rows", "maml"], "what it runs is planned"),
    ([], "Say what to reproduce"),
  ])
  func misuseOfGradientBiasIsExplained(arguments: [String], message: String) throws {
    let outcome = try Program.run(["reproduce"] + arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func gradientBiasIsTheSameForAnyNumberOfThreads() throws {
    let command = ["reproduce", "gradient-bias", "--seed", "3"] + OutputTests.bias
    let one = try Program.run(command + ["--threads", "1"])
    #expect(one.status == 0 && one.output.contains("sg-mrl"), "\(one.errors)")
    #expect(try Program.run(command + ["--threads", "2"]).output == one.output)
  }

  /// A short reproduction of one cell: trained, summarised, put on a page, and not run again.
  @Test func reproductionKeepsItsSummaries() throws {
    try withFolder { folder in
      let output = folder.appendingPathComponent("pages")
      let arguments = [
        "reproduce", "table-1", "--cells", "navigation-2d.published-code", "--rows",
        "sg-mrl,maml", "--epochs", "1", "--runs", folder.appendingPathComponent("runs").path,
        "--output", output.path, "--json",
      ]
      let first = try Program.run(arguments + ["--timing", "1"])
      #expect(first.status == 0, "\(first.errors)")
      let summaries = try #require(
        JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [[String: Any]])
      #expect(summaries.map { $0["line"] as? String } == ["sg-mrl", "maml"])
      let page = try String(
        contentsOf: output.appendingPathComponent("table-1.md"), encoding: .utf8)
      // one epoch is not the whole length
      #expect(page.contains("Not yet run at full length") && page.contains("sg-mrl "))
      try FileManager.default.removeItem(at: folder.appendingPathComponent("runs"))
      let again = try Program.run(arguments)
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.output == first.output)
      #expect(
        !FileManager.default.fileExists(atPath: folder.appendingPathComponent("runs").path))
    }
  }

  /// With the raw coefficient and plain ascent the second outer step is about forty units long: that is a
  /// result, which stands on the page and is not run again.
  @Test func reproductionKeepsRunsThatDiverge() throws {
    try withFolder { folder in
      let output = folder.appendingPathComponent("pages")
      let runs = folder.appendingPathComponent("runs")
      let arguments = [
        "reproduce", "table-1", "--cells", "navigation-2d.paper", "--rows", "sg-mrl", "--epochs",
        "3", "--runs", runs.path, "--output", output.path, "--json",
      ]
      let first = try Program.run(arguments)
      #expect(first.status == 0, "\(first.errors)")
      let entries = try #require(
        JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [[String: Any]])
      #expect(entries.count == 1 && entries[0]["epoch"] as? Int == 1)
      let page = try String(
        contentsOf: output.appendingPathComponent("table-1.md"), encoding: .utf8)
      #expect(page.contains("SG-MRL, raw coefficient: the parameters diverge, seed 1 in epoch 1."))
      #expect(page.contains("logStandardDeviation"))
      try FileManager.default.removeItem(at: runs)
      #expect(try Program.run(arguments).output == first.output)
      #expect(!FileManager.default.fileExists(atPath: runs.path))
    }
  }

  /// Also of a line that diverges: it is begun anew.
  @Test func timesAreTakenWithoutRuns() throws {
    try withFolder { folder in
      let output = folder.appendingPathComponent("pages")
      let runs = folder.appendingPathComponent("runs")
      let timed = try Program.run([
        "reproduce", "table-1", "--cells", "navigation-2d.paper", "--rows", "maml,sg-mrl",
        "--seeds", "0", "--timing", "3", "--runs", runs.path, "--output", output.path,
      ])
      #expect(timed.status == 0, "\(timed.errors)")
      #expect(timed.output.contains("navigation-2d.paper: maml "))
      #expect(timed.output.contains(" s, sg-mrl "))
      #expect(timed.output.contains("an epoch (median of 3, "))
      #expect(!FileManager.default.fileExists(atPath: runs.path))
    }
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
