import Foundation
import Runs
import Testing

/// Programs in Python under `certify --external`.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["METATAPE_PYTHON"] != nil,
    "METATAPE_PYTHON does not name a Python with NumPy"))
struct ExternalTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Docs/Examples/External")

  static func command(_ file: String, _ argument: String) -> String {
    let python = ProcessInfo.processInfo.environment["METATAPE_PYTHON"] ?? "python3"
    return "'\(python)' '\(folder.path)/\(file)' \(argument)"
  }

  func certify(_ command: String, _ options: [String] = ["--suite"]) throws -> Program.Outcome {
    try Program.run(["certify", "--external", command] + options)
  }

  @Test(arguments: [("maml", "maml"), ("sg-mrl", "sg-mrl"), ("dice", "dice-maml")])
  func estimatorsInNumPyAreRecognised(argument: String, name: String) throws {
    let outcome = try certify(
      Self.command("numpy_estimators.py", argument), ["--suite", "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try ExternalReport(json: Data(outcome.output.utf8))
    #expect(report.equals.contains(name) && report.passed && report.dtype == "float64")
    for item in report.cases {
      #expect(item.equality == .pairs && (item.equalityError ?? 1) < 1e-13)
      #expect((item.verdict == .unbiased) == (name == "sg-mrl"), "\(item.problem)")
      #expect(item.pairs <= 300 && item.separates != nil)
    }
  }

  /// Each mistake is told apart, and the words point at its kind.
  @Test(arguments: [
    ("score-sign", "score sign", "its sign is wrong"),
    ("score-mean", "known bias", "a mean over the trajectories"),
    ("gradient-mean-over-steps", "factor", "one over the number of steps"),
    ("rewards-cumulated-from-start", "loss", "cumulated from the start"),
    ("inverted-discount", "loss", "The discount is inverted"),
    ("step-discount", "loss", "starts anew at each action"),
    ("variance-for-deviation", "loss", "divided by their variance instead"),
    ("own-baseline", "loss", "sees the trajectory that it is subtracted from"),
    ("batch-order", "batch order", "depend on the order"),
    ("batch-order-open", "batch order", "depend on the order"),
    ("first-score", "first score", "is missing: every inner batch is drawn"),
    ("single-powers", "single precision", "computed in float32"),
    ("other-step", "other step", "0.5 times the inner step that 'adapt' takes"),
    ("first-task", "first task", "the gradient is that of the other tasks alone"),
    ("no-score", "known bias", "The score of the inner batches is missing"),
    ("first-order", "known bias", "The inner Hessian is missing"),
    ("jacobian-sign", "jacobian sign", "has the wrong sign"),
  ])
  func mistakesAreToldApart(program: String, kind: String, words: String) throws {
    let command = Self.command("wrong_estimators.py", program)
    let outcome = try certify(command)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains(words), "\(outcome.output)")
    let document = try certify(command, ["--suite", "--json"])
    let report = try ExternalReport(json: Data(document.output.utf8))
    let kinds = report.cases.flatMap { $0.findings.map(\.kind) }
    #expect(kinds.contains(kind), "\(kinds)")
    // no other specific kind is named
    let vague: Set = ["unknown", "factor", "no outer gradient", kind]
    #expect(Set(kinds).subtracting(vague).isEmpty, "\(Set(kinds))")
  }

  /// A biased program that claims nothing does not fail, but is not said to pass.
  @Test func aBiasIsSaidWhereNothingIsClaimed() throws {
    let outcome = try certify(Self.command("numpy_estimators.py", "maml"))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("BIASED: MAML in NumPy is biased on 11 of 11 problems"))
    #expect(outcome.output.contains("does not claim otherwise"))
    #expect(!outcome.output.contains("PASSED"))
    let unbiased = try certify(Self.command("numpy_estimators.py", "sg-mrl"))
    #expect(unbiased.output.contains("PASSED: SG-MRL in NumPy is unbiased on all 11 problems"))
  }

  @Test(arguments: [("maml", "known bias"), ("sg-mrl", "factor")])
  func aMultipleIsShownWithItsFactor(name: String, kind: String) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).py")
    defer { try? FileManager.default.removeItem(at: file) }
    try """
    import sys
    sys.path.insert(0, r"\(Self.folder.path)")
    import metatape_external as external
    from numpy_estimators import MAML, SGMRL
    whole = {"maml": MAML, "sg-mrl": SGMRL}["\(name)"]()
    half = lambda problem, chains, outer: whole.estimate(problem, chains, outer) / 2
    external.serve(external.Estimator(name="half", adapt=whole.adapt, estimate=half))
    """.write(to: file, atomically: true, encoding: .utf8)
    let python = ProcessInfo.processInfo.environment["METATAPE_PYTHON"] ?? "python3"
    let outcome = try certify("'\(python)' '\(file.path)'")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("0.5 × \(name)"), "\(outcome.output)")
    #expect(outcome.output.contains("times those of '\(name)'"), "\(outcome.output)")
    #expect(
      outcome.output.contains("The score of the inner batches is missing") == (kind != "factor"))
  }

  @Test func aBadNumberIsToldWithItsProblem() throws {
    let outcome = try certify(Self.command("misbehaving.py", "nan"))
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("On the problem 'bandit': "), "\(outcome.errors)")
  }

  @Test(arguments: [
    ("silent", "did not answer within 2 s"), ("dies", "ended with exit code 3"),
    ("garbage", "not an answer in JSON"), ("wrong-shape", "has the shape"),
    ("nan", "holds a NaN"), ("swapped-ids", "in order, with its 'id'"),
    ("floods-stdout", "has no end"), ("ignores-sigterm", "did not answer within 2 s"),
    ("old-protocol", "speaks version 99"), ("no-hello", "reports an error: unknown request hello"),
    ("forks", "exit code"),
    ("slow-start 30", "did not answer within 2 s; --start-limit"),
  ])
  func misbehavingProgramsGetASentence(kind: String, words: String) throws {
    let start = ContinuousClock.now
    let limit = kind == "floods-stdout" ? "60" : "2"
    let outcome = try certify(
      Self.command("misbehaving.py", kind),
      ["--suite", "--start-limit", limit, "--reply-limit", limit])
    #expect(outcome.status == 65, "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func aFloodOfErrorsAndASlowStartAreBorne() throws {
    for kind in ["floods-stderr", "slow-start 1"] {
      let outcome = try certify(
        Self.command("misbehaving.py", kind), ["--states", "1", "--json"])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }
}

