import ArgumentParser
import Foundation
import MetaTape

/// Proves which estimators are unbiased, by enumerating every batch of small problems.
struct Certify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Enumerate small problems: which estimators are unbiased, and how biased the others.",
    discussion: """
      Example: metatape certify --seed 1 --states 2 --actions 2 --horizon 2 --batch 2 --inner-steps 2
      or, a bandit of 3 arms, whose rewards are drawn: metatape certify --problem bernoulli-bandit --actions 3
      or, with a file of problems: metatape certify --mdp problems.json --json
      or, by sampling: metatape certify --monte-carlo --preset navigation-2d.quickstart
      or, your own program: metatape certify --external 'python3 estimator.py' --suite
      or, with networks: metatape certify --external 'python3 estimator.py' --monte-carlo
      or, to average estimates on your own: metatape certify --emit batches --suite
      or, beside another enumeration: metatape certify --means means.json

      The code that trains is fed every batch with its probability. With the bias b of an estimator g, \
      the exact gradient G, the tolerance and the rounding floor f = 8 eps E|g| the verdict is 'biased' \
      if |b| > max(tolerance |G|, f), 'not resolved' if |b| <= f and f > tolerance |G|, else \
      'unbiased'; it does not depend on the unit of the rewards. 'relative bias' is |b| / |G|, \
      'rounding' f / |G|. In JSON, verdict is unbiased, biased or not-resolved. Values of a file are \
      compared relative to their own size. The exit code is 1 if an estimator that is declared unbiased \
      is biased, if the two exact gradients disagree, or if a value of the file differs.
      """)

  @Option(
    name: .customLong("mdp"), help: "A JSON file of problems.",
    completion: .file(extensions: ["json"]))
  var file: String?

  @OptionGroup var sizes: CertifySizes
  @OptionGroup var weights: CertifyWeights
  @OptionGroup var sampling: MonteCarloOptions
  @OptionGroup var foreign: ExternalOptions
  @OptionGroup var emission: EmissionOptions
  @OptionGroup var published: MeansOptions

  @Option(
    help: "Names of estimators, with commas (default: all; by sampling, the preset's).",
    completion: .estimators)
  var estimators: String?

  @Option(
    help:
      "The greatest error that passes, as a part of the norm of the gradient (default: 1e-10; of a program 1e-9)."
  )
  var tolerance: Double?

  @Option(
    help:
      "The greatest number of chains, batches or trajectories to enumerate (default: 200000; of a program 400000)."
  )
  var limit: Int?

  @Flag(help: "Enumerate batches in every order; for estimators that look at the order.")
  var ordered = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    try requirePath(file, "mdp")
    try requireOneMode()
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if let tolerance, !(tolerance >= 0) { throw ValidationError("--tolerance must be at least 0.") }
  }

  /// Options of different examinations do not go together.
  private func requireOneMode() throws {
    let others = [
      ("--external", foreign.external != nil), ("--monte-carlo", sampling.monteCarlo),
    ]
    let problems = [
      ("--mdp", file != nil), ("--suite", foreign.suite), ("--emit", emission.emit != nil),
    ]
    for (name, isGiven) in others + problems where isGiven && published.means != nil {
      throw ValidationError("--means has its own problems: it does not go with \(name).")
    }
    for (name, isGiven) in others where isGiven && emission.emit != nil {
      throw ValidationError("--emit does not go with \(name).")
    }
    if foreign.suite || foreign.thorough, foreign.external == nil, emission.emit == nil {
      throw ValidationError("--suite and --thorough need --external or --emit.")
    }
    if foreign.suite, emission.emit != nil, file != nil {
      throw ValidationError("--suite and --mdp are problems both: give one of them.")
    }
  }

  func run() async throws {
    let named = try estimatorNames(estimators)
    let chosen =
      named.map { $0.compactMap(MetaTapeCommand.catalog.estimator) }
      ?? MetaTapeCommand.catalog.makeEstimators()
    if let path = published.means {
      guard weights.isDefault else {
        throw Failure(code: 64, message: "--means takes its problems from the file alone.")
      }
      try await published.run(
        path, chosen, limit: limit ?? Certificate.defaultLimit, threads: threading.threads,
        json: json)
      return
    }
    if let command = foreign.external, sampling.monteCarlo {
      guard file == nil, weights.isDefault, !foreign.suite else {
        throw Failure(
          code: 64, message: "--monte-carlo takes its problem from --preset and --set alone.")
      }
      let passed = try await foreign.test(
        command, sampling, named, seed: sizes.seed, json: json)
      if !passed { throw ExitCode(1) }
      return
    }
    if foreign.external != nil || emission.emit != nil {
      guard weights.isDefault else {
        throw Failure(
          code: 64,
          message:
            "--\(emission.emit == nil ? "external" : "emit") takes its problems from --suite, --mdp or the sizes of a random one, with the weights of equation 5."
        )
      }
      var plan = ExternalPlan()
      plan.threads = threading.threads
      if let limit { plan.limit = limit }
      if let tolerance { plan.tolerance = tolerance }
      plan.estimators = chosen
      let probes = try foreign.probes { try cases().map(\.problem) }
      if let folder = emission.emit {
        try await emission.run(
          folder, probes.map { ordering($0.problem) }, plan, json: json)
      } else if let command = foreign.external {
        let passed = try await foreign.run(command, probes, plan, json: json)
        if !passed { throw ExitCode(1) }
      }
      return
    }
    if sampling.monteCarlo {
      guard file == nil, weights.isDefault else {
        throw Failure(
          code: 64, message: "--monte-carlo takes its problem from --preset and --set alone.")
      }
      let passed = try await sampling.run(
        named, seed: sizes.seed, threads: threading.threads, json: json)
      if !passed { throw ExitCode(1) }
      return
    }
    let (tolerance, limit) = (tolerance ?? 1e-10, limit ?? Certificate.defaultLimit)
    var outcomes: [CertificateReport.Case] = []
    for item in try cases() {
      let certificate = try await Certificate(
        ordering(item.problem), estimators: chosen, tolerance: tolerance, limit: limit,
        threads: threading.threads)
      let outcome = CertificateReport.Case(certificate, FileComparison(item, certificate))
      if !json { print(outcome.text) }
      outcomes.append(outcome)
    }
    let report = CertificateReport(
      file: file, seed: sizes.seed, tolerance: tolerance, threads: threading.threads,
      cases: outcomes)
    if json { Console.printJSON(try report.json()) } else { print(report.conclusion) }
    if !report.passed { throw ExitCode(1) }
  }

  /// The problem with its batches in every order, or merged.
  private func ordering(_ problem: CertificateProblem) -> CertificateProblem {
    var problem = problem
    problem.mergesOrders = !ordered
    return problem
  }

  /// The problems; a file's values are compared only if its problems are taken as they are.
  private func cases() throws -> [CertificateFile.Case] {
    guard let file else {
      let problem = try sizes.makeProblem(weights)
      return [CertificateFile.Case(problem)]
    }
    return try CertificateFile(contentsOf: URL(fileURLWithPath: file)).cases.map { item in
      for name in item.estimatorMeans.keys.sorted()
      where MetaTapeCommand.catalog.estimator(named: name) == nil {
        throw Failure(
          code: 65,
          message:
            "\(item.problem.name): 'estimatorMeans.\(name)' is of no estimator; 'metatape presets' lists them."
        )
      }
      if weights.isDefault { return item }
      var problem = item.problem
      weights.apply(to: &problem.settings)
      return CertificateFile.Case(problem)
    }
  }
}
