import Files
import Foundation
import Runs
import Testing

@testable import Reproduction

@Suite struct ComparisonTests {
  private let comparison = Comparison(
    cell: PaperTable.table2.cells[1], line: ComparisonPlan.standard.primary.line,
    other: ComparisonPlan.standard.primary.other, seeds: 11..<15, margin: 10)

  /// The pairs, and a run that diverged in place of one.
  private let own = [4.0, 8, 6, 10]
  private let others = [1.0, 7, 7, 3]

  @Test func pairsAreTestedWhenAllAreThere() throws {
    try withFolder { folder in
      for (index, seed) in comparison.seeds.enumerated() {
        #expect(try comparison.outcome(folder) == nil)
        #expect(try comparison.pairCount(folder) == index)
        try write(own[index], comparison.line, seed, folder)
        #expect(try comparison.pairCount(folder) == index)
        try write(others[index], comparison.other, seed, folder)
      }
      let outcome = try #require(try comparison.outcome(folder))
      #expect(outcome.own == own && outcome.others == others)
      // differences 3, 1, -1, 7: mean 2.5, variance 35/3
      #expect(outcome.difference.mean == 2.5)
      let t = 2.5 / (35.0 / 12).squareRoot()
      #expect((t - 1.4638501094227998).magnitude < 1e-12)
      // 2 * scipy.stats.t.sf(1.4638501094227998, 3)
      #expect(
        (outcome.probability - 0.23944259863600298).magnitude < 1e-12, "\(outcome.probability)")
      // variances 9 and 20/3; 2 * scipy.stats.f.sf(1.35, 3, 3)
      #expect((outcome.varianceRatio - 1.35).magnitude < 1e-12)
      #expect(
        (outcome.varianceProbability - 0.8110719966048013).magnitude < 1e-12,
        "\(outcome.varianceProbability)")
    }
  }

  @Test func settingsThatChangedDoNotCount() throws {
    try withFolder { folder in
      for (index, seed) in comparison.seeds.enumerated() {
        try write(own[index], comparison.line, seed, folder)
        try write(others[index], comparison.other, seed, folder, fingerprint: "other")
      }
      #expect(try comparison.outcome(folder) == nil)
      #expect(try comparison.pairCount(folder) == 0)
    }
  }

  @Test func aRunThatDivergedIsTheUntrainedPolicy() throws {
    try withFolder { folder in
      for (index, seed) in comparison.seeds.enumerated() {
        try write(own[index], comparison.line, seed, folder)
        if index > 0 { try write(others[index], comparison.other, seed, folder) }
      }
      let run = DivergedRun(
        comparison.cell.configuration(comparison.other, seed: 11), cell: comparison.cell,
        line: comparison.other, epoch: 3, reason: "a reason")
      try folder.write(run, comparison.cell, comparison.other)
      // nothing is known of the untrained policy
      #expect(try comparison.outcome(folder) == nil)
      try folder.write(untrained: try report(-5), comparison.cell)
      #expect(try comparison.outcome(folder)?.others == [-5, 7, 7, 3])
    }
  }

  /// The page says nothing of a difference before all pairs are there.
  @Test func thePageWaits() throws {
    try withFolder { folder in
      let plan = ComparisonPlan(
        primary: comparison, secondary: [comparison], level: 0.05, expectedDifference: 75,
        expectedDeviation: 170)
      for (index, seed) in comparison.seeds.enumerated() {
        let page = try ComparisonPage(plan, folder).markdown()
        #expect(page.contains("\(index) of 4 pairs are there") && !page.contains("p = 0"))
        try write(1000 + own[index], comparison.line, seed, folder)
        try write(others[index], comparison.other, seed, folder)
      }
      let page = try ComparisonPage(plan, folder).markdown()
      #expect(page.contains("\(comparison.line.title) is better.") && page.contains("| yes |"))
    }
  }

  @Test func thePlanHasEveryRecommendedCellOnce() {
    let plan = ComparisonPlan.standard
    let cells = plan.all.map(\.cell.name)
    #expect(cells.count == 10 && Set(cells).count == 10)
    #expect(plan.primary.cell.name == "half-cheetah-direction.recommended")
    #expect(plan.primary.seeds.count == 43)
    // seeds on which settings were chosen are not among those of any comparison
    #expect(plan.all.allSatisfy { !$0.seeds.contains(1001) && !$0.seeds.contains(1002) })
  }

  private func write(
    _ value: Double, _ line: PaperTable.Line, _ seed: Int, _ folder: SummaryFolder,
    fingerprint: String? = nil
  ) throws {
    let configuration = comparison.cell.configuration(line, seed: seed)
    let machine = try JSON.encode(MachineFacts())
    let held = try JSON.encode(try report(value))
    let text = """
      {"schema_version": 1, "cell": "\(comparison.cell.name)", "line": "\(line.name)", "seed": \(seed),
       "epochs": \(configuration.training.epochs), "seconds_per_epoch": 1, "greatest_training_return": 1,
       "fingerprint": "\(fingerprint ?? configuration.fingerprint)", "curve": [],
       "machine": \(String(decoding: machine, as: UTF8.self)), "held_out": \(String(decoding: held, as: UTF8.self))}
      """
    try folder.write(
      try JSON.decode(RunSummary.self, from: Data(text.utf8)), comparison.cell, line)
  }

  /// A report whose return after the steps of the cell's training is a value.
  private func report(_ value: Double) throws -> TestReport {
    let tasks = comparison.cell.configuration(comparison.line, seed: 1).test.tasks
    let rows = (0...RunSummary.heldOutSteps).map { step in
      let number = step == comparison.cell.innerSteps ? value : 1e6
      return
        #"{"steps": \#(step), "undiscounted_return": \#(number), "discounted_return": 0, "gain": 0}"#
    }
    let text = """
      {"schema_version": 1, "name": "a test", "seed": 1, "tasks": \(tasks), "episodes": 20,
       "invalid_episodes": 0, "rows": [\(rows.joined(separator: ", "))]}
      """
    return try JSON.decode(TestReport.self, from: Data(text.utf8))
  }

  private func withFolder(_ body: (SummaryFolder) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(SummaryFolder(folder))
  }
}
