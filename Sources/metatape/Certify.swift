import ArgumentParser
import Foundation
import MetaTape

/// Proves which estimators are unbiased, by enumerating every batch of small problems.
struct Certify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Enumerate small problems: which estimators are unbiased, and how biased the others.",
    discussion: """
      Example: metatape certify --seed 1 --states 2 --actions 2 --horizon 1 --batch 2 --inner-steps 2
      or, with a file of problems: metatape certify --mdp problems.json --json
      or, by sampling: metatape certify --monte-carlo --preset navigation-2d.quickstart

      The code that trains is fed every batch with its probability. Errors are \
      max |x - y| / (1 + max |y|). The exit code is 1 if an estimator that is declared unbiased is \
      not, if the two exact gradients disagree, or if a value of the file differs.
      """)

  @Option(name: .customLong("mdp"), help: "A JSON file of problems.")
  var file: String?

  @OptionGroup var sizes: CertifySizes
  @OptionGroup var weights: CertifyWeights
  @OptionGroup var sampling: MonteCarloOptions

  @Option(help: "Names of estimators, with commas (default: all; by sampling, the preset's).")
  var estimators: String?

  @Option(help: "The greatest error that passes.")
  var tolerance = 1e-10

  @Option(help: "The greatest number of chains, batches or trajectories to enumerate.")
  var limit = Certificate.defaultLimit

  @Flag(help: "Enumerate batches in every order; for estimators that look at the order.")
  var ordered = false

  @Option(help: "How many threads share the work; does not change results.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if threads < 1 || threads > 1024 { throw ValidationError("--threads must be from 1 to 1024.") }
    if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if !(tolerance >= 0) { throw ValidationError("--tolerance must be at least 0.") }
  }

  func run() async throws {
    let named = try namedEstimators()
    if sampling.monteCarlo {
      guard file == nil, weights.isDefault else {
        throw Failure(
          code: 64, message: "--monte-carlo takes its problem from --preset and --set alone.")
      }
      let passed = try await sampling.run(named, seed: sizes.seed, threads: threads, json: json)
      if !passed { throw ExitCode(1) }
      return
    }
    let chosen = named ?? Estimator.presets
    var outcomes: [CertifyOutcome] = []
    for item in try cases() {
      var problem = item.problem
      problem.mergesOrders = !ordered
      let certificate = try await Certificate(
        problem, estimators: chosen, tolerance: tolerance, limit: limit, threads: threads)
      let outcome = CertifyOutcome(certificate, FileComparison(item, certificate))
      if !json { outcome.printTable() }
      outcomes.append(outcome)
    }
    let passed = outcomes.allSatisfy(\.passed)
    let seconds = outcomes.reduce(0) { $0 + $1.seconds }
    if json {
      Console.printJSON(
        try JSON.encode(
          Report(
            file: file, seed: file == nil ? sizes.seed : nil, tolerance: tolerance,
            threads: threads, passed: passed, seconds: seconds, cases: outcomes)))
    } else {
      let chains = outcomes.reduce(0) { $0 + $1.chains }
      print(
        "\(passed ? "PASSED" : "FAILED"): \(outcomes.count) problems, \(Int(chains)) chains in \(Console.number(seconds, 2)) s on \(threads) threads, tolerance \(tolerance)."
      )
    }
    if !passed { throw ExitCode(1) }
  }

  private func namedEstimators() throws -> [Estimator]? {
    guard let estimators else { return nil }
    return try estimators.split(separator: ",").map { name in
      guard let estimator = Estimator.preset(String(name)) else {
        let known = Estimator.presets.map(\.name).joined(separator: ", ")
        throw Failure(code: 64, message: "There is no estimator '\(name)'; there are \(known).")
      }
      return estimator
    }
  }

  /// The problems; a file's values are compared only if its problems are taken as they are.
  private func cases() throws -> [CertificateFile.Case] {
    guard let file else {
      let problem = try sizes.problem(weights)
      return [CertificateFile.Case(problem)]
    }
    return try CertificateFile(contentsOf: URL(fileURLWithPath: file)).cases.map { item in
      if weights.isDefault { return item }
      var problem = item.problem
      weights.apply(to: &problem.settings)
      return CertificateFile.Case(problem)
    }
  }
}

