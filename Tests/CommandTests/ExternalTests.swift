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
    (["--suite"], "need --external"), (["--external", " "], "needs a command"),
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
