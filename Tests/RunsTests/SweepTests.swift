import Foundation
import Testing

@testable import Runs

@Suite struct SweepTests {
  static let settings = """
    set: { outer.tasks: 2, inner.episodes: 3, outer.episodes: 3, training.epochs: 4, \
    training.checkpoint-interval: 2, test.tasks: 2, test.steps: 1 }
    """

  func sweep(_ text: String, _ folder: URL) throws -> Sweep {
    let file = folder.appendingPathComponent("sweep.yaml")
    try Data(text.utf8).write(to: file)
    return try Sweep(contentsOf: file)
  }

  @Test func combinationsAreNamedByWhatVaries() async throws {
    try await TabularRun.withFolder { folder in
      let sweep = try sweep(
        """
        schema-version: 1
        preset: navigation-2d.quickstart
        output: somewhere
        seeds: [4, 5]
        matrix:
          estimator: [sg-mrl, maml]
          policy.hidden-sizes: [[8], [4, 4]]
        set: { training.epochs: 3 }
        parallel: 2
        threads: 3
        """, folder)
      #expect(sweep.output == "somewhere")
      #expect(sweep.parallel == 2)
      #expect(sweep.threads == 3)
      #expect(sweep.runs.count == 8)
      #expect(sweep.runs.first?.name == "estimator=sg-mrl,policy.hidden-sizes=8,seed=4")
      let last = try #require(sweep.runs.last)
      #expect(last.name == "estimator=maml,policy.hidden-sizes=4-4,seed=5")
      #expect(last.configuration.text(of: "policy.hidden-sizes") == "[4, 4]")
      #expect(last.configuration.estimator.name == "maml")
      #expect(last.configuration.seed == 5)
      #expect(sweep.runs.allSatisfy { $0.configuration.training.epochs == 3 })
    }
  }

  @Test func aConfigurationFileIsFoundBesideTheSweep() async throws {
    try await TabularRun.withFolder { folder in
      let configuration = try TabularRun.configuration()
      try Data(configuration.yaml.utf8).write(to: folder.appendingPathComponent("mine.yaml"))
      let sweep = try sweep("schema-version: 1\nconfiguration: mine.yaml\nseeds: [9]", folder)
      #expect(sweep.runs.map(\.name) == ["seed=9"])
      #expect(sweep.runs.first?.configuration.outer.tasks == 2)
    }
  }