/// The sizes of a random problem.
struct CertifySizes: ParsableArguments {
  @Option(help: "The seed of a random problem, or of the samples.")
  var seed = 1
  @Option(help: "The number of states of a random problem.")
  var states = 2
  @Option(help: "The number of actions.")
  var actions = 2
  @Option(help: "The last step H of an episode; the steps are 0 to H.")
  var horizon = 1
  @Option(help: "The number of equally likely tasks.")
  var tasks = 1
  @Option(help: "The trajectories of an inner batch, |D|.")
  var batch = 2
  @Option(help: "The number of inner steps.")
  var innerSteps = 1
  @Option(help: "The inner step size.")
  var stepSize = 0.5
  @Option(help: "The discount.")
  var discount = 0.95

  func validate() throws {
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
    for (name, value) in [
      ("states", states), ("actions", actions), ("tasks", tasks), ("batch", batch),
    ] where value < 1 || value > 1000 {
      throw ValidationError("--\(name) must be from 1 to 1000.")
    }
    if !(0...1000).contains(horizon) { throw ValidationError("--horizon must be from 0 to 1000.") }
    if !(0...100).contains(innerSteps) {
      throw ValidationError("--inner-steps must be from 0 to 100.")
    }
    if !stepSize.isFinite { throw ValidationError("--step-size must be finite.") }
    if !(0...1).contains(discount) { throw ValidationError("--discount must be from 0 to 1.") }
  }

  func problem(_ weights: CertifyWeights) throws -> CertificateProblem {
    var settings = MetaSettings(
      innerSteps: innerSteps, innerStepSize: stepSize, innerEpisodes: batch, outerEpisodes: batch,
      discount: discount)
    weights.apply(to: &settings)
    return try CertificateProblem.random(
      seed: UInt64(seed),
      sizes: CertificateProblem.Sizes(
        states: states, actions: actions, horizon: horizon, tasks: tasks), settings: settings)
  }
}

/// Weights other than those of equation 5, as published code uses them.
struct CertifyWeights: ParsableArguments {
  @Option(help: "The signals of inner batches: returns or advantages (with --gae-decay).")
  var innerSignal = Surrogate.Signal.returns
  @Option(help: "What sums over inner samples are divided by: trajectories or samples.")
  var innerAverage = Surrogate.Average.trajectories
  @Option(help: "The decay of generalized advantage estimates.")
  var gaeDecay = 1.0
  @Flag(help: "Normalise the signals of inner batches, as the published code does.")
  var innerNormalized = false
  @Flag(help: "Normalise the signals of outer batches; the outer mean is then enumerated.")
  var outerNormalized = false
  @Option(help: "The score's coefficient: mean-return or mean-signal.")
  var scoreCoefficient = ScoreCoefficient.meanReturn

  func validate() throws {
    if !(0...1).contains(gaeDecay) { throw ValidationError("--gae-decay must be from 0 to 1.") }
  }

  var isDefault: Bool {
    innerSignal == .returns && innerAverage == .trajectories && !innerNormalized
      && !outerNormalized && scoreCoefficient == .meanReturn
  }

  func apply(to settings: inout MetaSettings) {
    settings.inner = Surrogate(
      signal: innerSignal, gaeDecay: gaeDecay, isNormalized: innerNormalized,
      average: innerAverage)
    settings.outer.isNormalized = outerNormalized
    settings.outerEpisodes = settings.innerEpisodes
    settings.scoreCoefficient = scoreCoefficient
  }
}

extension ScoreCoefficient: ExpressibleByArgument {}
extension Surrogate.Signal: ExpressibleByArgument {}
extension Surrogate.Average: ExpressibleByArgument {}

