import Foundation
import RunSupport
import Testing

@testable import Reports

/// Gradient norms beside what the theory bounds.
@Suite struct GradientBoundTests {
  static func runs(
    _ preset: String, _ changes: [String], estimators: [String], in folder: URL
  ) async throws -> [URL] {
    var runs: [URL] = []
    for estimator in estimators {
      var configuration = try SmallRun.configuration(preset, estimator: estimator)
      try configuration.set(all: changes)
      let url = folder.appendingPathComponent("\(runs.count)")
      runs.append(try await SmallRun.train(configuration, in: url).url)
    }
    return runs
  }

  @Test func normsStandBesideTheBoundsWhereTheTheoryCoversThem() async throws {
    try await withTemporaryFolder { folder in
      let runs = try await Self.runs(
        "tabular.random", [], estimators: ["sg-mrl", "maml"], in: folder)
      let page = try await ReportTests.page(runs)
      try ReportTests.check(page)
      let run = try StoredRun(reading: runs[0])
      let bounds = try #require(try GradientBounds.of(run.configuration).value)
      // R < 1, G = √2, L = 1/2; 3 episodes of 12 steps, γ = 0.95, α = 1
      #expect(bounds.constants.rewardBound <= 1)
      #expect((bounds.constants.policy.score - 2.0.squareRoot()).magnitude < 1e-12)
      #expect(bounds.constants.innerSamples == 36)
      let norms = try #require(run.metrics["gradient_norm"])
      let largest = try #require(norms.max())
      #expect(largest > 0 && largest < bounds.corrected.estimateNorm)
      let limit = Format.number(bounds.corrected.estimateNorm)
      #expect(
        page.document.contains("<td>\(Format.number(largest))</td><td>\(limit)</td>"))
      let square = norms.reduce(0) { $0 + $1 * $1 } / Double(norms.count)
      let means = [square.squareRoot(), bounds.rootMeanSquare].map(Format.number)
      #expect(page.document.contains("<td>\(means[0])</td><td>\(means[1])</td>"))
      #expect(page.document.contains("G_V bounds every norm, \(limit)</text>"))
      // a step size of 1 is beyond what is printed
      #expect(bounds.printed.reasons.count == 1)
      #expect(page.document.contains("the theorem does not cover these groups: theorem 3"))
      #expect(!page.document.contains("Not covered") && !page.document.contains("exceeded"))
    }
  }

  @Test func whatTheTheoryDoesNotCoverIsSaidWithTheReasons() async throws {
    try await withTemporaryFolder { folder in
      // a network in the plane, and among covered groups an estimator that is not
      let plane = try await Self.runs(
        "navigation-2d.paper-literal", ["training.epochs=1"], estimators: ["sg-mrl"],
        in: folder.appendingPathComponent("plane"))
      let page = try await ReportTests.page(plane)
      try ReportTests.check(page)
      for reason in ["Not covered", "Assumption 1", "Assumption 2 fails for a Gaussian", "hidden"] {
        #expect(page.document.contains(reason), "\(reason)")
      }
      #expect(!page.document.contains("G_V") && !page.document.contains(">bound of the root mean"))
      let mixed = try await Self.runs(
        "tabular.random", [], estimators: ["sg-mrl", "lvc"],
        in: folder.appendingPathComponent("mixed"))
      let both = try await ReportTests.page(mixed)
      try ReportTests.check(both)
      #expect(both.document.contains("Not covered by the theory’s bounds: lvc of tabular.random"))
      // two levels, in the chart's two widths; the other charts have the best policy and random actions
      let levels = both.document.components(separatedBy: "class=\"level\"").count - 1
      let charts = both.document.components(separatedBy: ">best policy,").count - 1
      #expect(charts > 0 && levels == 2 * 2 + 2 * charts)
      // a reason that not all share names its groups
      var several = plane
      for (index, change) in ["estimator=lvc", "policy.activation=tanh"].enumerated() {
        several += try await Self.runs(
          "navigation-2d.paper-literal", ["training.epochs=1", change], estimators: ["sg-mrl"],
          in: folder.appendingPathComponent("several-\(index)"))
      }
      let document = try await ReportTests.page(several).document
      #expect(document.contains("bounds: all groups of navigation-2d.paper-literal, because"))
      #expect(document.contains("lvc puts another Jacobian in its place.</li>"))
      #expect(
        document.contains("not even continuous. (sg-mrl, policy.activation relu, lvc)</li>"))
      #expect(document.components(separatedBy: "Assumption 2 fails for a Gaussian").count == 2)
    }
  }

  @Test func aNormAboveItsBoundIsNamed() async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration("tabular.random")
      let run = try await SmallRun.train(configuration, in: folder, epochs: 1)
      let values = Metrics.columns.map { $0.name == "gradient_norm" ? "1e9" : "1" }
      try ReportTests.append("1,\(values.joined(separator: ","))\n", to: run.metricsURL)
      let page = try await ReportTests.page([run.url])
      #expect(page.document.contains(", exceeded</td>"))
    }
  }

  @Test func groupsWithBoundsOfTheirOwnHaveLinesOfTheirOwn() async throws {
    try await withTemporaryFolder { folder in
      var runs: [URL] = []
      for steps in [1, 2] {
        runs += try await Self.runs(
          "tabular.random", ["inner.steps=\(steps)"], estimators: ["sg-mrl"],
          in: folder.appendingPathComponent("\(steps)"))
      }
      let page = try await ReportTests.page(runs)
      #expect(page.document.contains("G_V of 1, ") && page.document.contains("G_V of 2, "))
    }
  }

  @Test func namesOfLevelsStandApartAndInView() {
    let series = ChartSeries(
      name: "x", index: 0, points: [ChartSeries.Point(x: 0, Estimate([1]))])
    let values = [1000.0, 999, 998]
    let levels = values.map { ChartLines.Level(name: "level", value: $0) }
    let axis = ChartLines.axis("", for: [series], isLogarithmic: true, levels: values)
    #expect(axis.range.contains(1000))
    let chart = ChartLines(
      title: "t", subject: "s", summary: "", x: ChartAxis("", showing: [0, 1]), y: axis,
      series: [series], levels: levels)
    let places = chart.html.markup.components(separatedBy: "<text class=\"level-name\"").dropFirst()
      .compactMap { text in
        text.components(separatedBy: "y=\"").dropFirst().first?.components(separatedBy: "\"")
          .first.flatMap(Double.init)
      }
    #expect(places.count == 3 && places.allSatisfy { $0 >= 12 })
    for (upper, lower) in zip(places, places.dropFirst()) { #expect(lower - upper >= 13) }
  }
}
