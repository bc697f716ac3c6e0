// More than 300 lines: all ways in which one run may be interrupted.

import Foundation
import Testing

@testable import Runs

@Suite struct TrainingRunTests {
  /// The results of a run that nothing interrupts.
  func reference(_ folder: URL) async throws -> [String: Data] {
    let plan = try TabularRun.plan(folder, "reference")
    try await TabularRun.run(TrainingRun(beginning: plan, threads: 1))
    return try TabularRun.results(plan.url)
  }

  /// A run that was stopped after five of six epochs; its checkpoints are those of 4 and 5.
  func stopped(_ folder: URL) async throws -> RunPlan {
    let plan = try TabularRun.plan(folder)
    try await TabularRun.run(TrainingRun(beginning: plan, threads: 1), until: 5)
    #expect(try plan.state() == .unfinished(epochs: 5))
    #expect(
      try checkpoints(plan) == ["epoch-000004.safetensors", "epoch-000005.safetensors"])
    return plan
  }

  func checkpoints(_ plan: RunPlan) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: RunDirectory(existing: plan.url).checkpointsURL.path
    ).sorted()
  }

  func checkpoint(_ plan: RunPlan, epoch: Int) -> URL {
    RunDirectory(existing: plan.url).checkpointURL(epoch: epoch)
  }

  /// Finishes a run and returns its warnings.
  func resume(_ plan: RunPlan) async throws -> [String] {
    var warnings: [String] = []
    let run = try TrainingRun(resuming: plan.url, threads: 1)
    _ = try await run.run { if case .warning(let text) = $0 { warnings.append(text) } }
    return warnings
  }

  @Test(arguments: 0...6) func stoppedRunsEndInTheSameBits(epoch: Int) async throws {
    try await TabularRun.withFolder { folder in
      let expected = try await reference(folder)
      let plan = try TabularRun.plan(folder)
      #expect(try plan.state() == .absent)
      let stop = StopRequest()
      if epoch == 0 { stop.make(signal: 15) }
      let outcome = try await TrainingRun(beginning: plan, threads: 2).run(stop: stop) { event in
        if case .epoch(let record) = event, record.epoch + 1 == epoch { stop.make(signal: 15) }
      }
      guard case .stopped(epoch) = outcome else {
        Issue.record("The run ended with \(outcome).")
        return
      }
      #expect(try plan.state() == .unfinished(epochs: epoch))
      #expect(try await resume(plan).isEmpty)
      #expect(try TabularRun.results(plan.url) == expected)
      guard case .finished = try plan.state() else {
        Issue.record("The run is not finished.")
        return
      }
    }
  }

  /// What a kill leaves behind: lines of epochs after the checkpoint, parts of lines, partial files.
  @Test func remainsOfAKillAreCleanedAway() async throws {
    try await TabularRun.withFolder { folder in
      let expected = try await reference(folder)
      let plan = try await stopped(folder)
      // as if the last checkpoint had not been reached
      try FileManager.default.removeItem(at: checkpoint(plan, epoch: 5))
      let torn = plan.url.appendingPathComponent("metrics.csv")
      try DurableFile.append(Data("1,5,0.2".utf8), to: torn)
      try DurableFile.append(
        Data("{\"schema_version\":1,\"epoch\":5".utf8),
        to: plan.url.appendingPathComponent("metrics.jsonl"))
      let events = try #require(EventFile(existingIn: plan.url))
      try DurableFile.append(Data([9, 0, 0]), to: events.url)
      let partial = plan.url.appendingPathComponent(".test.json.partial")
      try Data("{".utf8).write(to: partial)
      #expect(try plan.state() == .unfinished(epochs: 5))
      #expect(try await resume(plan).isEmpty)
      #expect(try TabularRun.results(plan.url) == expected)
      #expect(!FileManager.default.fileExists(atPath: partial.path))
    }
  }

  /// A kill before the first checkpoint: the run begins anew, and nothing of it is there twice.
  @Test func withoutACheckpointTheRunBeginsAnew() async throws {
    try await TabularRun.withFolder { folder in
      let expected = try await reference(folder)
      let plan = try await stopped(folder)
      let directory = RunDirectory(existing: plan.url)
      try FileManager.default.removeItem(at: directory.checkpointsURL)
      let events = try #require(EventFile(existingIn: plan.url))
      #expect(try TabularRun.eventSteps(plan.url) == [0, 1, 2, 3, 4])
      try DurableFile.append(Data([1, 2, 3]), to: events.url)
      #expect(try await resume(plan).isEmpty)
      #expect(try TabularRun.results(plan.url) == expected)
      #expect(try TabularRun.eventSteps(plan.url) == [0, 1, 2, 3, 4, 5])
    }
  }

  /// Going on would begin anew over files of someone else.
  @Test func foldersOfOthersAreRefused() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try await stopped(folder)
      let whole = RunDirectory(existing: plan.url)
      func expectRefusal(_ what: String, _ change: (RunDirectory) throws -> Void) throws {
        let url = folder.appendingPathComponent("foreign")
        defer { try? FileManager.default.removeItem(at: url) }
        try FileManager.default.copyItem(at: plan.url, to: url)
        let directory = RunDirectory(existing: url)
        try change(directory)
        let before = try files(url)
        let error = #expect(throws: RunDirectory.DirectoryError.self, "\(what)") {
          try TrainingRun(resuming: url, threads: 1)
        }
        #expect(error?.description.contains(what) == true, "\(error?.description ?? "")")
        #expect(error?.remedies.contains(.trainConfiguration) == true)
        #expect(try files(url) == before)
      }
      func remove(_ urls: URL...) throws {
        for url in urls { try FileManager.default.removeItem(at: url) }
      }
      // a configuration of the user's, alone
      try expectRefusal("no metrics.csv") { directory in
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.url.path) {
          try remove(directory.url.appendingPathComponent(name))
        }
        let text = "schema-version: 1\nenvironment: { name: tabular }\npolicy: { kind: softmax }\n"
        try Data(text.utf8).write(to: directory.configurationURL)
      }
      try expectRefusal("parameters.safetensors, but no metrics.csv") { directory in
        try remove(directory.metricsURL, directory.machineURL, directory.checkpointsURL)
        try remove(directory.jsonURL)
        try Data("mine".utf8).write(to: directory.parametersURL)
      }
      try expectRefusal("parameters.safetensors, but no checkpoint") { directory in
        try remove(directory.checkpointsURL)
        try Data("mine".utf8).write(to: directory.parametersURL)
      }
      // what a kill right after the configuration leaves is our own
      let configuration = try Data(contentsOf: whole.configurationURL)
      let begun = folder.appendingPathComponent("begun")
      try FileManager.default.createDirectory(at: begun, withIntermediateDirectories: true)
      try configuration.write(to: begun.appendingPathComponent("configuration.yaml"))
      _ = try TrainingRun(resuming: begun, threads: 1)
    }
  }

  /// The contents of the files of a folder by their paths.
  func files(_ url: URL) throws -> [String: Data] {
    let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
    var found: [String: Data] = [:]
    for name in names {
      found[name] = (try? Data(contentsOf: url.appendingPathComponent(name))) ?? Data()
    }
    return found
  }

  @Test func aDamagedCheckpointIsRefusedAndTheOneBeforeIsUsed() async throws {
    try await TabularRun.withFolder { folder in
      let expected = try await reference(folder)
      for damage in [
        { (data: Data) in data.dropLast() }, { _ in Data() },
        { data in
          var data = data
          data[data.count - 3] ^= 1
          return data
        },
      ] {
        let plan = try await stopped(folder)
        let file = checkpoint(plan, epoch: 5)
        try damage(Data(contentsOf: file)).write(to: file)
        let warnings = try await resume(plan)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains(file.lastPathComponent) == true)
        #expect(try TabularRun.results(plan.url) == expected)
        #expect(try checkpoints(plan).contains("epoch-000005.safetensors.refused"))
        try FileManager.default.removeItem(at: plan.url)
      }
    }
  }

  @Test func withoutAUsableCheckpointNothingIsTouched() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try await stopped(folder)
      // all are of another configuration now
      let directory = RunDirectory(existing: plan.url)
      var other = plan.configuration
      try other.set("inner.step-size=0.25")
      try directory.write(Data(other.yaml.utf8), to: directory.configurationURL)
      let metrics = try Data(contentsOf: directory.metricsURL)
      let error = #expect(throws: RunDirectory.DirectoryError.self) {
        try TrainingRun(resuming: plan.url, threads: 1)
      }
      for part in ["epoch-000005", "epoch-000004", "another configuration", "remove"] {
        #expect(error?.description.contains(part) == true, "\(part)")
      }
      #expect(try Data(contentsOf: directory.metricsURL) == metrics)
      #expect(try checkpoints(plan).count == 2)
      // and the plan says what differs
      let difference = #expect(throws: RunDirectory.DirectoryError.self) { try plan.state() }
      #expect(difference?.description.contains("inner.step-size is 0.25, not 1") == true)
    }
  }

  @Test func aCheckpointBeyondTheMetricsIsRefused() async throws {
    try await TabularRun.withFolder { folder in
      let expected = try await reference(folder)
      let plan = try await stopped(folder)
      let directory = RunDirectory(existing: plan.url)
      try directory.cutMetrics(to: 4)
      let warnings = try await resume(plan)
      #expect(warnings.first?.contains("its metrics end at epoch 4") == true)
      #expect(try TabularRun.results(plan.url) == expected)
    }
  }

  @Test func aFinishedRunMayBeMadeLonger() async throws {
    try await TabularRun.withFolder { folder in
      let expected = try await reference(folder)
      let short = try TabularRun.plan(folder) { try $0.set("training.epochs=3") }
      try await TabularRun.run(TrainingRun(beginning: short, threads: 1))
      let long = try TabularRun.plan(folder)
      let directory = RunDirectory(existing: long.url)
      try directory.write(
        Data(long.configuration.yaml.utf8), to: directory.configurationURL)
      #expect(try long.state() == .unfinished(epochs: 3))
      #expect(try await resume(long).isEmpty)
      #expect(try TabularRun.results(long.url) == expected)
    }
  }

  @Test func anotherProcessorFamilyIsWarnedOf() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try await stopped(folder)
      let experiment = try Experiment(plan.configuration)
      let file = checkpoint(plan, epoch: 5)
      var checkpoint = try Checkpoint(contentsOf: file, of: experiment)
      checkpoint.blasCore = "Babbage"
      try checkpoint.encoded(for: experiment).write(to: file)
      let warnings = try await resume(plan)
      #expect(warnings.count == 1)
      #expect(warnings.first?.contains("Babbage") == true)
    }
  }

  @Test func oneProcessAtATimeWrites() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try TabularRun.plan(folder)
      let run = try TrainingRun(beginning: plan, threads: 1)
      let error = #expect(throws: RunDirectory.DirectoryError.self) {
        try TrainingRun(resuming: plan.url, threads: 1)
      }
      #expect(error?.description.contains("in use") == true)
      try await TabularRun.run(run)
    }
  }

  @Test func divergenceKeepsTheLastGoodState() async throws {
    try await TabularRun.withFolder { folder in
      var configuration = try #require(
        Catalog.standard.configuration(preset: "navigation-2d.quickstart"))
      try configuration.set(all: [
        "outer.optimizer=gradient-ascent", "outer.step-size=20", "outer.tasks=2",
        "inner.episodes=3", "outer.episodes=3", "policy.hidden-sizes=[4]",
        "environment.horizon=5",
      ])
      let plan = RunPlan(
        name: "diverging", configuration: configuration, url: folder.appendingPathComponent("run"))
      var kept: Int?
      var epochs = 0
      let run = try TrainingRun(beginning: plan, threads: 1)
      do {
        _ = try await run.run { event in
          switch event {
          case .epoch: epochs += 1
          case .kept(let epoch, _): kept = epoch
          default: break
          }
        }
        Issue.record("The run did not diverge.")
      } catch let error as TrainingError {
        for part in ["diverged", "epoch \(epochs)", "block '", "gradient norm", "step-size"] {
          #expect(error.description.contains(part), "\(error) lacks \(part)")
        }
      }
      #expect(kept == epochs)
      #expect(epochs > 0)
      let experiment = run.experiment
      let state = try Checkpoint(contentsOf: checkpoint(plan, epoch: epochs), of: experiment).state
      #expect(state.epoch == epochs)
      #expect(state.parameters.allSatisfy { $0.isFinite })
      let parameters = try SafeTensors.read(
        run.directory.parametersURL, experiment.policy.layout)
      #expect(parameters == state.parameters)
      #expect(try plan.state() == .unfinished(epochs: epochs))
    }
  }
}
