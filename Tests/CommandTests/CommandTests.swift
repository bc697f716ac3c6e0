// More than 300 lines: one suite covers what all subcommands have in common.

import Foundation
import Runs
import Testing

/// The program as a user runs it: output, files and exit codes.
@Suite struct CommandTests {
  func run(_ arguments: String...) throws -> Program.Outcome { try Program.run(arguments) }

  func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  func object(_ text: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any])
  }

  static let small = [
    "--set", "training.epochs=2", "--set", "outer.tasks=2", "--set", "inner.episodes=3",
    "--set", "outer.episodes=3", "--set", "policy.hidden-sizes=[8]", "--set", "test.tasks=3",
    "--set", "environment.horizon=12",
  ]

  func train(_ folder: String, _ more: [String] = []) throws -> Program.Outcome {
    try Program.run(["train", "--output", folder, "--json"] + Self.small + more)
  }

  @Test(arguments: [
    "train", "evaluate", "report", "verify derivatives", "presets list", "presets show",
    "certify", "benchmark derivatives", "benchmark meta-epoch", "benchmark curvature-products",
    "benchmark simulator", "simulate",
    "verify simulator", "verify model", "theory", "study", "reproduce", "doctor",
  ])
  func everyCommandHasHelpWithAnExample(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let outcome =
      words.count == 1 ? try run(words[0], "--help") : try run(words[0], words[1], "--help")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Example"))
    #expect(outcome.output.contains("--seed"))
    #expect(outcome.output.contains("--json"))
  }

  @Test func trainingLeavesACompleteFolder() throws {
    try withFolder { folder in
      let outcome = try train(folder.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let summary = try object(outcome.output)
      #expect(summary["schema_version"] as? Int == 1)
      let files = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
      let events = files.filter { $0.hasPrefix(EventFile.prefix) }
      #expect(events.count == 1)
      #expect(
        files.subtracting(events) == [
          "checkpoints", "configuration.yaml", "machine.json", "metrics.csv", "metrics.jsonl",
          "parameters.safetensors", "test.json", "trajectories.svg",
        ])
      let csv = try String(
        contentsOf: folder.appendingPathComponent("metrics.csv"), encoding: .utf8)
      let lines = csv.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[0].hasPrefix("schema_version,epoch,"))
      #expect(Set(lines.map { $0.split(separator: ",").count }).count == 1)
      // the folder's configuration reproduces the run
      let again = folder.appendingPathComponent("again").path
      let second = try run(
        "train", "--config", folder.appendingPathComponent("configuration.yaml").path, "--output",
        again, "--json", "--threads", "1")
      #expect(second.status == 0)
      let name = "parameters.safetensors"
      #expect(
        try Data(contentsOf: folder.appendingPathComponent(name))
          == Data(contentsOf: URL(fileURLWithPath: again).appendingPathComponent(name)))
      // and so does the test of the stored parameters
      let evaluation = try run("evaluate", folder.path, "--json")
      #expect(evaluation.status == 0)
      let rows = try #require(try object(evaluation.output)["rows"] as? [[String: Any]])
      let test = try #require(summary["test"] as? [String: Any])
      let trained = try #require(test["rows"] as? [[String: Any]])
      #expect(rows.count == 4)
      #expect(
        rows.map { $0["undiscounted_return"] as? Double }
          == trained.map { $0["undiscounted_return"] as? Double })
    }
  }

  @Test func aRunIsNotLostByAccident() throws {
    try withFolder { folder in
      #expect(try train(folder.path).status == 0)
      let second = try train(folder.path)
      #expect(second.status == 65)
      #expect(second.errors.contains("--replace"))
      #expect(try train(folder.path, ["--replace"]).status == 0)
      #expect(EventFile.files(in: folder).count == 1)
    }
  }

  @Test func damagedParametersAreRefused() throws {
    try withFolder { folder in
      #expect(try train(folder.path).status == 0)
      let file = folder.appendingPathComponent("parameters.safetensors")
      try Data(contentsOf: file).prefix(500).write(to: file)
      let outcome = try run("evaluate", folder.path)
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("damaged"))
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func badInputEndsInOneSentenceAndTheRightCode() throws {
    try withFolder { folder in
      let bad = folder.appendingPathComponent("bad.yaml")
      try Data("schema-version: 1\nouter:\n  task: 3\n".utf8).write(to: bad)
      let key = try run("train", "--config", bad.path)
      #expect(key.status == 65)
      #expect(key.errors.contains("line 3") && key.errors.contains("outer.tasks"))

      let unwritable = try run("train", "--output", "/proc/nowhere")
      #expect(unwritable.status == 74)
      #expect(unwritable.errors.contains("/proc/nowhere"))

      let preset = try run("train", "--preset", "nothing")
      #expect(preset.status == 64)
      #expect(preset.errors.contains("navigation-2d.paper"))

      let flag = try run("train", "--nothing")
      #expect(flag.status == 64)

      let missing = try run("verify", "derivatives", folder.appendingPathComponent("no.json").path)
      #expect(missing.status == 65)

      let empty = try run("evaluate", folder.path)
      #expect(empty.status == 65)
      for outcome in [key, unwritable, preset, missing, empty] {
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      }
    }
  }

  @Test func divergenceIsReportedWithTheSeedAndKeepsTheLastParameters() throws {
    try withFolder { folder in
      let outcome = try train(
        folder.path,
        ["--seed", "7", "--set", "inner.step-size=1e9", "--set", "inner.average=trajectories"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("seed 7"))
      #expect(outcome.output.isEmpty)
      let kept = folder.appendingPathComponent("parameters.safetensors").path
      #expect(FileManager.default.fileExists(atPath: kept))
    }
  }

  @Test func aDryRunPrintsThePlanAndWritesNothing() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("run").path
      let outcome = try train(path, ["--dry-run"])
      #expect(outcome.status == 0)
      let plan = try object(outcome.output)
      #expect((plan["seconds_per_epoch"] as? Double ?? 0) > 0)
      #expect((plan["peak_memory_bytes"] as? Int ?? 0) > 1_000_000)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func shownPresetsAreAccepted() throws {
    try withFolder { folder in
      for preset in Catalog.standard.presets {
        let shown = try run("presets", "show", preset.name)
        #expect(shown.status == 0)
        let configuration = try Configuration(yaml: shown.output, file: preset.name)
        #expect(configuration == preset.configuration(in: .standard))
      }
    }
  }

  @Test func benchmarksReportJSON() throws {
    let outcome = try run(
      "benchmark", "derivatives", "--samples", "100", "--rounds", "2", "--json")
    #expect(outcome.status == 0)
    let timings = try #require(try object(outcome.output)["timings"] as? [[String: Any]])
    #expect(timings.map { $0["name"] as? String } == ["gradient", "hessianVectorProduct"])
  }
}

