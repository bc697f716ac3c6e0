import Files
import Foundation
import Testing

@testable import Runs

@Suite struct TestReportTests {
  private func report(tasks: Int) async throws -> TestReport {
    var configuration = try TabularRun.configuration()
    configuration.test.tasks = tasks
    let experiment = try Experiment(configuration)
    var stream = RandomStream(seed: 1, purpose: .initialParameters)
    let parameters = experiment.policy.initialParameters(using: &stream)
    return TestReport(try await experiment.metaTest(parameters, threads: 1), experiment)
  }

  /// The spread of one value is not known: null, not 0.
  @Test func oneTaskHasNoSpread() async throws {
    let report = try await report(tasks: 1)
    let data = try JSON.encode(report)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.count == 2)
    for row in rows {
      #expect(row.count == 7)
      for key in [
        "undiscounted_standard_error", "discounted_standard_error", "gain_interval95",
      ] { #expect(row[key] is NSNull, "\(key)") }
      #expect(row["gain"] is Double && row["undiscounted_return"] is Double)
    }
    #expect(try JSON.decode(TestReport.self, from: data) == report)
  }

  /// The returns of the best policy and of random actions, where tasks know them.
  @Test func referencesAreThoseOfTheTasks() async throws {
    var configuration = try #require(
      Catalog.standard.configuration(preset: "bernoulli-bandit.recommended"))
    (configuration.test.tasks, configuration.inner.episodes) = (5, 4)
    let experiment = try Experiment(configuration)
    let test = try await experiment.metaTest(experiment.initialParameters, threads: 1)
    let report = TestReport(test, experiment)
    let best = test.tasks.reduce(0) { $0 + 10 * ($1.max() ?? 0) } / 5
    let uniform = test.tasks.reduce(0) { $0 + 10 * $1.reduce(0, +) / 5 } / 5
    #expect((try #require(report.bestReturn) - best).magnitude < 1e-12)
    #expect((try #require(report.uniformReturn) - uniform).magnitude < 1e-12)
    #expect(try JSON.decode(TestReport.self, from: JSON.encode(report)) == report)
    let other = Catalog.standard.configuration(preset: "navigation-2d.quickstart")
    var navigation = try #require(other)
    (navigation.test.tasks, navigation.horizon) = (2, 3)
    let plain = try Experiment(navigation)
    let without = TestReport(
      try await plain.metaTest(plain.initialParameters, threads: 1), plain)
    #expect(without.bestReturn == nil && without.uniformReturn == nil)
    #expect(without.standingStill != nil)
  }

  @Test func moreTasksHaveOne() async throws {
    let report = try await report(tasks: 3)
    for row in report.rows {
      #expect(try #require(row.undiscountedStandardError) > 0)
      #expect(try #require(row.discountedStandardError) > 0)
      let interval = try #require(row.gainInterval95)
      #expect(interval.count == 2 && interval[0] <= row.gain && row.gain <= interval[1])
      #expect((interval[0] < interval[1]) == (row.steps > 0))
    }
    #expect(try JSON.decode(TestReport.self, from: JSON.encode(report)) == report)
  }
}
