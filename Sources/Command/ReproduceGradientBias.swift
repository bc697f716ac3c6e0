import ArgumentParser
import MetaTape

/// The options of `reproduce gradient-bias`.
struct GradientBiasOptions: ParsableArguments {
  @Option(
    help: "gradient-bias: the estimators, with commas (default: maml,lvc,dice-maml,sg-mrl).",
    completion: .estimators)
  var estimators: String?

  @Option(help: "gradient-bias: the number of random processes (default: 10).")
  var mdps: Int?

  @Option(help: "gradient-bias: the estimates of each estimator for a process (default: 20).")
  var repeats: Int?

  @Option(
    help: """
      gradient-bias: the trajectories of a batch, with commas (default: 2,4,8,16,32,64,128,256). The middle one is \
      used for the other step sizes and numbers of steps.
      """)
  var trajectories: String?

  @Option(
    help: """
      gradient-bias: the inner step sizes, with commas (default: 10,1,0.1). The first is used where something else \
      varies.
      """)
  var stepSizes: String?

  @Option(
    help: """
      gradient-bias: the numbers of inner steps, with commas (default: 1,2,3). The first is used where something else \
      varies.
      """)
  var innerSteps: String?

  @Option(
    help: """
      gradient-bias: the inner trajectories behind the gradient with which estimates are compared, for each process \
      and setting (default: 20000).
      """)
  var referenceTrajectories: Int?

  /// Whether nothing is given.
  var isDefault: Bool {
    estimators == nil && mdps == nil && repeats == nil && trajectories == nil && stepSizes == nil
      && innerSteps == nil && referenceTrajectories == nil
  }

  func validate() throws {
    for (name, value, least, most) in [
      ("mdps", mdps, 2, 10_000), ("repeats", repeats, 2, 1_000_000),
      ("reference-trajectories", referenceTrajectories, 1, 1_000_000_000),
    ] {
      if let value, !(least...most).contains(value) {
        throw ValidationError("--\(name) must be from \(least) to \(most).")
      }
    }
    _ = try settings
  }

  /// What is measured: each list with the other two at their base.
  var settings: [GradientBiasExperiment.Setting] {
    get throws {
      let sizes = try Self.list(
        trajectories, [2, 4, 8, 16, 32, 64, 128, 256], "trajectories", 1...100_000)
      let steps = try Self.list(stepSizes, [10, 1, 0.1], "step-sizes", 1e-9...1e6)
      let counts = try Self.list(innerSteps, [1, 2, 3], "inner-steps", 1...20)
      let size = sizes[sizes.count / 2]
      return sizes.map { .init(trajectories: $0, stepSize: steps[0], innerSteps: counts[0]) }
        + steps.dropFirst().map { .init(trajectories: size, stepSize: $0, innerSteps: counts[0]) }
        + counts.dropFirst().map { .init(trajectories: size, stepSize: steps[0], innerSteps: $0) }
    }
  }

  private static func list<Number: LosslessStringConvertible & Hashable & Comparable>(
    _ text: String?, _ preset: [Number], _ name: String, _ range: ClosedRange<Number>
  ) throws -> [Number] {
    guard let text else { return preset }
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Number(String($0)) }.filter(range.contains)
    guard numbers.count == words.count, Set(numbers).count == numbers.count else {
      throw ValidationError(
        "--\(name) '\(text)' should be different numbers from \(range.lowerBound) to \(range.upperBound), with commas."
      )
    }
    return numbers
  }

  /// Measures and prints.
  func run(seed: Int, threads: Int, json: Bool) async throws {
    let names = try estimatorNames(estimators) ?? ["maml", "lvc", "dice-maml", "sg-mrl"]
    guard Set(names).count == names.count else {
      throw Failure(code: 64, message: "--estimators names one twice.")
    }
    let chosen = names.compactMap { MetaTapeCommand.catalog.estimator(named: $0) }
    for estimator in chosen where estimator.baseline?.looksAtPeers ?? false {
      throw Failure(
        code: 64,
        message:
          "--estimators: '\(estimator.name)' looks at other chains, of which there are none here.")
    }
    var plan = GradientBiasExperiment.Plan(estimators: chosen, seed: UInt64(seed))
    plan.processes = mdps ?? plan.processes
    plan.repeats = repeats ?? plan.repeats
    plan.referenceTrajectories = referenceTrajectories ?? plan.referenceTrajectories
    let settings = try settings
    var progress = ProgressBar(total: settings.count, isSilent: json)
    var done = 0
    let report = try await GradientBiasReport(
      GradientBiasExperiment(plan), settings: settings, threads: threads
    ) { setting in
      done += 1
      progress.show(
        done, "|D| \(setting.trajectories), α \(setting.stepSize), ζ \(setting.innerSteps)")
    }
    if json { Console.printJSON(try report.json()) } else { print(report.text) }
  }
}
