import Foundation
import MessagePassing
import Testing

@testable import Runs

/// A run whose policy can learn nothing does not end as one that has learnt.
@Suite struct DeadPolicyTests {
  /// The paper as printed with a small network: the first outer step is ten million million long.
  private func configuration(seed: Int) throws -> Configuration {
    var configuration = try #require(
      Catalog.standard.configuration(preset: "navigation-2d.paper-literal"))
    try configuration.set(all: ["policy.hidden-sizes=[8]", "seed=\(seed)", "training.epochs=5"])
    return configuration
  }

  @Test(arguments: 1...3) func collapsedDeviationsAreDivergence(seed: Int) async throws {
    try await TabularRun.withFolder { folder in
      let plan = RunPlan(
        name: "dead", configuration: try configuration(seed: seed),
        url: folder.appendingPathComponent("run"))
      let error = await #expect(throws: TrainingError.self) {
        try await TabularRun.run(TrainingRun(beginning: plan, threads: 2))
      }
      #expect(error?.divergedInEpoch == 0)
      for part in ["log standard deviation", "limit of", "seed \(seed)", "outer.step-size"] {
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
      }
      #expect(try plan.state() == .unfinished(epochs: 0))
    }
  }

  @Test func deviationsThatStartAtTheirFloorAreRefused() throws {
    var configuration = try #require(
      Catalog.standard.configuration(preset: "navigation-2d.quickstart"))
    try configuration.set("policy.standard-deviation-floor=0.5")
    _ = try Experiment(configuration)
    for (deviation, floor) in [("0", "1"), ("-2", "0.5"), ("-14", "1e-6")] {
      try configuration.set("policy.log-standard-deviation=\(deviation)")
      try configuration.set("policy.standard-deviation-floor=\(floor)")
      let error = #expect(throws: ConfigurationError.self) { try Experiment(configuration) }
      for part in [
        "policy.log-standard-deviation", "policy.standard-deviation-floor", "never move",
      ] { #expect(error?.description.contains(part) == true, "\(error?.description ?? "")") }
    }
    // other policies have no floor
    try configuration.set("policy.kind=full-covariance-gaussian-network")
    _ = try Experiment(configuration)
  }

  @Test func aPolicyDoesNotStartAtItsFloor() async {
    await #expect(processExitsWith: .failure) {
      _ = GaussianNetworkPolicy(
        observationSize: 1, actionSize: 1, initialLogStandardDeviation: 0,
        standardDeviationFloor: 1)
    }
  }

  /// One state, one action: nothing depends on the parameters.
  private func withoutChoice(_ folder: URL) throws -> RunPlan {
    try TabularRun.plan(folder) {
      try $0.set(all: ["environment.actions=1", "training.checkpoint-interval=1"])
    }
  }

  @Test func aRunThatNothingMovesEndsAlsoAfterItWentOn() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try withoutChoice(folder)
      try await TabularRun.run(TrainingRun(beginning: plan, threads: 1), until: 2)
      let error = await #expect(throws: TrainingError.self) {
        try await TabularRun.run(TrainingRun(resuming: plan.url, threads: 1))
      }
      #expect(error?.divergedInEpoch == 2)
      #expect(error?.description.contains("exactly zero for 3 epochs") == true)
      #expect(try plan.state() == .unfinished(epochs: 2))
    }
  }

  /// Deviations that sink to a floor which is near, with rewards that pay for it.
  private func sinking(_ folder: URL, _ name: String) throws -> RunPlan {
    var configuration = try #require(
      Catalog.standard.configuration(preset: "navigation-2d.quickstart"))
    try configuration.set(all: [
      "outer.tasks=2", "inner.episodes=3", "outer.episodes=3", "policy.hidden-sizes=[4]",
      "environment.horizon=5", "training.epochs=6", "training.checkpoint-interval=2",
      "test.tasks=1", "test.steps=1", "outer.step-size=0.1",
      "policy.standard-deviation-floor=0.85",
    ])
    return RunPlan(
      name: name, configuration: configuration, url: folder.appendingPathComponent(name))
  }

  private func run(_ run: TrainingRun, until last: Int = .max) async throws -> [String] {
    let stop = StopRequest()
    var warnings: [String] = []
    _ = try await run.run(stop: stop) { event in
      switch event {
      case .warning(let text): warnings.append(text)
      case .epoch(let record): if record.epoch + 1 == last { stop.make(signal: 15) }
      default: break
      }
    }
    return warnings
  }

  @Test func findingsAreSaidAndKeptOnce() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try sinking(folder, "whole")
      let warnings = try await run(TrainingRun(beginning: plan, threads: 1))
      let stored = try StoredRun(reading: plan.url)
      try #require(stored.findings.count == 1)
      let finding = stored.findings[0]
      #expect(finding.kind == .deviationCollapsed && finding.message.contains("floor"))
      #expect(warnings == ["Epoch \(finding.epoch): \(finding.message)"])
      #expect((1...4).contains(finding.epoch))
      let file = RunDirectory(existing: plan.url).findingsURL
      let expected = try Data(contentsOf: file)
      // stopped before, in and after the epoch in which it is found
      for epoch in 1...5 {
        let other = try sinking(folder, "stopped-\(epoch)")
        var said = try await run(TrainingRun(beginning: other, threads: 1), until: epoch)
        said += try await run(TrainingRun(resuming: other.url, threads: 1))
        #expect(said == warnings)
        #expect(try Data(contentsOf: RunDirectory(existing: other.url).findingsURL) == expected)
      }
      // what a kill loses is found again, and nothing is there twice
      let directory = RunDirectory(existing: plan.url)
      try directory.cutMetrics(to: finding.epoch)
      #expect(directory.findings().isEmpty)
    }
  }

  /// What is remembered goes through a checkpoint; there is nothing in it where nothing is.
  @Test func checkpointsRememberTheHealth() throws {
    let experiment = try Experiment(TabularRun.configuration())
    let count = experiment.policy.layout.count
    func state(_ health: TrainingHealth) -> TrainerState {
      TrainerState(
        seed: 1, epoch: 3, parameters: [Double](repeating: 1, count: count),
        outerStepSummary: experiment.outerStep.summary, outerStep: experiment.outerStep.state,
        baselineMemory: NamedArrays(), health: health)
    }
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    for (epochs, kinds) in [
      ([0, 0, 0], []), ([2, 0, 3], []), ([0, 1, 0], ["deviation-exploded", "rewards-are-equal"]),
    ] as [([Double], [String])] {
      var health = NamedArrays()
      health["epochs"] = epochs
      for kind in kinds { health[kind] = [] }
      let state = state(try #require(TrainingHealth(health)))
      let data = try Checkpoint(state).encoded(for: experiment)
      #expect((data.range(of: Data("\"health.".utf8)) != nil) == (epochs != [0, 0, 0]))
      try data.write(to: file)
      #expect(try Checkpoint(contentsOf: file, of: experiment).state == state)
    }
  }
}
