import Foundation
import MetaTape
import RunAnExperiment
import Testing

@Test func runsAreFinishedOnceAndRead() async throws {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("experiment-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  let plans = try plans(
    estimators: ["sg-mrl-own-batch", "maml"], seeds: [1, 2], epochs: 3, in: folder)
  let results = await finish(plans)
  #expect(results.count == 4)
  for plan in plans {
    guard case .finished = try plan.state() else {
      Issue.record("\(plan.name) is not finished")
      continue
    }
  }
  let first = try gains(plans)
  #expect(first.count == 4)
  // the same plans again: nothing is left to do, so nothing changes
  _ = await finish(plans)
  #expect(try gains(plans) == first)

  let report = folder.appendingPathComponent("report.html")
  try await writeReport(plans, to: report)
  #expect(try String(contentsOf: report, encoding: .utf8).contains("sg-mrl-own-batch"))
}
