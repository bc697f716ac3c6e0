import ArgumentParser
import Foundation
import MetaTape

/// The constants, bounds and schedules of the theory, beside what is measured.
struct Theory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the theory's constants, bounds and schedules beside measured values.",
    discussion: """
      Example: metatape theory --seed 1 --states 2 --actions 2 --horizon 2 --epsilon 0.1
      or, with a file of problems: metatape theory --mdp problems.json --json
      or, of a configuration: metatape theory --preset navigation-2d.paper
      or, corollary 1 in practice: metatape theory --convergence --output runs/convergence

      Bounds stand as printed in the paper, corrected, and tightened. The exit code is 1 if a \
      corrected or tightened bound is violated by a measurement, or if the mean of an estimator \
      that is declared unbiased does not lead to a stationary point.
      """)

  @Option(
    name: .customLong("mdp"), help: "A JSON file of problems.",
    completion: .file(extensions: ["json"]))
  var file: String?

  @OptionGroup var sizes: CertifySizes

  @Option(
    help: "Show what of the theory covers a preset; 'metatape presets' lists them.",
    completion: .presets)
  var preset: String?

  @Option(
    name: .customLong("set"),
    help: "A value of the preset's configuration, as key=value; may be repeated.",
    completion: .assignments)
  var assignments: [String] = []

  @Option(help: "The accuracy of a first-order stationary point.")
  var epsilon = 0.1

  @Option(help: "The trajectories of an outer batch, for the schedules.")
  var outerEpisodes = 20

  @Option(help: "The number of random pairs of parameters that are measured.")
  var points = 12

  @Option(help: "The greatest number of chains, batches or trajectories to enumerate.")
  var limit = Certificate.defaultLimit

  @OptionGroup var convergence: ConvergenceOptions
  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    try requirePath(file, "mdp")
    if !(epsilon > 0 && epsilon.isFinite) { throw ValidationError("--epsilon must be positive.") }
    if !(1...1_000_000).contains(outerEpisodes) {
      throw ValidationError("--outer-episodes must be from 1 to 1000000.")
    }
    if !(1...1_000_000).contains(points) {
      throw ValidationError("--points must be from 1 to 1000000.")
    }
    if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if preset == nil && !assignments.isEmpty { throw ValidationError("--set needs --preset.") }
    let sources = [file != nil, preset != nil, !sizes.isDefault].filter(\.self).count
    if sources > 1 {
      throw ValidationError(
        "Give one of --mdp, --preset, or the sizes of a random problem, not several.")
    }
    if convergence.convergence && (preset != nil || !sizes.isDefault) {
      throw ValidationError("--convergence takes its problem from --mdp, or has its own.")
    }
  }

  func run() async throws {
    if convergence.convergence {
      let passed = try await convergence.run(
        try file.map(single) ?? CertificateProblem.opposedTasks(), seed: sizes.seed,
        limit: limit, threads: threading.threads, json: json)
      if !passed { throw ExitCode(1) }
      return
    }
    if let preset {
      try show(preset)
      return
    }
    let problems: [CertificateProblem]
    if let file { problems = try cases(file) } else { problems = [try sizes.makeProblem()] }
    var outcomes: [TheoryReport.Case] = []
    for problem in problems {
      let outcome = try await TheoryReport.Case(
        problem, accuracy: epsilon, outerEpisodes: outerEpisodes, points: points,
        seed: UInt64(sizes.seed), limit: limit, threads: threading.threads)
      if !json { print(outcome.text) }
      outcomes.append(outcome)
    }
    let report = TheoryReport(
      file: file, seed: sizes.seed, points: points, epsilon: epsilon, cases: outcomes)
    if json {
      Console.printJSON(try report.json())
    } else {
      print(
        report.passed
          ? "PASSED: every measured value is within the corrected bounds."
          : "FAILED: a measured value is above a corrected bound.")
    }
    if !report.passed { throw ExitCode(1) }
  }

  private func cases(_ file: String) throws -> [CertificateProblem] {
    try CertificateFile(contentsOf: URL(fileURLWithPath: file)).cases.map(\.problem)
  }

  private func single(_ file: String) throws -> CertificateProblem {
    let problems = try cases(file)
    guard problems.count == 1 else {
      throw Failure(
        code: 65,
        message: "\(file) has \(problems.count) problems; --convergence takes a file with one.")
    }
    return problems[0]
  }

  /// Whether the theory covers a configuration.
  private func show(_ name: String) throws {
    var configuration = try findPreset(name)
    try configuration.set(all: assignments)
    let experiment = try Experiment(configuration)
    let report = CoverageReport(experiment)
    if json {
      Console.printJSON(try report.json())
      return
    }
    let settings = experiment.settings
    print(
      """
      \(report.preset): \(experiment.tasks.horizon) steps (H = \
      \(experiment.tasks.horizon - 1)), γ = \(settings.discount), \
      α = \(settings.innerStepSize), ζ = \(settings.innerSteps), |D| = \(settings.innerEpisodes)

      """)
    print(
      report.covered
        ? "Covered." : "Not covered: the theory has no constants for this configuration.")
    for reason in report.reasons { print("- \(reason)") }
  }
}
