import Foundation
import Runs
import Testing

/// Kills, signals, full disks and sweeps, as they happen to the program.
@Suite(.serialized) struct ResumeTests {
  /// A run of a second or less, with an optimizer and a baseline that remember.
  static let small = [
    "--set", "training.epochs=25", "--set", "training.checkpoint-interval=1", "--set",
    "outer.tasks=2", "--set", "inner.episodes=3", "--set", "outer.episodes=3", "--set",
    "policy.hidden-sizes=[8]", "--set", "environment.horizon=12", "--set", "test.tasks=3",
    "--set", "outer.optimizer=adam", "--set", "estimator=sg-mrl-control-variate",
  ]

  func train(_ folder: URL, _ more: [String] = []) throws -> Program.Outcome {
    try Program.run(["train", "--output", folder.path, "--json"] + Self.small + more)
  }

  func resume(_ folder: URL) throws -> Program.Outcome {
    try Program.run(["train", "--resume", folder.path, "--json"])
  }

  func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  /// What a run leaves, without the columns of times: equal to the bit for equal runs.
  func results(_ folder: URL) throws -> [String: String] {
    var results: [String: String] = [:]
    for name in [
      "parameters.safetensors", "test.json", "trajectories.svg", "configuration.yaml",
      "checkpoints/epoch-000024.safetensors", "checkpoints/epoch-000025.safetensors",
    ] {
      results[name] = try Data(contentsOf: folder.appendingPathComponent(name))
        .base64EncodedString()
    }
    for name in ["metrics.csv", "metrics.jsonl"] {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      results[name] = text.split(separator: "\n").map {
        $0.split(separator: ",").prefix(11).joined(separator: ",")
      }.joined(separator: "\n")
    }
    return results
  }

  /// Starts the program, waits for a file, and sends it signals after some seconds each; returns its
  /// exit status, or nil if a signal ended it.
  func run(
    _ arguments: [String], _ signals: [(number: Int32, after: Double)], onceThereIs file: URL? = nil
  ) throws -> (status: Int32?, errors: String) {
    let process = Process()
    process.executableURL = Program.url
    process.arguments = arguments
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    // a program that does not listen fails its test instead of holding it up
    let identifier = process.processIdentifier
    let end = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: end)
    defer { end.cancel() }
    while let file, process.isRunning, !FileManager.default.fileExists(atPath: file.path) {
      Thread.sleep(forTimeInterval: 0.01)
    }
    for signal in signals {
      Thread.sleep(forTimeInterval: signal.after)
      kill(identifier, signal.number)
    }
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : nil
    return (status, text)
  }

  @Test func fiftyKillsAtRandomTimesChangeNoBit() throws {
    try withFolder { folder in
      let whole = folder.appendingPathComponent("whole")
      let start = ContinuousClock.now
      #expect(try train(whole).status == 0)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let expected = try results(whole)
      var stream = RandomStream(seed: 20, purpose: .tasks)
      var (kills, runs) = (0, 0)
      while kills < 50 {
        runs += 1
        let url = folder.appendingPathComponent("run-\(runs)")
        var isDone = false
        while !isDone && kills < 50 {
          // from before the first file to behind the test
          let time = 0.02 + 0.4 * min(seconds, 2) * stream.uniform()
          let configuration = url.appendingPathComponent("configuration.yaml").path
          let arguments =
            FileManager.default.fileExists(atPath: configuration)
            ? ["train", "--resume", url.path]
            : ["train", "--output", url.path] + Self.small
          let outcome = try run(arguments, [(SIGKILL, time)])
          if outcome.status == nil { kills += 1 }
          isDone = outcome.status == 0
          if let status = outcome.status { #expect(status == 0, "\(outcome.errors)") }
        }
        if !isDone {
          // the last kill may have come before the first file
          let configuration = url.appendingPathComponent("configuration.yaml").path
          let last =
            FileManager.default.fileExists(atPath: configuration)
            ? try resume(url) : try train(url)
          #expect(last.status == 0, "\(last.errors)")
        }
        #expect(try results(url) == expected, "run \(runs)")
        let again = try Program.run(["train", "--resume", url.path])
        #expect(again.status == 0)
        #expect(again.output.contains("finished"))
      }
    }
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func aSignalEndsWithACheckpointAndAWayToGoOn(number: Int32) throws {
    try withFolder { folder in
      let url = folder.appendingPathComponent("run")
      // as long as it takes: the time of a start varies
      let long =
        ["train", "--output", url.path] + Self.small + ["--set", "training.epochs=100000"]
      let outcome = try run(long, [(number, 0.5)])
      #expect(outcome.status == 128 + number, "\(outcome.errors)")
      #expect(outcome.errors.contains("metatape train --resume \(url.path)"))
      let state = try RunDirectory(existing: url).state()
      guard case .unfinished(let epochs) = state else {
        Issue.record("\(state)")
        return
      }
      #expect(
        FileManager.default.fileExists(
          atPath: RunDirectory(existing: url).checkpointURL(epoch: epochs).path))
    }
  }

  @Test(arguments: [
    ["training.precision=double"], ["training.precision=single"],
    ["outer.step=trpo", "estimator=sg-mrl"],
    ["outer.step=promp", "estimator=lvc", "outer.kl-target=0.001"],
    ["inner.learns-step-size=per-parameter", "inner.adapts=weight1,bias1"],
  ])
  func aStoppedRunGoesOnToTheSameBits(values: [String]) throws {
    let settings = Self.small + values.flatMap { ["--set", $0] }
    try withFolder { folder in
      let whole = folder.appendingPathComponent("whole")
      #expect(try Program.run(["train", "--output", whole.path] + settings).status == 0)
      let url = folder.appendingPathComponent("run")
      var outcome = try run(["train", "--output", url.path] + settings, [(SIGTERM, 0.15)])
      // a signal before the program listens ends it at once
      var attempts = 0
      while outcome.status != 0 && attempts < 30 {
        #expect(outcome.status == nil || outcome.status == 143, "\(outcome.errors)")
        attempts += 1
        let configuration = url.appendingPathComponent("configuration.yaml").path
        let arguments =
          FileManager.default.fileExists(atPath: configuration)
          ? ["train", "--resume", url.path] : ["train", "--output", url.path] + settings
        outcome = try run(arguments, attempts < 5 ? [(SIGTERM, 0.15)] : [])
      }
      #expect(outcome.status == 0)
      #expect(try results(url) == results(whole))
    }
  }

  @Test func aSecondSignalEndsAtOnce() throws {
    try withFolder { folder in
      let url = folder.appendingPathComponent("run")
      // epochs of many seconds
      let arguments =
        ["train", "--output", url.path] + Self.small + [
          "--set", "inner.episodes=20000", "--set", "outer.episodes=20000", "--set",
          "environment.horizon=1000",
        ]
      let start = ContinuousClock.now
      let outcome = try run(
        arguments, [(SIGINT, 0.2), (SIGINT, 0.2)],
        onceThereIs: RunDirectory(existing: url).configurationURL)
      #expect(outcome.status == 130, "\(outcome.errors)")
      #expect(outcome.errors.contains("once more"))
      #expect(ContinuousClock.now - start < .seconds(20))
    }
  }

  /// A limit on the size of files stands for a disk that is full: writes fail in the same places.
  @Test(arguments: [1, 8, 12, 24, 40, 66])
  func aFullDiskLosesNothing(kilobytes: Int) throws {
    try withFolder { folder in
      let whole = folder.appendingPathComponent("whole")
      #expect(try train(whole).status == 0)
      let url = folder.appendingPathComponent("run")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      let arguments = ["train", "--output", url.path] + Self.small
      process.arguments =
        ["-c", "ulimit -f \(kilobytes); exec \"$0\" \"$@\"", Program.url.path] + arguments
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 74, "\(text)")
      #expect(text.contains("cannot be written (File too large)"), "\(text)")
      // with room again it goes on, or begins if not even its configuration was there
      let configuration = url.appendingPathComponent("configuration.yaml").path
      let again =
        FileManager.default.fileExists(atPath: configuration) ? try resume(url) : try train(url)
      #expect(again.status == 0, "\(again.errors)")
      #expect(try results(url) == results(whole))
    }
  }

  @Test func misusesOfResumeAreRefused() throws {
    try withFolder { folder in
      let empty = try Program.run(["train", "--resume", folder.path])
      #expect(empty.status == 65)
      #expect(empty.errors.contains("not the folder of a run"))
      for more in [["--seed", "2"], ["--replace"], ["--output", "x"], ["--set", "seed=2"]] {
        #expect(try Program.run(["train", "--resume", folder.path] + more).status == 64)
      }
      #expect(try Program.run(["train", "--sweep", "x.yaml", "--seed", "2"]).status == 64)
      #expect(try Program.run(["train", "--sweep", folder.path + "/none.yaml"]).status == 65)
    }
  }
}

