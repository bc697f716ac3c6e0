import Files
import Foundation
import RunSupport
import Testing

@testable import Reports

/// What stands at the top of a page, and what it is computed from.
@Suite struct ResultTests {
  private static func train(
    _ preset: String, _ estimators: [String], seeds: [Int] = [1], setting values: [String] = [],
    in folder: URL
  ) async throws -> RunCollection {
    var runs: [StoredRun] = []
    for estimator in estimators {
      for seed in seeds {
        var configuration = try SmallRun.configuration(preset, estimator: estimator, seed: seed)
        try configuration.set(all: values)
        let url = folder.appendingPathComponent("\(estimator)-\(seed)")
        runs.append(try StoredRun(reading: try await SmallRun.train(configuration, in: url).url))
      }
    }
    return try RunCollection(runs)
  }

  /// Single runs are compared task by task, with the returns of their own tests.
  @Test func aSingleSeedHasIntervalsOverItsTasks() async throws {
    try await withTemporaryFolder { folder in
      let runs = try await Self.train(
        "tabular.random", ["sg-mrl", "maml"], setting: ["test.tasks=5"], in: folder)
      let context = ReportContext(runs)
      let result = try #require(try await ReportResults(context).experiments.first)
      let returns = try await withThrowingTaskGroup(of: (Int, [Double]).self) { group in
        for (index, run) in runs.groups.map({ $0.runs[0] }).enumerated() {
          group.addTask {
            let experiment = try Experiment(run.configuration)
            let parameters = try SafeTensors.read(
              run.directory.parametersURL, experiment.policy.layout)
            let test = try await experiment.metaTest(parameters, threads: 1)
            return (index, test.returns.map { $0[1].summary.undiscounted })
          }
        }
        return try await group.reduce(into: [[], []]) { $0[$1.0] = $1.1 }
      }
      // the same numbers as in test.json, and the difference of each task
      for (group, values) in zip(result.groups, returns) {
        #expect(group.trained == Estimate(values))
      }
      let stored = runs.groups.map { $0.runs[0].test?.rows[1].undiscountedReturn }
      #expect(result.groups.map { $0.trained.mean } == stored)
      #expect(
        result.groups[0].againstMAML == Estimate(zip(returns[0], returns[1]).map { $0 - $1 }))
      #expect(result.groups[1].againstMAML == nil)
      let page = try await HTMLReport(title: "t").page(context)
      try ReportTests.check(page)
      #expect(page.document.contains("the same 5 tasks"))
      let difference = try #require(result.groups[0].againstMAML)
      let interval = try #require(Format.interval(difference))
      #expect(page.document.contains(interval))
    }
  }

  /// Untrained parameters are those of a run without an epoch, on the tasks of the run's own test.
  @Test func untrainedIsTheStartOfTraining() async throws {
    try await withTemporaryFolder { folder in
      let trained = try await Self.train(
        "tabular.random", ["sg-mrl"], seeds: [1, 2], setting: ["policy.initial-deviation=1"],
        in: folder.appendingPathComponent("trained"))
      let untrained = try await Self.train(
        "tabular.random", ["sg-mrl"], seeds: [1, 2],
        setting: ["policy.initial-deviation=1", "training.epochs=0"],
        in: folder.appendingPathComponent("untrained"))
      let result = try #require(
        try await ReportResults(ReportContext(trained)).experiments.first?.groups.first)
      let start = try #require(untrained.groups.first)
      let values = start.runs.compactMap { $0.test?.rows[1].undiscountedReturn }
      #expect(values.count == 2 && result.untrained == Estimate(values))
      let ends = trained.groups[0].runs.compactMap { $0.test?.rows[1].undiscountedReturn }
      #expect(result.rise == Estimate(zip(ends, values).map { $0 - $1 }))
      // a run that did not train did not change
      let nothing = try #require(
        try await ReportResults(ReportContext(untrained)).experiments.first)
      #expect(nothing.groups[0].rise == Estimate([0, 0]))
      #expect(nothing.sentences[0].contains("shows no change"))
    }
  }

  @Test func oneTaskIsNoFailure() async throws {
    try await withTemporaryFolder { folder in
      let runs = try await Self.train(
        "navigation-2d.quickstart", ["sg-mrl", "maml"], setting: ["test.tasks=1"], in: folder)
      let context = ReportContext(runs)
      let sentences = try await ReportResults(context).experiments.flatMap(\.sentences)
      #expect(sentences.contains { $0.contains("too few for an interval") })
      let page = try await HTMLReport(title: "t").page(context)
      try ReportTests.check(page)
      #expect(!page.document.contains("not a number") && !page.document.contains("∞"))
    }
  }

  @Test func thePageNamesDayAndVersion() async throws {
    try await withTemporaryFolder { folder in
      let runs = try await Self.train("tabular.random", ["maml"], in: folder)
      let day = Date(timeIntervalSince1970: 86_400 * 365 + 3600)
      let page = try await HTMLReport(title: "t").page(ReportContext(runs, date: day))
      #expect(
        page.document.contains("Made on 1971-01-01 by MetaTape \(Release.version) from 1 run."))
      #expect(runs.groups[0].runs[0].machine.programVersion == Release.version)
      // the result comes first
      #expect(page.sections.first == "result")
    }
  }

  /// Records of runs that are older than the field can be read.
  @Test func olderRecordsHaveNoVersion() throws {
    let record = try JSON.encode(MachineFacts())
    let old = String(decoding: record, as: UTF8.self)
      .split(separator: "\n").filter { !$0.contains("program_version") }.joined(separator: "\n")
    #expect(try JSON.decode(MachineFacts.self, from: Data(old.utf8)).programVersion == nil)
    #expect(try JSON.decode(MachineFacts.self, from: record) == MachineFacts())
  }

  @Test func standingStillIsALine() async throws {
    try await withTemporaryFolder { folder in
      let runs = try await Self.train("navigation-2d.quickstart", ["sg-mrl", "maml"], in: folder)
      let value = try #require(runs.groups[0].runs[0].test?.standingStill)
      let page = try await HTMLReport(title: "t").page(ReportContext(runs))
      let name = ">standing still, \(Format.number(value))</text>"
      // both learning curves, and the chart of the test in its two widths
      #expect(page.document.components(separatedBy: name).count - 1 == 4)
      #expect(page.document.contains("Standing still would score \(Format.number(value))."))
      // the axis reaches it
      let levels = [runs.groups[0]].standingStill
      #expect(levels == [ChartLines.Level(name: "standing still", value: value)])
      // other environments have levels of their own
      let farther = try await Self.train(
        "navigation-2d.quickstart", ["sg-mrl"], setting: ["environment.horizon=20"],
        in: folder.appendingPathComponent("farther"))
      let both = try RunCollection(
        runs.groups.flatMap(\.runs) + farther.groups.flatMap(\.runs))
      #expect(both.groups.standingStill.count == 3)
      let pictures = runs.learningPlots
      #expect(pictures.map(\.name) == ["navigation-2d.quickstart"])
      #expect(pictures[0].plot.series.map(\.name) == ["sg-mrl", "maml", "standing still"])
    }
  }

  /// The script of the page reads what was measured.
  @Test func chartsCarryTheirValues() async throws {
    struct Values: Decodable {
      struct Line: Decodable {
        let name: String
        let points: [[Double]]
      }
      let series: [Line]
    }
    try await withTemporaryFolder { folder in
      let runs = try await Self.train("tabular.random", ["sg-mrl"], in: folder)
      let page = try await HTMLReport(title: "t").page(ReportContext(runs))
      let charts = try PageOutline(page.document).data.map {
        try JSONDecoder().decode(Values.self, from: Data($0.utf8))
      }
      let expected = try #require(runs.groups[0].runs[0].metrics["return_after"])
      let found = charts.compactMap { $0.series.first?.points.map { $0[1] } }
      #expect(
        found.contains { line in
          line.count == expected.count
            && zip(line, expected).allSatisfy { ($0 - $1).magnitude < 1e-5 * $1.magnitude }
        })
      // the test has intervals
      #expect(charts.contains { $0.series.first?.points.allSatisfy { $0.count == 4 } == true })
    }
  }

  /// Names come from folders and files: none may end the script that holds them.
  @Test func namesCannotEndTheScript() {
    let axis = ChartAxis("x", showing: [0, 1])
    let series = ChartSeries(
      name: "</script><b>\"\\", index: 0,
      points: [ChartSeries.Point(x: 0, Estimate([1]))])
    let chart = ChartLines(
      title: "t", subject: "s", summary: "", x: axis, y: axis, series: [series])
    let markup = chart.html.markup
    #expect(markup.components(separatedBy: "</script>").count == 2)
    #expect(markup.contains("\\u003c/script\\u003e\\u003cb\\u003e\\u0022\\u005c"))
  }

  /// Whichever of the two is better, the sentence says by how much.
  @Test func theBestIsComparedWithMAMLOrTheNextBest() {
    func group(_ label: String, _ index: Int, _ values: [Int: Double]) -> ReportResults.Group {
      let returns = PairedReturns(bySeed: values)
      return ReportResults.Group(
        label: label, index: index, seeds: [1, 2, 3], steps: 1, untrained: returns.estimate,
        trained: returns.estimate, rise: returns.difference(to: returns).estimate, returns: returns,
        epochs: 7, comparison: nil, reference: nil)
    }
    let maml = group("maml", 1, [1: 4, 2: 5, 3: 7])
    for (values, expected) in [
      (
        [1: 5.0, 2: 7, 3: 10],
        "It is 2.00 above that of MAML (95 % interval of the difference -0.484 … 4.48, 3 pairs)."
      ),
      (
        [1: 3.0, 2: 3, 3: 4],
        "It is 2.00 above that of lvc (95 % interval of the difference -0.484 … 4.48, 3 pairs)."
      ),
    ] {
      var other = group("lvc", 0, values)
      other.comparison = other.returns.difference(to: maml.returns)
      other.reference = 1
      let experiment = ReportResults.Experiment(
        name: "n", groups: [other, maml], standingStill: nil)
      #expect(experiment.sentences.last == expected)
    }
  }

  @Test func sentencesSayWhatWasShown() {
    func experiment(_ trained: [Int: Double], _ untrained: [Int: Double])
      -> ReportResults.Experiment
    {
      let (to, from) = (PairedReturns(bySeed: trained), PairedReturns(bySeed: untrained))
      let group = ReportResults.Group(
        label: "lvc", index: 0, seeds: trained.keys.sorted(), steps: 1, untrained: from.estimate,
        trained: to.estimate, rise: to.difference(to: from).estimate, returns: to, epochs: 7,
        comparison: nil, reference: nil)
      return ReportResults.Experiment(name: "n", groups: [group], standingStill: -2)
    }
    let rose = experiment([1: 5, 2: 6, 3: 7], [1: 1, 2: 2, 3: 3.5]).sentences
    #expect(
      rose == [
        "The return of lvc after 1 adaptation step on fresh tasks rose from 2.17 untrained to 6.00 in 7 meta-epochs (95 % interval of the difference 3.12 … 4.55, over 3 seeds).",
        "Standing still would score -2.00.",
      ])
    #expect(
      experiment([1: 1, 2: 2, 3: 3], [1: 5, 2: 6, 3: 7.5]).sentences[0].contains("fell from"))
    #expect(
      experiment([1: 1, 2: 9, 3: 3], [1: 5, 2: 2, 3: 3]).sentences[0].contains("shows no change"))
  }
}
