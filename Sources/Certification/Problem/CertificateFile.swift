import Files

/// A file of problems, with values that another program computed for them.
///
/// `{"cases": [...]}`, each case with `states`, `actions`, `steps` (of an episode, `H + 1`; files may
/// have the index `H` of the last step as `horizon` instead), `batch` (`|D|` of every inner step),
/// `innerSteps` (`ζ`), `stepSize` (`α`), `discount` (`γ`), `initial`
/// (`μ[s]`), `transition` (`P[s][a][s']`), `reward` (`r[s][a]`) and `parameters` (logits `[s][a]` of
/// a tabular softmax, or `θ` if there are `features` `[s][a][d]` with logits `features[s] θ`). Optional is
/// `terminal`, the states in which episodes end, and `rewardNoise`, `none` or `bernoulli`: the reward is then 1 with
/// probability `r[s][a]`, else 0. Several tasks stand in a list `tasks` of objects with `initial`,
/// `transition`, `reward`, perhaps `terminal` and `rewardNoise`, and, where they are not equally likely, `probability`.
///
/// Optional are `objective`, `gradient` and `estimatorMeans`, by name of the estimator; they are
/// compared with what the certificate finds. `gradientError` and `relativeBias` may be there.
public struct CertificateFile: Sendable {
  /// What the file says about one problem.
  public struct Case: Sendable {
    /// The problem.
    public var problem: CertificateProblem
    /// `V_ζ`, if given.
    public var objective: Double?
    /// `∇V_ζ`, if given.
    public var gradient: [Double]?
    /// The means of estimators, if given.
    public var estimatorMeans: [String: [Double]]

    /// A case without values to compare with.
    public init(_ problem: CertificateProblem) {
      (self.problem, objective, gradient, estimatorMeans) = (problem, nil, nil, [:])
    }
  }

  /// The cases.
  public let cases: [Case]

  /// Reads a file.
  ///
  /// - Throws: ``CertificateError`` with key and reason if it cannot be read, a key is missing or
  ///   unknown, a size is wrong, a number is not finite, or probabilities are none.
  public init(contentsOf url: URL) throws(CertificateError) {
    let data: Data
    do { data = try InputFile.data(url.path) } catch { throw CertificateError(error.description) }
    try self.init(data, name: url.lastPathComponent)
  }