/// Options that do not go together.
@Suite struct ExternalOptionTests {
  @Test(arguments: [
    (["--suite"], "need --external or --emit"),
    (["--thorough", "--emit", "x"], "needs --suite"), (["--replace"], "needs --emit"),
    (["--emit", ""], "--emit is empty"), (["--means", ""], "--means is empty"),
    (["--emit", "x", "--external", "y"], "does not go with --external"),
    (["--emit", "x", "--monte-carlo"], "does not go with --monte-carlo"),
    (["--emit", "x", "--suite", "--mdp", "y"], "give one of them"),
    (["--emit", "x", "--inner-normalized"], "equation 5"),
    (["--means", "x", "--external", "y"], "does not go with --external"),
    (["--means", "x", "--monte-carlo"], "does not go with --monte-carlo"),
    (["--means", "x", "--mdp", "y"], "does not go with --mdp"),
    (["--means", "x", "--suite"], "does not go with --suite"),
    (["--means", "x", "--emit", "y"], "does not go with --emit"),
    (["--means", "x", "--inner-normalized"], "from the file alone"),
    (["--external", " "], "needs a command"),
    (["--external", "x", "--thorough"], "needs --suite"),
    (["--external", "x", "--chunk", "0"], "--chunk"),
    (["--external", "x", "--start-limit", "0"], "--start-limit"),
    (["--external", "x", "--outer-batch", "0"], "--outer-batch"),
    (["--external", "x", "--repeats", "0"], "--repeats"),
    (["--external", "x", "--inner-normalized"], "equation 5"),
    (["--external", "x", "--monte-carlo", "--suite"], "from --preset and --set alone"),
    (["--external", "x", "--monte-carlo", "--estimators", "maml"], "not unbiased"),
  ])
  func mistakesOfUsageAreTold(options: [String], part: String) throws {
    let outcome = try Program.run(["certify"] + options)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  /// The shell is enough for a program that fails.
  @Test func aProgramThatFailsIsToldWithoutPython() throws {
    let outcome = try Program.run(["certify", "--external", "echo oh no >&2; exit 4", "--suite"])
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("exit code 4") && outcome.errors.contains("oh no"))
  }
}

/// Files with every batch, and files of means.
@Suite struct EnumeratedFileTests {
  static let means = OutputTests.fixtures.appendingPathComponent(
    "CertificationTests/Fixtures/external.json")

  @Test func filesAreNotReplacedUnlessAskedTo() throws {
    let folder = OutputTests.temporary() + "/new/batches"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let emit = ["certify", "--emit", folder, "--suite"]
    let first = try Program.run(emit)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("two-tasks.safetensors: 128 pairs of 16 trajectories"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 11)
    let second = try Program.run(emit)
    #expect(second.status == 65 && second.output.isEmpty)
    #expect(second.errors.contains("already holds bandit.safetensors"), "\(second.errors)")
    #expect(try Program.run(emit + ["--replace"]).status == 0)
  }

  @Test func ordersAreMergedUnlessAskedFor() throws {
    func pairs(_ options: [String]) throws -> Int? {
      let folder = OutputTests.temporary()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let outcome = try Program.run(
        ["certify", "--emit", folder, "--states", "1", "--horizon", "1", "--json"] + options)
      return try EmissionReport(json: Data(outcome.output.utf8)).files.first?.pairs
    }
    #expect(try pairs([]) == 6)
    #expect(try pairs(["--ordered"]) == 8)
    #expect(try pairs(["--outer-batch", "2"]) == 9)
  }

  @Test func aFolderThatCannotBeWrittenIsTold() throws {
    let outcome = try Program.run(["certify", "--emit", "/proc/none", "--states", "1"])
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("/proc/none cannot be written"), "\(outcome.errors)")
  }

  @Test func meansAreComparedInATable() throws {
    let outcome = try Program.run(["certify", "--means", Self.means.path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.contains { $0.contains("rlax twice") && $0.contains("0.5 ") })
    #expect(lines.contains { $0.contains("garage") && $0.contains(" own ") })
    #expect(lines.last?.contains("of 108 means have a multiple of equation 5's") == true)
    let missing = try Program.run(["certify", "--means", "/none.json"])
    #expect(missing.status == 65 && missing.errors.contains("/none.json"), "\(missing.errors)")
  }
}