extension CommandTests {
  @Test func simulationsAreRepeatableAndReadable() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("states.csv").path
      let first = try run(
        "simulate", "swimmer", "--steps", "5", "--environments", "2", "--output", path)
      #expect(first.status == 0, "\(first.errors)")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let lines = text.split(separator: "\n")
      #expect(lines.count == 11)
      #expect(lines[0].hasPrefix("schema_version,step,environment,qpos_0"))
      let second = try run("simulate", "swimmer", "--steps", "5", "--environments", "2")
      #expect(second.output == text)
      let document = try object(
        try run("simulate", "half-cheetah", "--steps", "2", "--json").output)
      #expect((document["rows"] as? [[Double]])?.count == 2)
    }
  }

  @Test func actionsAreReadFromAFile() throws {
    try withFolder { folder in
      let actions = folder.appendingPathComponent("actions.csv")
      try Data("0.5,-1\n0,0.25\n".utf8).write(to: actions)
      let good = try run("simulate", "swimmer", "--actions", actions.path)
      #expect(good.status == 0)
      #expect(
        good.output.split(separator: "\n").map { $0.split(separator: ",").suffix(2) } == [
          ["ctrl_0", "ctrl_1"], ["0.5", "-1.0"], ["0.0", "0.25"],
        ])
      try Data("0.5,-1\n0\n".utf8).write(to: actions)
      let bad = try run("simulate", "swimmer", "--actions", actions.path)
      #expect(bad.status == 65)
      #expect(bad.errors.contains("line 2"))
      #expect(try run("simulate", "horse").status == 64)
      try Data("0.5,-1\n0,1\n".utf8).write(to: actions)
      let short = try run("simulate", "swimmer", "--actions", actions.path, "--steps", "3")
      #expect(short.status == 65)
      #expect(short.errors.contains("actions for 2 steps, but --steps asks for 3"))
      let long = try run("simulate", "swimmer", "--actions", actions.path, "--steps", "1")
      #expect(long.status == 0 && long.output.split(separator: "\n").count == 2)
      #expect(try run("simulate", folder.appendingPathComponent("none.xml").path).status == 65)
    }
  }

  @Test func recordedDataAreCheckedStageByStage() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SimulatorTests/Fixtures")
    let outcome = try run("verify", "simulator", "swimmer", fixtures.path, "--json")
    #expect(outcome.status == 0)
    #expect(try object(outcome.output)["passed"] as? Bool == true)
    try withFolder { folder in
      // one number changed in its last digits
      for name in ["swimmer_states.json", "swimmer_rollouts.json"] {
        try FileManager.default.copyItem(
          at: fixtures.appendingPathComponent(name), to: folder.appendingPathComponent(name))
      }
      let states = folder.appendingPathComponent("swimmer_states.json")
      var text = try String(contentsOf: states, encoding: .utf8)
      // outside of #require, which would print the whole file
      let place = text.range(of: "\"qvel_next\":[")?.upperBound
      text.insert(contentsOf: "1", at: try #require(place))
      try Data(text.utf8).write(to: states)
      let changed = try run("verify", "simulator", "swimmer", folder.path)
      #expect(changed.status == 1)
      try Data("{".utf8).write(to: states)
      #expect(try run("verify", "simulator", "swimmer", folder.path).status == 65)
    }
  }

  @Test func aSimulationBecomesAMovingPicture() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("hopper.html").path
      let outcome = try run("simulate", "hopper", "--steps", "7", "--view", "--output", path)
      #expect(outcome.status == 0 && outcome.output == path + "\n")
      let page = try String(contentsOfFile: path, encoding: .utf8)
      let start = try #require(page.range(of: "<script type=\"application/json\">")).upperBound
      let end = try #require(page[start...].range(of: "</script>")).lowerBound
      let data = try object(String(page[start..<end]))
      #expect(data["timestep"] as? Double == 0.008)
      let motion = try #require((data["episodes"] as? [[String: Any]])?.first)
      let frames = try #require(motion["frames"] as? [[Int]])
      #expect(frames.count == 7 && frames.allSatisfy { $0.count == 4 * 4 })
      // the torso is a capsule of 0.4 m whose lower end is at about 1.05 m
      #expect((340...460).contains((frames[0][1] - frames[0][3]).magnitude))
    }
    #expect(try run("simulate", "hopper", "--view", "--output", "a.csv").status == 64)
    #expect(try run("simulate", "hopper", "--output", "a.html").status == 64)
  }

  @Test(arguments: ["half-cheetah-direction", "half-cheetah-velocity", "swimmer-velocity"])
  func locomotionTrainsFromTheCommandLine(task: String) throws {
    try withFolder { folder in
      for estimator in ["sg-mrl", "maml"] {
        let outcome = try train(
          folder.path,
          ["--preset", "\(task).published-code", "--set", "estimator=\(estimator)", "--replace"])
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
    }
  }
}