extension ResumeTests {
  func document(_ outcome: Program.Outcome) throws -> [[String: Any]] {
    let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require((value as? [String: Any])?["runs"] as? [[String: Any]])
  }

  @Test func sweepsFinishWhatIsNotFinished() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("sweep.yaml")
      try Data(
        """
        schema-version: 1
        preset: tabular.random
        output: \(folder.path)/runs
        seeds: [1, 2]
        matrix: { inner.steps: [1, 2] }
        set: { outer.tasks: 2, inner.episodes: 3, outer.episodes: 3, training.epochs: 3, \
        test.tasks: 2 }
        parallel: 2
        """.utf8
      ).write(to: file)
      let arguments = ["train", "--sweep", file.path, "--json"]
      func states(_ outcome: Program.Outcome) throws -> [String] {
        try document(outcome).map { $0["state"] as? String ?? "" }
      }
      let planned = try Program.run(arguments + ["--dry-run"])
      #expect(try states(planned) == ["absent", "absent", "absent", "absent"])
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/runs"))

      let first = try Program.run(arguments)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.errors.isEmpty)
      let runs = try document(first)
      #expect(
        runs.map { $0["name"] as? String } == [
          "inner.steps=1,seed=1", "inner.steps=1,seed=2", "inner.steps=2,seed=1",
          "inner.steps=2,seed=2",
        ])
      #expect(try states(first) == ["finished", "finished", "finished", "finished"])
      #expect(runs.allSatisfy { $0["test"] is [String: Any] })

      // one test is lost, one run is spoilt
      let paths = runs.compactMap { $0["directory"] as? String }
      let metrics = paths[3] + "/metrics.csv"
      let before = try Data(contentsOf: URL(fileURLWithPath: metrics))
      try FileManager.default.removeItem(atPath: paths[0] + "/test.json")
      try Data("schema-version: 1\n".utf8)
        .write(to: URL(fileURLWithPath: paths[1] + "/configuration.yaml"))
      let second = try Program.run(arguments)
      #expect(second.status == 1)
      #expect(second.errors.contains("inner.steps=1,seed=2") && second.errors.contains("1 of 4"))
      #expect(try states(second) == ["finished", "failed", "finished", "finished"])
      #expect(try Data(contentsOf: URL(fileURLWithPath: metrics)) == before)
    }
  }
}