  @Test(arguments: [
    ("preset: tabular.random", ["schema-version: 1", "missing"]),
    ("schema-version: 2", ["line 1", "schema-version 1"]),
    ("schema-version: 1", ["either 'preset' or 'configuration'"]),
    ("schema-version: 1\npreset: nothing", ["'nothing'"]),
    ("schema-version: 1\nconfiguration: none.yaml", ["none.yaml"]),
    ("schema-version: 1\nseed: 1", ["line 2", "'seed'", "seeds"]),
    ("schema-version: 1\nseeds: [1, x]", ["line 2", "list of whole numbers"]),
    ("schema-version: 1\nparallel: 0", ["line 2", "from 1"]),
    ("schema-version: 1\npreset: tabular.random\nmatrix: {seed: [1]}", ["'seeds'"]),
    ("schema-version: 1\npreset: tabular.random\nmatrix: {estimator: maml}", ["line 3", "list"]),
    ("schema-version: 1\npreset: tabular.random\nmatrix: {estimator: [x]}", ["line 3", "'x'"]),
    ("schema-version: 1\npreset: tabular.random\nset: {inner.stps: 1}", ["inner.steps"]),
    (
      "schema-version: 1\npreset: tabular.random\nset: {policy.activation: relu}",
      ["does not apply"]
    ),
    ("schema-version: 1\npreset: tabular.random\nseeds: [1, 1]", ["seed=1", "twice"]),
    ("- 1", ["keys and values"]), ("a: [", ["not YAML"]),
  ])
  func badFilesAreRefused(text: String, parts: [String]) async throws {
    try await TabularRun.withFolder { folder in
      let error = #expect(throws: ConfigurationError.self) { try sweep(text, folder) }
      for part in parts {
        #expect(
          error?.description.contains(part) == true, "\(error?.description ?? "") lacks \(part)")
      }
    }
  }

  @Test func tooManyRunsAreRefused() async throws {
    try await TabularRun.withFolder { folder in
      let values = (1...150).map(String.init).joined(separator: ", ")
      let error = #expect(throws: ConfigurationError.self) {
        try sweep(
          """
          schema-version: 1
          preset: tabular.random
          matrix: { inner.episodes: [\(values)], outer.episodes: [\(values)] }
          """, folder)
      }
      #expect(error?.description.contains("more than 10000") == true)
    }
  }

  @Test func outerStepsCanBeSwept() async throws {
    try await TabularRun.withFolder { folder in
      let sweep = try sweep(
        """
        schema-version: 1
        preset: tabular.random
        matrix: { outer.step: [trpo, promp, adam] }
        \(Self.settings.replacingOccurrences(of: "set: {", with: "set: { estimator: lvc,"))
        """, folder)
      let results = await RunQueue(sweep.plans(in: folder), parallel: 2, threads: 1)
        .ensureFinished()
      #expect(
        results.map(\.plan.name) == [
          "outer.optimizer=trpo,seed=1", "outer.optimizer=promp,seed=1",
          "outer.optimizer=adam,seed=1",
        ])
      for result in results {
        guard case .finished(_, wasFinished: false) = result.outcome else {
          Issue.record("\(result.plan.name): \(result.outcome)")
          return
        }
      }
    }
  }

  @Test func finishedRunsAreSkippedUnfinishedOnesGoOnAndFailuresDoNotHoldUp() async throws {
    try await TabularRun.withFolder { folder in
      let sweep = try sweep(
        """
        schema-version: 1
        preset: tabular.random
        seeds: [1, 2]
        matrix: { estimator: [sg-mrl, maml] }
        \(Self.settings)
        """, folder)
      let expected = sweep.plans(in: folder.appendingPathComponent("expected"))
      for result in await RunQueue(expected, parallel: 1, threads: 1).ensureFinished() {
        guard case .finished(_, wasFinished: false) = result.outcome else {
          Issue.record("\(result.plan.name): \(result.outcome)")
          return
        }
      }
      let plans = sweep.plans(in: folder.appendingPathComponent("runs"))
      // the first is finished, the second half done, the third another one's
      try await TabularRun.run(TrainingRun(beginning: plans[0], threads: 1))
      try await TabularRun.run(TrainingRun(beginning: plans[1], threads: 1), until: 2)
      var other = plans[2].configuration
      other.inner.stepSize = 0.5
      let foreign = RunPlan(name: "other", configuration: other, url: plans[2].url)
      _ = try TrainingRun(beginning: foreign, threads: 1)

      let results = await RunQueue(plans, parallel: 3, threads: 2).ensureFinished()
      #expect(results.map(\.plan.name) == plans.map(\.name))
      for (index, result) in results.enumerated() {
        switch (index, result.outcome) {
        case (0, .finished(_, wasFinished: true)), (1, .finished(_, wasFinished: false)),
          (3, .finished(_, wasFinished: false)):
          let name = "parameters.safetensors"
          #expect(
            try Data(contentsOf: plans[index].url.appendingPathComponent(name))
              == Data(contentsOf: expected[index].url.appendingPathComponent(name)))
        case (2, .failed(let reason, _)): #expect(reason.contains("inner.step-size"))
        default: Issue.record("\(index): \(result.outcome)")
        }
      }
    }
  }

  @Test func aStoppedQueueStartsNothing() async throws {
    try await TabularRun.withFolder { folder in
      let sweep = try sweep("schema-version: 1\npreset: tabular.random\nseeds: [1, 2]", folder)
      let plans = sweep.plans(in: folder)
      let stop = StopRequest()
      #expect(stop.make(signal: 2) && !stop.make(signal: 15))
      #expect(stop.signal == 2)
      for result in await RunQueue(plans, parallel: 2, threads: 1).ensureFinished(stop: stop) {
        guard case .stopped = result.outcome else {
          Issue.record("\(result.outcome)")
          return
        }
        #expect(try result.plan.state() == .absent)
      }
    }
  }
}