  /// Reads the text of a file.
  ///
  /// - Parameters:
  ///   - data: the text.
  ///   - name: the file, for messages.
  /// - Throws: ``CertificateError``, as ``init(contentsOf:)``.
  public init(_ data: Data, name: String) throws(CertificateError) {
    try self.init(try JSONFields(data, name, startingWith: #"{"cases": ["#))
  }

  /// Reads the object of a file.
  package init(_ file: JSONFields) throws(CertificateError) {
    try file.requireOnly(["cases", "seed"])
    var cases: [Case] = []
    for fields in try file.objects("cases") { cases.append(try Case(fields)) }
    guard !cases.isEmpty else { throw CertificateError("\(file.place): 'cases' is empty.") }
    self.cases = cases
  }
}

extension CertificateFile.Case {
  private static let keys = [
    "states", "actions", "steps", "horizon", "batch", "innerSteps", "stepSize", "discount",
    "initial",
    "transition", "reward", "rewardNoise", "terminal", "features", "tasks", "parameters",
    "objective", "gradient",
    "gradientError",
    "estimatorMeans", "relativeBias",
  ]

  init(_ fields: JSONFields) throws(CertificateError) {
    try fields.requireOnly(Self.keys)
    let states = try fields.count("states", in: 1...10_000)
    let actions = try fields.count("actions", in: 1...10_000)
    let discount = try fields.number("discount")
    guard (0...1).contains(discount) else {
      throw CertificateError(
        "\(fields.place): 'discount' is \(discount); it should be in 0...1.")
    }
    let settings = MetaSettings(
      innerSteps: try fields.count("innerSteps", in: 0...100),
      innerStepSize: try fields.number("stepSize"),
      innerEpisodes: try fields.count("batch", in: 1...1000), discount: discount)
    var processes: [TabularMDP] = []
    var probabilities: [Double]?
    if fields.has("tasks") {
      let tasks = try fields.objects("tasks")
      for task in tasks {
        try task.requireOnly([
          "initial", "transition", "reward", "rewardNoise", "terminal", "probability",
        ])
        processes.append(try Self.process(task, states, actions))
        if task.has("probability") {
          probabilities = (probabilities ?? []) + [try task.number("probability")]
        }
      }
      guard probabilities == nil || probabilities?.count == tasks.count else {
        throw CertificateError("\(fields.place): some tasks lack the key 'probability'.")
      }
    } else {
      processes = [try Self.process(fields, states, actions)]
    }
    let policy = try Self.policy(fields, states, actions)
    let parameters =
      try policy == nil
      ? fields.matrix("parameters", rows: states, columns: actions).flatMap(\.self)
      : fields.vector("parameters")
    do {
      problem = try CertificateProblem(
        name: fields.place, processes: processes, probabilities: probabilities,
        horizon: try Self.lastStep(fields), policy: policy, parameters: parameters,
        settings: settings)
    } catch {
      throw CertificateError(
        error.description.hasPrefix(fields.place)
          ? error.description : "\(fields.place): \(error.description)")
    }
    let count = problem.parameters.count
    objective = fields.has("objective") ? try fields.number("objective") : nil
    gradient = fields.has("gradient") ? try fields.vector("gradient", count: count) : nil
    estimatorMeans =
      fields.has("estimatorMeans") ? try fields.vectors("estimatorMeans", count: count) : [:]
  }

  /// The index of the last step.
  private static func lastStep(_ fields: JSONFields) throws(CertificateError) -> Int {
    guard fields.has("steps") != fields.has("horizon") else {
      throw CertificateError(
        "\(fields.place): 'steps', the number of steps, is \(fields.has("steps") ? "there beside" : "missing, and so is") 'horizon', the index of the last one: give one of them."
      )
    }
    return fields.has("horizon")
      ? try fields.count("horizon", in: 0...1000) : try fields.count("steps", in: 1...1001) - 1
  }

  /// A softmax of the features, if there are any.
  private static func policy(
    _ fields: JSONFields, _ states: Int, _ actions: Int
  ) throws(CertificateError) -> SoftmaxPolicy? {
    guard fields.has("features") else { return nil }
    let count = try fields.vector("parameters").count
    guard count > 0 else { throw CertificateError("\(fields.place): 'parameters' is empty.") }
    return SoftmaxPolicy(features: try fields.tensor("features", [states, actions, count]))
  }

  /// The process that an object's keys `initial`, `transition`, `reward` and perhaps `terminal` and `rewardNoise`
  /// describe.
  static func process(
    _ fields: JSONFields, _ states: Int, _ actions: Int
  ) throws(CertificateError) -> TabularMDP {
    let initial = try fields.vector("initial", count: states)
    let transition = try fields.tensor("transition", [states, actions, states])
    let reward = try fields.matrix("reward", rows: states, columns: actions)
    let terminal = fields.has("terminal") ? try fields.vector("terminal") : []
    let word = fields.has("rewardNoise") ? try fields.text("rewardNoise") : "none"
    guard let noise = ["none": RewardNoise.none, "bernoulli": .bernoulli][word] else {
      throw CertificateError(
        "\(fields.place): 'rewardNoise' is '\(word)'; it should be none or bernoulli.")
    }
    do {
      return try TabularMDP(
        initial: initial, transition: transition, reward: reward,
        terminal: terminal.map { Int(exactly: $0) ?? -1 }, rewardNoise: noise)
    } catch {
      throw CertificateError("\(fields.place): \(error.description)")
    }
  }
}
