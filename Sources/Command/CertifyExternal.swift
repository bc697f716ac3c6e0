import ArgumentParser
import Foundation
import MetaTape
import Terminal

/// The options of a certificate for a program in another language.
struct ExternalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Examine a program in any language: the command to start it.", valueName: "command"))
  var external: String?

  @Flag(help: "With --external or --emit: a suite of problems that tell mistakes apart.")
  var suite = false

  @Flag(help: "With --suite: larger problems too.")
  var thorough = false

  @Option(help: "With --external or --emit: the trajectories of an outer batch.")
  var outerBatch = 1

  @Option(help: "With --external: the seconds that the program may take to start.")
  var startLimit = 120.0

  @Option(help: "With --external: the seconds that it may take for one answer.")
  var replyLimit = 120.0

  @Option(help: "With --external: the chains of one request.")
  var chunk = 1000

  func validate() throws {
    if external?.allSatisfy(\.isWhitespace) == true {
      throw ValidationError("--external needs a command, such as 'python3 estimator.py'.")
    }
    if thorough && !suite { throw ValidationError("--thorough needs --suite.") }
    if !(1...1000).contains(outerBatch) {
      throw ValidationError("--outer-batch must be from 1 to 1000.")
    }
    for (name, value) in [("start-limit", startLimit), ("reply-limit", replyLimit)]
    where !(value > 0 && value <= 1e6) {
      throw ValidationError("--\(name) must be above 0 and at most 1000000 seconds.")
    }
    if !(1...1_000_000).contains(chunk) {
      throw ValidationError("--chunk must be from 1 to 1000000.")
    }
  }

  /// Starts the program and lets a body ask it; ends it whatever happens.
  private func withProgram<Result>(
    _ command: String, _ body: (ExternalProgram) async throws -> Result
  ) async throws -> Result {
    var limits = ExternalProgram.Limits()
    (limits.start, limits.reply, limits.chunk) = (startLimit, replyLimit, chunk)
    let stop = Signals.takeOver(saying: "\nStopping.\n")
    do {
      let program = try ExternalProgram(command, limits: limits) { stop.signal != nil }
      defer { program.end() }
      return try await body(program)
    } catch {
      if stop.signal != nil { throw ExitCode(Signals.exitCodeOfStop) }
      throw error
    }
  }

  /// Tests the program by sampling; true if it is what it claims to be.
  ///
  /// - Parameters:
  ///   - command: starts it.
  ///   - sampling: preset, sample size and the like.
  ///   - references: unbiased estimators to compare with; nil for a choice by the pilot.
  ///   - seed: of the samples.
  ///   - json: whether to print a document.
  /// - Returns: Whether it passed.
  /// - Throws: What the test throws.
  func test(
    _ command: String, _ sampling: MonteCarloOptions, _ references: [String]?, seed: Int,
    json: Bool
  ) async throws -> Bool {
    // equation 5, which is what the protocol's programs take unless settings say otherwise
    let equation5 = ["inner", "outer"].flatMap { batch in
      ["signal=returns", "normalizes=false", "average=trajectories"].map { "\(batch).\($0)" }
    }
    let (configuration, experiment, vector) = try sampling.problem(
      seed: seed, defaults: equation5)
    let chosen = try references.map(configuration.estimators) ?? ExternalMonteCarlo.references
    if let biased = chosen.first(where: { !$0.isDeclaredUnbiased }) {
      throw Failure(
        code: 64,
        message: "'\(biased.name)' is not unbiased: a program cannot be compared with it.")
    }
    var plan = sampling.plan(seed: seed)
    if !json {
      print(
        """
        \(configuration.name) with equation 5's weights unless set otherwise: \(plan.chains) chains, \
        \(plan.directions) directions, two-sided, false-alarm rate \(plan.falseAlarmRate) in all: a \
        direction shows a bias above |z| = \(Console.number(plan.criticalValue)).

        """)
    }
    let keys = Dictionary(
      configuration.fields.map { ($0.key, $0.text(configuration) ?? "") }, uniquingKeysWith: { $1 })
    return try await withProgram(command) { program in
      var tests: [ExternalMonteCarloReport.Test] = []
      var bar = ProgressBar(total: sampling.repeats, isSilent: sampling.repeats == 1)
      var chains = ProgressBar(total: 1)
      for _ in 0..<sampling.repeats {
        let found = try ExternalMonteCarlo(
          program, plan, policy: experiment.policy, parameters: vector, tasks: experiment.tasks,
          settings: experiment.settings, description: keys, references: chosen
        ) { done, total in
          guard sampling.repeats == 1 else { return }
          if done == 1 { chains = ProgressBar(total: total) }
          chains.show(done, "chains")
        }
        let test = ExternalMonteCarloReport.Test(found)
        if !json && sampling.repeats == 1 { print(test.text) }
        tests.append(test)
        plan.seed += 1
        bar.show(tests.count, "tests")
      }
      let report = ExternalMonteCarloReport(
        command: command, program.identity, configuration, plan, tests)
      if json { Console.printJSON(try report.json()) } else { print(report.conclusion) }
      return report.passed
    }
  }

  /// The problems of an examination, with what each of the suite tells apart.
  ///
  /// - Parameter problems: those that are taken if the suite is not asked for.
  /// - Returns: The problems.
  /// - Throws: What the making of the problems throws.
  func probes(
    _ problems: () throws -> [CertificateProblem]
  ) throws -> [(problem: CertificateProblem, separates: String?)] {
    if suite {
      return try ProbeProblem.suite(isThorough: thorough).map { ($0.problem, $0.separates) }
    }
    return try problems().map { problem in
      var problem = problem
      problem.settings.outerEpisodes = outerBatch
      return (problem, nil)
    }
  }

  /// Examines the program; true if it is what it claims to be.
  ///
  /// - Parameters:
  ///   - command: starts it.
  ///   - items: the problems.
  ///   - plan: how.
  ///   - json: whether to print a document.
  /// - Returns: Whether it passed.
  /// - Throws: What the examination throws.
  func run(
    _ command: String, _ items: [(problem: CertificateProblem, separates: String?)],
    _ plan: ExternalPlan, json: Bool
  ) async throws -> Bool {
    try await withProgram(command) { program in
      var bar = ProgressBar(total: items.count, isSilent: items.count == 1)
      var steps: ProgressBar?
      program.onAnswer = { done, total in
        // requests of one chunk are over at once
        guard items.count == 1, total > chunk else { return }
        if steps == nil || done <= chunk { steps = ProgressBar(total: total) }
        steps?.show(done, "chains answered")
      }
      var found: [ExternalAssessment] = []
      do {
        for (index, item) in items.enumerated() {
          found.append(try await ExternalAssessment(program, on: item.problem, plan))
          bar.show(index + 1, item.problem.name)
        }
      } catch {
        bar.interrupt()
        steps?.interrupt()
        throw error
      }
      let report = ExternalReport(
        command: command, program.identity, found, separates: items.map(\.separates))
      if json { Console.printJSON(try report.json()) } else { print(report.text) }
      return report.passed
    }
  }
}
