import Foundation
import Runs
import Testing

/// Output that cannot be written: every command with a full, a closed and a broken standard output.
@Suite struct OutputTests {
  /// A run, made once for those that read one.
  static let run = Result { try makeRun() }
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  static let small = [
    "--preset", "navigation-2d.quickstart", "--set", "training.epochs=2", "--set", "outer.tasks=2",
    "--set", "inner.episodes=3", "--set", "outer.episodes=3", "--set", "policy.hidden-sizes=[8]",
    "--set", "test.tasks=3", "--set", "environment.horizon=12",
  ]

  static let bias = [
    "--estimators", "maml,sg-mrl", "--mdps", "2", "--repeats", "3", "--trajectories", "2,3",
    "--step-sizes", "10,1", "--inner-steps", "1", "--reference-trajectories", "20",
  ]

  static func makeRun() throws -> String {
    let folder = temporary()
    let outcome = try Program.run(["train", "--output", folder, "--json"] + small)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return folder
  }

  static func temporary() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("metatape-\(UUID().uuidString)")
      .path
  }

  /// A command for each that prints, by its words; RUN stands for a run, NEW for a path that is free.
  static let commands = [
    "--help", "--version", "--generate-completion-script bash", "train --help",
    "presets", "presets --json", "presets show navigation-2d.paper",
    "presets show navigation-2d.paper --json",
    "train --output NEW SMALL", "train --output NEW SMALL --json", "train SMALL --dry-run",
    "train SMALL --dry-run --json", "train --resume RUN",
    "evaluate RUN", "evaluate RUN --json", "report RUN --output NEW.html",
    "report RUN --output NEW.html --json",
    "simulate swimmer --steps 3", "simulate swimmer --steps 3 --json",
    "simulate hopper --steps 3 --view --output NEW.html",
    "verify derivatives DERIVATIVES", "verify derivatives DERIVATIVES --json",
    "verify simulator swimmer RECORDINGS", "verify simulator swimmer RECORDINGS --json",
    "verify model hopper --against STEPS", "verify model hopper --against STEPS --json",
    "verify precision SMALL --checkpoints 2 --interval 1",
    "verify precision SMALL --checkpoints 2 --interval 1 --json",
    "certify --states 1", "certify --states 1 --json",
    "certify --monte-carlo --chains 30 --set outer.tasks=2 --set environment.horizon=3 --json",
    "certify --means MEANS", "certify --means MEANS --json",
    "certify --emit NEW --states 1", "certify --emit NEW --states 1 --json",
    "study --preset tabular.random --estimators sg-mrl,maml --meta-batches 3 --learning 0 --reference-meta-batches 3",
    "study --preset tabular.random --estimators sg-mrl,maml --meta-batches 3 --learning 0 --reference-meta-batches 3 --json",
    "theory --states 1 --points 1", "theory --states 1 --points 1 --json",
    "theory --preset navigation-2d.paper", "theory --preset navigation-2d.paper --json",
    "reproduce table-1 --pages --output NEW",
    "reproduce table-1 --pages --output NEW --json",
    "reproduce gradient-bias BIAS", "reproduce gradient-bias BIAS --json",
    "benchmark derivatives --samples 100 --rounds 1 --warm-up 0",
    "benchmark simulator swimmer --environments 1 --rounds 1 --warm-up 0",
    "benchmark meta-epoch --preset tabular.random --set outer.tasks=2 --rounds 1 --warm-up 0 --json",
    "benchmark curvature-products --preset tabular.random --set outer.tasks=2 --rounds 1 --warm-up 0 --json",
    "doctor", "doctor --json",
  ]

  /// The arguments of a command of the table.
  static func arguments(_ command: String) throws -> [String] {
    let new = temporary()
    return try command.split(separator: " ").flatMap { word -> [String] in
      switch String(word) {
      case "SMALL": return small
      case "BIAS": return bias
      case "RUN": return [try run.get()]
      case "DERIVATIVES":
        return [fixtures.appendingPathComponent("VerificationTests/Fixtures/derivatives.json").path]
      case "STEPS":
        return [
          fixtures.appendingPathComponent("VerificationTests/Fixtures/hopper_steps.json").path
        ]
      case "MEANS": return [EnumeratedFileTests.means.path]
      case "RECORDINGS": return [fixtures.appendingPathComponent("SimulatorTests/Fixtures").path]
      default: return [String(word.replacing("NEW", with: new))]
      }
    }
  }

  @Test func everyCommandIsInTheTable() throws {
    let words = try subcommands([])
    #expect(words.count >= 11)
    for word in words where word != "help" {
      let below = try subcommands([word])
      for path in below.isEmpty ? [word] : below.map({ "\(word) \($0)" }) {
        // the default one may be left out
        let isThere = Self.commands.contains {
          $0.hasPrefix(path) || (path == "presets list" && $0 == "presets")
        }
        #expect(isThere, "\(path)")
      }
    }
  }

  /// The words below SUBCOMMANDS of a help.
  func subcommands(_ command: [String]) throws -> [String] {
    let help = try Program.run(command + ["--help"]).output
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { !$0.isEmpty }.compactMap {
      $0.hasPrefix("  ") && !$0.hasPrefix("   ")
        ? $0.split(separator: " ").first.map(String.init) : nil
    }
  }

  @Test(arguments: commands) func aFullOutputIsToldAndCounts(command: String) throws {
    let outcome = try Program.run(try Self.arguments(command), redirected: ">/dev/full")
    #expect(outcome.status == 74, "\(outcome.errors)")
    #expect(
      outcome.errors.contains("standard output cannot be written (No space left on device)"),
      "\(outcome.errors)")
  }

  @Test(arguments: commands) func aClosedOutputIsToldAndCounts(command: String) throws {
    let outcome = try Program.run(try Self.arguments(command), redirected: ">&-")
    #expect(outcome.status == 74, "\(outcome.errors)")
    #expect(outcome.errors.contains("standard output is closed"), "\(outcome.errors)")
  }

  /// A reader that has seen enough, such as `head -1`, wants no sentence.
  @Test(arguments: commands) func aBrokenPipeCountsWithoutAWord(command: String) throws {
    let process = Process()
    process.executableURL = Program.url
    process.arguments = try Self.arguments(command)
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try output.fileHandleForReading.close()
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 74, "\(text)")
    #expect(!text.contains("standard output"), "\(text)")
  }

  /// What nobody sees is dropped; files, results and exit codes are as ever.
  @Test(arguments: [">/dev/full", ">&-", "2>/dev/full", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
  func trainingIsNotLost(redirection: String) throws {
    let folder = URL(fileURLWithPath: Self.temporary())
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try Program.run(
      ["train", "--output", folder.path] + Self.small, redirected: redirection)
    let isLost =
      redirection.contains(">&-") && !redirection.hasPrefix("2") || redirection == ">/dev/full"
    #expect(outcome.status == (isLost ? 74 : 0), "\(outcome.errors)")
    #expect(outcome.output.contains("3 fresh tasks") == !isLost)
    let directory = RunDirectory(existing: folder)
    guard case .finished = try directory.state() else {
      Issue.record("The run is not finished.")
      return
    }
    // nothing of what was printed has gone into a file that took the place of a stream
    let whole = URL(fileURLWithPath: try Self.run.get())
    for name in ["parameters.safetensors", "test.json", "trajectories.svg", "configuration.yaml"] {
      #expect(
        try Data(contentsOf: folder.appendingPathComponent(name))
          == Data(contentsOf: whole.appendingPathComponent(name)), "\(name)")
    }
    #expect(try StoredRun(reading: folder).epochs == 2)
  }

  @Test(arguments: ["2>/dev/full", "2>&-"])
  func errorsCountAlsoWhereTheyCannotBeTold(redirection: String) throws {
    #expect(try Program.run(["evaluate", "/proc/nowhere"], redirected: redirection).status == 65)
    #expect(try Program.run(["train", "--nothing"], redirected: redirection).status == 64)
    #expect(try Program.run(["presets"], redirected: redirection).status == 0)
  }

  @Test(arguments: [
    ["simulate", "swimmer", "--steps", "2", "--output", "/proc/nowhere/states.csv"],
    ["train", "--output", "/proc/nowhere", "--preset", "tabular.random"],
    ["report", "RUN", "--output", "/proc/nowhere/page.html"],
    ["report", "RUN", "--output", "/dev/full"], ["report", "RUN", "--output", "/tmp"],
    ["evaluate", "RUN", "--trajectories", "/proc/nowhere/episodes.npz"],
    ["reproduce", "table-1", "--pages", "--output", "/proc/nowhere"],
    [
      "study", "--preset", "tabular.random", "--estimators", "sg-mrl", "--meta-batches", "3",
      "--learning", "0", "--reference-meta-batches", "3", "--json", "--output", "/proc/nowhere",
    ],
    ["theory", "--convergence", "--output", "/proc/nowhere"],
  ])
  func filesThatCannotBeWrittenAreNamed(arguments: [String]) throws {
    let run = try Self.run.get()
    let outcome = try Program.run(arguments.map { $0 == "RUN" ? run : $0 })
    #expect(outcome.status == 74, "\(outcome.errors)")
    let last = try #require(outcome.errors.split(separator: "\n").last)
    #expect(last.contains("cannot be written (") && !last.contains("Error Domain"), "\(last)")
  }
}
