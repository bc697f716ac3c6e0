import Foundation
import MetaTape

// snippet: plan
/// The runs of a small comparison: 2D navigation with some estimators and seeds.
public func plans(
  estimators: [String], seeds: [Int], epochs: Int, in folder: URL
) throws -> [RunPlan] {
  guard let preset = Catalog.standard.configuration(preset: "navigation-2d.quickstart") else {
    return []
  }
  return try estimators.flatMap { estimator in
    try seeds.map { seed in
      var configuration = preset
      try configuration.set("estimator=\(estimator)")
      configuration.seed = seed
      configuration.training.epochs = epochs
      configuration.policy = GaussianNetworkOptions(HiddenLayers([16], activation: .tanh))
      configuration.horizon = 20
      let name = "\(estimator)-\(seed)"
      return RunPlan(
        name: name, configuration: configuration, url: folder.appendingPathComponent(name))
    }
  }
}
// end snippet

// snippet: run
/// Runs the plans that are not finished, resumes those that were stopped, and skips the rest.
public func finish(_ plans: [RunPlan]) async -> [RunResult] {
  await RunQueue(plans, parallel: 1, threads: 2, drawing: TrajectoryFigure.drawing)
    .ensureFinished()
}
// end snippet

// snippet: read
/// The gain of one inner step on fresh tasks, for each run.
public func gains(_ plans: [RunPlan]) throws -> [String: Double] {
  var result: [String: Double] = [:]
  for plan in plans {
    let run = try StoredRun(reading: plan.url)
    result[plan.name] = run.test?.rows.first { $0.steps == 1 }?.gain
  }
  return result
}
// end snippet

// snippet: report
/// Writes a page with curves, comparisons and trajectories; it needs no network and no other file.
public func writeReport(_ plans: [RunPlan], to url: URL) async throws {
  let runs = try RunCollection(plans.map { try StoredRun(reading: $0.url) })
  let page = try await HTMLReport(title: "Two estimators").page(ReportContext(runs, threads: 2))
  try page.document.write(to: url, atomically: true, encoding: .utf8)
}
// end snippet
