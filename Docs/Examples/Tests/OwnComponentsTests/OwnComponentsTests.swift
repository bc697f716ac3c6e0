import Foundation
import Testing

/// A user's policy, tasks, estimator and outer step get every subcommand.
@Suite struct OwnComponentsTests {
  static let small = ["--preset", "cart", "--set", "outer.tasks=4", "--set", "test.tasks=4"]

  @Test func presetsListAndShowTheComponents() throws {
    let list = try Program.run(["presets"])
    #expect(list.status == 0)
    for name in ["cart", "linear-gaussian", "decayed-curvature", "momentum", "sg-mrl-jackknife"] {
      #expect(list.output.contains(name), "\(name)")
    }
    let shown = try Program.run(["presets", "show", "cart"])
    for line in [
      "name: cart", "friction: 0.1", "kind: linear-gaussian", "log-deviation: -0.5",
      "optimizer: momentum", "momentum: 0.9", "curvature-decay: 0.9",
      "estimator: decayed-curvature",
    ] { #expect(shown.output.contains(line), "\(line)") }
    #expect(!shown.output.contains("clips-position"))
    try withFolder { folder in
      let file = folder.appendingPathComponent("cart.yaml")
      try shown.output.write(to: file, atomically: true, encoding: .utf8)
      let plan = try Program.run(["train", "--config", file.path, "--dry-run", "--json"])
      #expect(plan.status == 0, "\(plan.errors)")
    }
  }

  @Test func helpIsTheProgramsOwn() throws {
    let help = try Program.run(["--help"])
    #expect(help.status == 0 && help.output.contains("train") && help.output.contains("certify"))
  }

  /// Fields of the components are checked like the others.
  @Test(arguments: [
    ("environment.friction=2", "environment.friction"), ("outer.momentum=x", "outer.momentum"),
    ("outer.clipping=3", "momentum"), ("environment.solver=exact", "cart"),
    ("outer.curvature-deca=1", "outer.curvature-decay"),
  ])
  func badValuesAreRefused(assignment: String, part: String) throws {
    let outcome = try Program.run(["train", "--preset", "cart", "--set", assignment])
    #expect(outcome.status == 65 && outcome.errors.contains(part), "\(outcome.errors)")
  }

  /// A run that is killed and resumed has the bits of one that was not.
  @Test func aKilledRunResumesToTheSameBits() throws {
    try withFolder { folder in
      let (whole, killed) = (folder.appendingPathComponent("a"), folder.appendingPathComponent("b"))
      let options =
        Self.small + [
          "--set", "training.epochs=200", "--set", "training.checkpoint-interval=5",
        ]
      let done = try Program.run(["train"] + options + ["--output", whole.path, "--json"])
      #expect(done.status == 0, "\(done.errors)")
      let started = try Program.start(
        Program.url, ["train"] + options + ["--output", killed.path, "--json"])
      let checkpoints = killed.appendingPathComponent("checkpoints").path
      let deadline = Date().addingTimeInterval(120)
      // the state of the step is in the checkpoint: it is killed after some
      while (try? FileManager.default.contentsOfDirectory(atPath: checkpoints).count) ?? 0 < 2 {
        try #require(Date() < deadline && started.process.isRunning)
        usleep(2000)
      }
      kill(started.process.processIdentifier, SIGKILL)
      started.process.waitUntilExit()
      #expect(started.process.terminationReason == .uncaughtSignal)
      let resumed = try Program.run(["train", "--resume", killed.path, "--json"])
      #expect(resumed.status == 0, "\(resumed.errors)")
      for name in ["parameters.safetensors", "test.json", "checkpoints/epoch-000200.safetensors"] {
        #expect(
          try Data(contentsOf: whole.appendingPathComponent(name))
            == Data(contentsOf: killed.appendingPathComponent(name)), "\(name)")
      }
    }
  }

