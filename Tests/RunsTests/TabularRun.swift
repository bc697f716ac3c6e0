import Foundation
import Testing

@testable import Runs

/// A run of milliseconds, and folders for it.
enum TabularRun {
  static func configuration(
    _ estimator: Estimator = .sgMRLControlVariate, epochs: Int = 6
  ) throws -> Configuration {
    var configuration = try #require(Catalog.standard.configuration(preset: "tabular.random"))
    try configuration.set(all: [
      "estimator=\(estimator.name)", "outer.optimizer=adam", "outer.tasks=2",
      "inner.episodes=3", "outer.episodes=3", "training.epochs=\(epochs)",
      "training.checkpoint-interval=2", "test.tasks=2", "test.steps=1",
    ])
    return configuration
  }

  /// Settings with the outer steps that ask the chains more than once.
  static let outerSteps = [
    ["outer.step=trpo", "estimator=lvc-past", "outer.kl-scope=all"],
    ["outer.step=promp", "estimator=lvc", "outer.kl-target=0.001"],
    ["outer.step=es-maml", "estimator=first-order-maml"],
  ]

  static func plan(
    _ folder: URL, _ name: String = "run", _ change: (inout Configuration) throws -> Void = { _ in }
  ) throws -> RunPlan {
    var configuration = try configuration()
    try change(&configuration)
    return RunPlan(
      name: name, configuration: configuration, url: folder.appendingPathComponent(name))
  }

  static func withFolder<Result>(
    _ body: (URL) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }

  /// Runs a plan until it is done or an epoch has been reached.
  @discardableResult
  static func run(_ run: TrainingRun, until last: Int = .max) async throws -> TrainingRun.Outcome {
    let stop = StopRequest()
    return try await run.run(stop: stop) { event in
      if case .epoch(let record) = event, record.epoch + 1 == last { stop.make(signal: 15) }
    }
  }

  /// What a run leaves, without times: everything else is the same to the bit.
  static func results(_ folder: URL) throws -> [String: Data] {
    var results: [String: Data] = [:]
    for name in [
      "configuration.yaml", "parameters.safetensors", "test.json",
      "checkpoints/epoch-000006.safetensors",
    ] { results[name] = try Data(contentsOf: folder.appendingPathComponent(name)) }
    let csv = try String(contentsOf: folder.appendingPathComponent("metrics.csv"), encoding: .utf8)
    let lines = csv.split(separator: "\n").map { $0.split(separator: ",").prefix(11) }
    results["metrics.csv"] = Data("\(lines)".utf8)
    let json = try String(
      contentsOf: folder.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    let parts = json.split(separator: "\n").map { $0.split(separator: ",").prefix(11) }
    results["metrics.jsonl"] = Data("\(parts)".utf8)
    results["events"] = Data("\(try eventSteps(folder))".utf8)
    return results
  }

  /// The steps of the events for TensorBoard, in the order of the file.
  static func eventSteps(_ folder: URL) throws -> [Int] {
    let file = try #require(EventFile(existingIn: folder))
    var rest = try Data(contentsOf: file.url)
    var steps: [Int] = []
    while let (record, count) = EventRecord.first(of: rest) {
      steps.append(record.step)
      rest = Data(rest.dropFirst(count))
    }
    #expect(rest.isEmpty)
    // the first record names the format
    return Array(steps.dropFirst())
  }
}
