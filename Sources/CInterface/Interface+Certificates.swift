import Certification
import Experiments
import Findings

/// The verdict on the caller's estimator, as JSON.
@c @implementation public func metatape_certify_estimator(
  _ request: UnsafePointer<CChar>?, _ estimator: UnsafePointer<metatape_estimator>?,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer {
    guard let functions = estimator?.pointee else {
      throw CallError.argument("'estimator' is NULL; it should have three functions.")
    }
    let fields = try JSONFields(try text(request, "request"), "The request")
    try fields.requireOnly([
      "name", "dtype", "ordered", "unbiased", "problems", "tolerance", "limit", "chunk",
    ])
    let identity = ExternalIdentity(
      name: try fields.text("name"), isSinglePrecision: try fields.isSinglePrecision(),
      isOrdered: try fields.flag("ordered"), claimsUnbiased: try fields.flag("unbiased"))
    var plan = ExternalPlan()
    if fields.has("tolerance") { plan.tolerance = try fields.tolerance() }
    if fields.has("limit") { plan.limit = try fields.count("limit", in: 1...1_000_000_000) }
    let chunk =
      fields.has("chunk") ? try fields.count("chunk", in: 1...1_000_000) : 1000
    let items = try fields.probes()
    let foreign = try CallbackEstimator(identity, functions, chunk: chunk)
    nonisolated(unsafe) let shared = foreign
    // callbacks come from the calling thread
    let report = try callback {
      try finish(threads: 1) {
        var found: [ExternalAssessment] = []
        for item in items {
          found.append(try await ExternalAssessment(shared, on: item.problem, plan))
        }
        return ExternalReport(
          command: identity.name, identity, found, separates: items.map(\.separates))
      }
    }
    try give(String(decoding: try report.json(), as: UTF8.self), json)
  }
}

/// Tells what a callback failed to do from what else fails.
private func callback<Value>(_ body: () throws -> Value) throws -> Value {
  do { return try body() } catch let error as ExternalError {
    throw CallError(METATAPE_CALLBACK, error.description)
  }
}

/// The certificate of MetaTape's own estimators, as JSON.
@c @implementation public func metatape_certify(
  _ request: UnsafePointer<CChar>?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer {
    let fields = try JSONFields(try text(request, "request"), "The request")
    try fields.requireOnly([
      "problems", "estimators", "tolerance", "limit", "ordered", "threads",
    ])
    let tolerance = fields.has("tolerance") ? try fields.tolerance() : 1e-10
    let limit =
      fields.has("limit")
      ? try fields.count("limit", in: 1...1_000_000_000) : Certificate.defaultLimit
    let (threads, ordered) = (try fields.threads(), try fields.flag("ordered"))
    let estimators = try fields.estimatorNames().map { names in
      try Configuration(.standard).estimators(named: names)
    }
    let chosen = estimators ?? Catalog.standard.makeEstimators()
    let cases = try fields.cases()
    let report = try finish(threads: threads) {
      var outcomes: [CertificateReport.Case] = []
      for item in cases {
        var problem = item.problem
        problem.mergesOrders = !ordered
        let certificate = try await Certificate(
          problem, estimators: chosen, tolerance: tolerance, limit: limit, threads: threads)
        outcomes.append(
          CertificateReport.Case(certificate, FileComparison(item, certificate)))
      }
      return CertificateReport(
        file: nil, seed: nil, tolerance: tolerance, threads: threads, cases: outcomes)
    }
    try give(String(decoding: try report.json(), as: UTF8.self), json)
  }
}