  /// Learning with all four components: the return rises.
  @Test(arguments: ["double", "single"]) func itLearns(precision: String) throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("run").path
      let trained = try Program.run(
        [
          "train", "--preset", "cart", "--set", "training.epochs=60", "--set",
          "training.precision=\(precision)", "--output", path, "--json",
        ])
      #expect(trained.status == 0, "\(trained.errors)")
      let csv = try String(contentsOfFile: path + "/metrics.csv", encoding: .utf8)
      let rows = csv.split(separator: "\n").map { $0.split(separator: ",") }
      let column = try #require(rows[0].firstIndex(of: "return_after"))
      let returns = rows.dropFirst().compactMap { Double($0[column]) }
      let (first, last) = (returns.prefix(10).reduce(0, +), returns.suffix(10).reduce(0, +))
      #expect(last > first, "\(first / 10) to \(last / 10)")
      let tested = try Program.run(["evaluate", path, "--set", "test.tasks=3", "--json"])
      #expect(tested.status == 0, "\(tested.errors)")
    }
  }

  @Test func sweepsStudiesAndReports() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("sweep.yaml")
      try """
      schema-version: 1
      preset: cart
      seeds: [1, 2]
      set:
        training.epochs: 3
        outer.tasks: 2
        test.tasks: 2
      matrix:
        outer.momentum: [0, 0.5]
      """.write(to: file, atomically: true, encoding: .utf8)
      let runs = folder.appendingPathComponent("runs").path
      let sweep = try Program.run(["train", "--sweep", file.path, "--output", runs, "--json"])
      #expect(sweep.status == 0, "\(sweep.errors)")
      #expect(sweep.output.contains("outer.momentum=0.5,seed=2"))

      let study = folder.appendingPathComponent("study").path
      let studied = try Program.run(
        ["study"] + Self.small + [
          "--estimators", "maml,decayed-curvature", "--meta-batches", "4", "--learning", "2",
          "--reference-meta-batches", "4", "--output", study, "--json",
        ])
      #expect(studied.status == 0 && studied.output.contains("decayed-curvature"))

      let page = folder.appendingPathComponent("report.html").path
      let report = try Program.run(
        ["report", runs, "--study", study + "/study.json", "--output", page, "--json"])
      #expect(report.status == 0, "\(report.errors)")
      let html = try String(contentsOfFile: page, encoding: .utf8)
      #expect(html.contains("outer.momentum") && html.contains("decayed-curvature"))
    }
  }

  /// By enumeration, and by sampling on the own tasks with the own policy.
  @Test func certificatesCoverTheEstimator() throws {
    let exact = try Program.run(["certify", "--estimators", "decayed-curvature,sg-mrl", "--json"])
    #expect(exact.status == 0 && exact.output.contains("\"biased\""), "\(exact.errors)")
    let sampled = try Program.run([
      "certify", "--monte-carlo", "--preset", "cart", "--chains", "30", "--directions", "1",
      "--set", "inner.episodes=2", "--set", "outer.episodes=2", "--json",
    ])
    #expect(sampled.status == 0 && sampled.output.contains("decayed-curvature"))
  }

  @Test func benchmarksTimeTheComponents() throws {
    let timed = try Program.run(
      ["benchmark", "meta-epoch"] + Self.small + [
        "--estimators", "decayed-curvature,maml", "--rounds", "2", "--warm-up", "0", "--json",
      ])
    #expect(timed.status == 0 && timed.output.contains("decayed-curvature"), "\(timed.errors)")
  }

  /// Two processes share a run and get the bits of one.
  @Test(.enabled(if: Program.urlWithMPI != nil, "The example was not built with MPI."))
  func twoProcessesGetTheSameBits() throws {
    let program = try #require(Program.urlWithMPI)
    try withFolder { folder in
      let (one, two) = (folder.appendingPathComponent("1"), folder.appendingPathComponent("2"))
      let options = ["train"] + Self.small + ["--set", "training.epochs=6", "--threads", "1"]
      let alone = try Program.run(options + ["--output", one.path, "--json"])
      #expect(alone.status == 0, "\(alone.errors)")
      let shared = try Program.run(
        URL(fileURLWithPath: "/usr/bin/env"),
        [
          "mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", program.path,
        ] + options + ["--output", two.path, "--json"])
      #expect(shared.status == 0, "\(shared.errors)")
      #expect(
        try Data(contentsOf: one.appendingPathComponent("parameters.safetensors"))
          == Data(contentsOf: two.appendingPathComponent("parameters.safetensors")))
    }
  }
}
