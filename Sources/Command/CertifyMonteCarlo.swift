import ArgumentParser
import Foundation
import MetaTape

/// The options of a test by sampling, for problems that cannot be enumerated.
struct MonteCarloOptions: ParsableArguments {
  @Flag(help: "Test by sampling, at the initial parameters of a preset.")
  var monteCarlo = false

  @Option(
    help: "The preset to test; 'metatape presets' lists them. Needs --monte-carlo.",
    completion: .presets)
  var preset: String?

  @Option(
    name: .customLong("set"),
    help: "A value of the preset's configuration, as key=value; may be repeated.",
    completion: .assignments)
  var assignments: [String] = []

  @Option(
    help: "A file of parameters in safetensors (default: the initial parameters).",
    completion: .parameters)
  var parameters: String?

  @Option(help: "The number of independent chains.")
  var chains = 400

  @Option(help: "The number of directions that are tested.")
  var directions = 4

  @Option(help: "The probability that an unbiased estimator fails.")
  var falseAlarmRate = 1e-3

  @Option(help: "The step of the differences along a direction.")
  var differenceStep = 1e-3

  @Option(help: "With --external: how many tests to make, with seeds one after the other.")
  var repeats = 1

  func validate() throws {
    if !(1...100_000).contains(repeats) {
      throw ValidationError("--repeats must be from 1 to 100000.")
    }
    try requirePath(parameters, "parameters")
    if preset != nil && !monteCarlo { throw ValidationError("--preset needs --monte-carlo.") }
    if !(30...1_000_000_000).contains(chains) {
      throw ValidationError("--chains must be from 30 to 1000000000.")
    }
    if !(1...1000).contains(directions) {
      throw ValidationError("--directions must be from 1 to 1000.")
    }
    if !(falseAlarmRate > 0 && falseAlarmRate < 1) {
      throw ValidationError("--false-alarm-rate must be between 0 and 1.")
    }
    if !(differenceStep > 0 && differenceStep.isFinite) {
      throw ValidationError("--difference-step must be positive.")
    }
  }

  /// What will be done.
  func plan(seed: Int) -> MonteCarloPlan {
    MonteCarloPlan(
      chains: chains, directions: directions, falseAlarmRate: falseAlarmRate,
      differenceStep: differenceStep, seed: UInt64(seed))
  }

  /// The preset with its values, and the parameters at which it is tested.
  ///
  /// - Parameters:
  ///   - seed: of the configuration.
  ///   - defaults: values that stand before those of the command line.
  /// - Returns: The configuration, its experiment and `θ`.
  /// - Throws: If a value or the file of parameters cannot be used.
  func problem(
    seed: Int, defaults: [String] = []
  ) throws -> (configuration: Configuration, experiment: Experiment, parameters: [Double]) {
    var configuration = try findPreset(preset ?? "navigation-2d.quickstart")
    try configuration.set(all: defaults)
    try configuration.set(all: assignments)
    configuration.seed = seed
    let experiment = try Experiment(configuration)
    var vector = experiment.initialParameters
    if let parameters {
      vector = try SafeTensors.read(URL(fileURLWithPath: parameters), experiment.policy.layout)
    }
    return (configuration, experiment, vector)
  }

  /// Runs the test for each estimator; true if all pass.
  func run(_ estimators: [String]?, seed: Int, threads: Int, json: Bool) async throws -> Bool {
    let (configuration, experiment, vector) = try problem(seed: seed)
    let plan = plan(seed: seed)
    let chosen =
      try estimators.map(configuration.estimators) ?? [experiment.settings.estimator]
    if !json {
      print(
        """
        \(configuration.name): \(chains) chains, \(directions) directions, two-sided, \
        false-alarm rate \(falseAlarmRate) in all (confidence \(1 - falseAlarmRate)): a direction \
        fails above |z| = \(Console.number(plan.criticalValue)), seed \(seed).

        """)
    }
    var rows: [MonteCarloReport.Row] = []
    for estimator in chosen {
      var settings = experiment.settings
      settings.estimator = estimator
      let row = MonteCarloReport.Row(
        try await MonteCarloCertificate(
          plan, policy: experiment.policy, parameters: vector, tasks: experiment.tasks,
          settings: settings, threads: threads))
      if !json { print(row.text) }
      rows.append(row)
    }
    let report = MonteCarloReport(configuration, plan, threads: threads, estimators: rows)
    if json {
      Console.printJSON(try report.json())
    } else {
      print(report.passed ? "PASSED" : "FAILED")
    }
    return report.passed
  }
}