/// A comparison of estimators, as JSON.
@c @implementation public func metatape_study(
  _ request: UnsafePointer<CChar>?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer {
    let fields = try JSONFields(try text(request, "request"), "The request")
    try fields.requireOnly([
      "preset", "set", "seed", "estimators", "parameters", "meta_batches", "learning",
      "reference_meta_batches", "reference", "accuracy", "limit", "ascent", "ascent_tasks",
      "threads",
    ])
    let configuration = try fields.configuration(default: "tabular.random")
    let names = try fields.estimatorNames() ?? Catalog.standard.estimators.map(\.name)
    let (sampling, threads) = (try fields.sampling(), try fields.threads())
    let parameters = fields.has("parameters") ? try fields.vector("parameters") : nil
    try requireCount(parameters, of: configuration)
    let report = try finish(threads: threads) {
      let outcome = try await StudyOutcome(
        configuration, estimators: names, sampling: sampling, parameters: parameters,
        threads: threads)
      return StudyReport(
        configuration, reference: sampling.reference, threads: threads, studies: [outcome])
    }
    try give(String(decoding: try report.json(), as: UTF8.self), json)
  }
}

/// Returns on fresh tasks, as JSON.
@c @implementation public func metatape_evaluate(
  _ request: UnsafePointer<CChar>?, _ parameters: UnsafePointer<Double>?,
  _ parameter_count: Int64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer {
    let fields = try JSONFields(try text(request, "request"), "The request")
    try fields.requireOnly(["preset", "set", "seed", "threads"])
    let (configuration, threads) = (
      try fields.configuration(default: "navigation-2d.quickstart"), try fields.threads()
    )
    let experiment = try Experiment(configuration)
    let size = experiment.policy.layout.count
    let vector = Array(
      try input(parameters, parameter_count, size, "parameters", "[\(size)]"))
    let report = try finish(threads: threads) {
      TestReport(try await experiment.metaTest(vector, threads: threads), experiment)
    }
    try give(String(decoding: try report.json(), as: UTF8.self), json)
  }
}

private func requireCount(_ parameters: [Double]?, of configuration: Configuration) throws {
  guard let parameters else { return }
  let size = try Experiment(configuration).policy.layout.count
  guard parameters.count == size else {
    throw CallError.argument(
      "'parameters' has \(parameters.count) numbers; the policy has \(size) parameters.")
  }
}

extension JSONFields {
  fileprivate func flag(_ key: String) throws -> Bool {
    guard has(key) else { return false }
    guard case .bool(let value) = try value(key) else {
      throw CallError.argument("'\(key)' should be true or false.")
    }
    return value
  }

  fileprivate func threads() throws -> Int {
    has("threads") ? try count("threads", in: 1...1024) : 1
  }

  fileprivate func tolerance() throws -> Double {
    let value = try number("tolerance")
    guard value >= 0 else { throw CallError.argument("'tolerance' must be at least 0.") }
    return value
  }

  fileprivate func isSinglePrecision() throws -> Bool {
    let word = has("dtype") ? try text("dtype") : "float64"
    guard ["float64", "float32"].contains(word) else {
      throw CallError.argument("'dtype' is '\(word)'; it is float64 or float32.")
    }
    return word == "float32"
  }

  fileprivate func estimatorNames() throws -> [String]? {
    guard has("estimators") else { return nil }
    guard case .array(let values) = try value("estimators"), !values.isEmpty else {
      throw CallError.argument("'estimators' should be a list of names.")
    }
    return try values.map { value in
      guard case .string(let name) = value else {
        throw CallError.argument("'estimators' should be a list of names.")
      }
      return name
    }
  }

  /// A preset with values, by key.
  fileprivate func configuration(default name: String) throws -> Configuration {
    let name = has("preset") ? try text("preset") : name
    guard var configuration = Catalog.standard.configuration(preset: name) else {
      throw CallError.argument(
        "There is no preset '\(name)'; there are \(Catalog.standard.presets.map(\.name).joined(separator: ", "))."
      )
    }
    try configuration.set(
      all: try assignments("set").sorted { $0.key < $1.key }.map {
        Assignment($0.key, $0.value, place: "'set'")
      })
    if has("seed") { configuration.seed = try count("seed", in: 0...(1 << 53)) }
    return configuration
  }