extension CommandTests {
  @Test func countsBeyondWholeNumbersArePrinted() throws {
    let outcome = try run(
      "certify", "--states", "1", "--horizon", "1", "--batch", "64", "--estimators", "sg-mrl")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("1.8e+19 in order"))
  }

  @Test func filesOfARunAreNotLostEither() throws {
    try withFolder { folder in
      let kept = folder.appendingPathComponent("parameters.safetensors")
      try Data("mine".utf8).write(to: kept)
      #expect(try train(folder.path).status == 65)
      #expect(try String(contentsOf: kept, encoding: .utf8) == "mine")
    }
  }

  @Test(arguments: [
    [
      "train", "--preset", "half-cheetah-velocity.paper", "--set",
      "environment.reward=negative-distance",
    ],
    ["train", "--set", "environment.control-cost=1"],
    ["train", "--set", "inner.episodes=1000000", "--set", "environment.horizon=100000"],
    ["train", "--set", "name=.."],
  ])
  func settingsThatCannotBeMeantAreRefused(arguments: [String]) throws {
    #expect(try Program.run(arguments + ["--dry-run"]).status == 65)
  }

  @Test func nothingToTrainIsAsked() throws {
    for more in [[], ["--dry-run"], ["--seed", "3", "--json"]] {
      let bare = try Program.run(["train"] + more)
      #expect(bare.status == 64)
      #expect(bare.errors.contains("metatape train --preset") && bare.output.isEmpty)
    }
  }

  @Test(arguments: [
    ["train", "--output", ""], ["train", "--resume", ""], ["train", "--config", ""],
    ["train", "--sweep", ""], ["evaluate", ""], ["evaluate", "x", "--parameters", ""],
    ["report", ""], ["report", "x", "--output", ""], ["study", "--run", ""],
    ["study", "--output", ""], ["theory", "--mdp", ""], ["certify", "--mdp", ""],
    ["reproduce", "table-1", "--pages", "--output", ""],
    ["simulate", "swimmer", "--actions", ""], ["simulate", "swimmer", "--output", ""],
  ])
  func emptyPathsAreRefused(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("empty") || outcome.errors.contains("must end in"))
  }

  @Test func reproductionAsksForAFolderFarFromTheRepository() throws {
    try withFolder { folder in
      let process = Process()
      process.executableURL = Program.url
      process.arguments = ["reproduce", "table-1", "--pages"]
      process.currentDirectoryURL = folder
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 64)
      #expect(text.contains("--output FOLDER"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      let given = try run(
        "reproduce", "table-1", "--pages", "--output", folder.path + "/tables")
      #expect(given.status == 0)
    }
  }

  @Test func missingFilesAreToldInOneSentence() throws {
    for arguments in [
      ["simulate", "/proc/no.xml"], ["verify", "derivatives", "/proc/no.json"],
      ["verify", "simulator", "swimmer", "/proc/no"],
      ["verify", "model", "swimmer", "--against", "/proc/no.json"],
      ["certify", "--mdp", "/proc/no.json"],
      ["train", "--config", "/proc/no.yaml"], ["train", "--sweep", "/proc/no.yaml"],
      ["simulate", "swimmer", "--actions", "/proc/no.csv"],
      ["study", "--preset", "tabular.random", "--parameters", "/proc/no.safetensors"],
    ] {
      let outcome = try Program.run(arguments)
      #expect(outcome.status == 65, "\(arguments)")
      #expect(outcome.errors.contains("cannot be read (No such file or directory)"))
      #expect(!outcome.errors.contains("Domain"))
    }
  }

  @Test func checksOfNothingAreRefused() throws {
    #expect(try run("certify", "--estimators", ",").status == 64)
    #expect(try run("benchmark", "meta-epoch", "--estimators", ",").status == 64)
    #expect(try run("benchmark", "simulator", "mine.xml").status == 64)
    #expect(try run("benchmark", "derivatives", "--seed", "-5").status == 64)
    let huge = "\(Int.max)"
    #expect(try run("benchmark", "derivatives", "--samples", huge).status == 64)
    #expect(try run("benchmark", "simulator", "swimmer", "--environments", huge).status == 64)
    try withFolder { folder in
      let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("SimulatorTests/Fixtures")
      for (name, key) in [("states", "states"), ("rollouts", "rollouts")] {
        let file = "swimmer_\(name).json"
        let data = try Data(contentsOf: fixtures.appendingPathComponent(file))
        var content = try object(String(decoding: data, as: UTF8.self))
        content[key] = [Any]()
        try JSONSerialization.data(withJSONObject: content)
          .write(to: folder.appendingPathComponent(file))
      }
      let outcome = try run("verify", "simulator", "swimmer", folder.path)
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("0 states"))
    }
  }
}