/// The whole of the output.
private struct Report: Encodable {
  let schemaVersion = 1
  let file: String?
  let seed: Int?
  let tolerance: Double
  let threads: Int
  let passed: Bool
  let seconds: Double
  let cases: [CertifyOutcome]
}

/// The output about one problem.
private struct CertifyOutcome: Encodable {
  struct Verdict: Encodable {
    let name: String
    let declaredUnbiased: Bool
    let unbiased: Bool
    let passed: Bool
    let error: Double
    let mean: [Double]
    let bias: [Double]
    let relativeBias: Double?
    let meanStepBias: [Double]
    let meanStepRelativeBias: Double?
    let fileError: Double?
  }

  let name: String
  let passed: Bool
  let objective: Double
  let gradient: [Double]
  let differencesGradient: [Double]
  let gradientDisagreement: Double
  let differencesError: Double
  let meanStepObjective: Double
  let meanStepGradient: [Double]
  let probabilityError: Double
  let innerStepError: Double
  let fileErrors: [String: Double]
  let largestFileError: Double
  let trajectories: Double
  let batches: Double
  let orderedBatches: Double
  let outerBatches: Double
  let chains: Double
  let orderedChains: Double
  let seconds: Double
  let verdicts: [Verdict]

  init(_ certificate: Certificate, _ comparison: FileComparison) {
    let errors = Dictionary(uniqueKeysWithValues: comparison.values.map { ($0.name, $0.error) })
    let size = certificate.size
    name = certificate.problem.name
    passed = certificate.passes && comparison.passes
    (objective, gradient) = (certificate.objective, certificate.gradient)
    differencesGradient = certificate.differences
    gradientDisagreement = certificate.gradientDisagreement
    differencesError = certificate.differencesError
    meanStepObjective = certificate.meanStepObjective
    meanStepGradient = certificate.meanStepGradient
    probabilityError = certificate.probabilityError
    innerStepError = certificate.innerStepError
    (fileErrors, largestFileError) = (errors, comparison.largestError)
    (trajectories, batches) = (size.trajectories, size.batches)
    (orderedBatches, chains) = (size.orderedBatches, size.chains)
    outerBatches = size.outerBatches
    (orderedChains, seconds) = (size.orderedChains, certificate.seconds)
    verdicts = certificate.verdicts.map {
      Verdict(
        name: $0.estimator.name, declaredUnbiased: $0.estimator.isDeclaredUnbiased,
        unbiased: $0.isUnbiased, passed: $0.passes, error: $0.error, mean: $0.mean,
        bias: $0.bias, relativeBias: $0.relativeBias, meanStepBias: $0.biasAgainstMeanStep,
        meanStepRelativeBias: $0.relativeBiasAgainstMeanStep, fileError: errors[$0.estimator.name])
    }
  }

  func printTable() {
    func cell(_ value: Double?) -> String { value.map(Console.scientific) ?? "-" }
    print(
      """
      \(name)
      objective V \(objective), other objective (mean inner step) \(meanStepObjective)
      gradient \(gradient.map { Console.number($0, 6) }.joined(separator: " ")), two ways agree to \
      \(Console.scientific(gradientDisagreement))
      \(Int(trajectories)) trajectories, \(Int(batches)) batches for \(Int(orderedBatches)) in order, \
      \(Int(chains)) chains for \(Int(orderedChains)), \(Console.number(seconds, 2)) s

      """)
    Console.printTable(
      ["estimator", "declared", "verdict", "error", "relative bias", "against other", "file"],
      verdicts.map {
        [
          $0.name, $0.declaredUnbiased ? "unbiased" : "-",
          $0.passed ? ($0.unbiased ? "unbiased" : "biased") : "FAILED", cell($0.error),
          cell($0.relativeBias), cell($0.meanStepRelativeBias), cell($0.fileError),
        ]
      })
    if !fileErrors.isEmpty {
      print("\nlargest difference to the file: \(Console.scientific(largestFileError))")
    }
    print("")
  }
}