  fileprivate func sampling() throws -> StudySampling {
    var sampling = StudySampling()
    func set(
      _ key: String, _ range: ClosedRange<Int>, _ path: WritableKeyPath<StudySampling, Int>
    ) throws {
      if has(key) { sampling[keyPath: path] = try count(key, in: range) }
    }
    try set("meta_batches", 3...1_000_000, \.metaBatches)
    try set("learning", 0...1_000_000, \.learningMetaBatches)
    try set("reference_meta_batches", 3...1_000_000, \.referenceMetaBatches)
    try set("limit", 1...1_000_000_000, \.limit)
    try set("ascent_tasks", 2...1_000_000, \.ascentTasks)
    if has("reference") { sampling.reference = try text("reference") }
    if has("accuracy") { sampling.accuracy = try positive("accuracy") }
    if has("ascent") { sampling.ascentStep = try positive("ascent") }
    return sampling
  }

  private func positive(_ key: String) throws -> Double {
    let value = try number(key)
    guard value > 0 else { throw CallError.argument("'\(key)' must be positive.") }
    return value
  }

  /// The problems of a suite, a file or a random one.
  fileprivate func probes() throws -> [(problem: CertificateProblem, separates: String?)] {
    guard has("problems") else { return try Self.suite(isThorough: false) }
    if case .string(let word) = try value("problems") {
      guard ["suite", "thorough"].contains(word) else {
        throw CallError.argument(
          "'problems' is '\(word)'; it is suite, thorough, or an object with 'cases' or sizes.")
      }
      return try Self.suite(isThorough: word == "thorough")
    }
    return try cases().map { ($0.problem, nil) }
  }

  private static func suite(
    isThorough: Bool
  ) throws -> [(problem: CertificateProblem, separates: String?)] {
    try ProbeProblem.suite(isThorough: isThorough).map { ($0.problem, $0.separates) }
  }

  /// The problems of a file, or a random one.
  fileprivate func cases() throws -> [CertificateFile.Case] {
    guard has("problems") else { return [CertificateFile.Case(try Self.randomProblem(nil))] }
    let inner = try JSONFields(try value("problems"), "'problems'")
    if inner.has("cases") { return try CertificateFile(inner).cases }
    return [CertificateFile.Case(try Self.randomProblem(inner))]
  }

  private static func randomProblem(_ fields: JSONFields?) throws -> CertificateProblem {
    try fields?.requireOnly([
      "problem", "seed", "states", "actions", "steps", "tasks", "batch", "outer_batch",
      "inner_steps",
      "step_size", "discount",
    ])
    func size(_ key: String, _ standard: Int, _ range: ClosedRange<Int>) throws -> Int {
      guard let fields, fields.has(key) else { return standard }
      return try fields.count(key, in: range)
    }
    func number(_ key: String, _ standard: Double) throws -> Double {
      guard let fields, fields.has(key) else { return standard }
      return try fields.number(key)
    }
    let discount = try number("discount", 0.95)
    guard (0...1).contains(discount) else {
      throw CallError.argument("'discount' is \(discount); it should be from 0 to 1.")
    }
    let batch = try size("batch", 2, 1...1000)
    let sizes = CertificateProblem.Sizes(
      states: try size("states", 2, 1...1000), actions: try size("actions", 2, 1...1000),
      horizon: try size("steps", 2, 1...1001) - 1, tasks: try size("tasks", 1, 1...1000))
    guard sizes.states * sizes.states * sizes.actions * sizes.tasks <= 100_000_000 else {
      throw CallError.argument("A problem of that many states, actions and tasks is too large.")
    }
    var family = CertificateProblem.Family.random
    if let fields, fields.has("problem") {
      let word = try fields.text("problem")
      guard let known = CertificateProblem.Family(rawValue: word) else {
        throw CallError.argument(
          "'problem' is '\(word)'; it is one of \(CertificateProblem.Family.allCases.map(\.rawValue).joined(separator: ", "))."
        )
      }
      family = known
    }
    return try CertificateProblem.random(
      seed: UInt64(try size("seed", 1, 0...(1 << 53))), sizes: sizes, of: family,
      settings: MetaSettings(
        innerSteps: try size("inner_steps", 1, 0...100),
        innerStepSize: try number("step_size", 0.5), innerEpisodes: batch,
        outerEpisodes: try size("outer_batch", batch, 1...1000), discount: discount))
  }
}
