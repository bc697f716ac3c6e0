import Files

/// A file of exact means that another enumeration found for estimators of public programs.
///
/// `{"about": …, "problems": {…}, "results": […]}`. A problem has `states`, `actions`, `horizon` (the index of
/// the last step), `discount`, `inner_batch`, `outer_batch`, `inner_steps`, `initial`, `transition`, `reward`
/// (`[s][a]`), `features` (`[s][a][d]`, with logits `features[s] θ`) and `theta`; `terminal` is optional.
///
/// A result has `problem`, `estimator`, `alpha`, `mean`, `scale`, `exact` and `exact_hat`; `difference_error` is
/// optional, and other keys are passed over.
public struct MeansFile: Sendable {
  /// What the file says about one estimator on one problem.
  public struct Entry: Sendable {
    /// The name of the problem.
    public let problem: String
    /// The public program and its estimator.
    public let estimator: String
    /// The step size `α` that the program was given.
    public let stepSize: Double
    /// What the program's mean was divided by.
    public let scale: Double
    /// The mean of its estimates, divided by ``scale``.
    public let mean: [Double]
    /// `∇V_ζ` with the program's own inner step.
    public let gradient: [Double]
    /// `∇V̂` with the program's own inner step.
    public let meanStepGradient: [Double]
    /// The error of both gradients, which were taken by differences.
    public let differenceError: Double
  }

  /// What the file says of itself.
  public let about: String?
  /// The problems by name; their inner step size is 1 and stands for ``Entry/stepSize``.
  public let problems: [String: CertificateProblem]
  /// The means, in the order of the file.
  public let entries: [Entry]

  /// Reads a file.
  ///
  /// - Throws: ``CertificateError`` with key and reason if it cannot be read, a key is missing, a size is
  ///   wrong, a number is not finite, or probabilities are none.
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
    let file = try JSONFields(data, name, startingWith: #"{"problems": {"#)
    try file.requireOnly(["about", "problems", "results"])
    about = file.has("about") ? try file.text("about") : nil
    var problems: [String: CertificateProblem] = [:]
    for (name, fields) in try file.namedObjects("problems") {
      problems[name] = try Self.problem(name, fields)
    }
    self.problems = problems
    var entries: [Entry] = []
    for fields in try file.objects("results") { entries.append(try Entry(fields, problems)) }
    guard !entries.isEmpty else { throw CertificateError("\(name): 'results' is empty.") }
    self.entries = entries
  }

  private static func problem(
    _ name: String, _ fields: JSONFields
  ) throws(CertificateError) -> CertificateProblem {
    try fields.requireOnly([
      "states", "actions", "horizon", "discount", "inner_batch", "outer_batch", "inner_steps",
      "initial", "transition", "reward", "terminal", "features", "theta",
    ])
    let states = try fields.count("states", in: 1...10_000)
    let actions = try fields.count("actions", in: 1...10_000)
    let discount = try fields.number("discount")
    guard (0...1).contains(discount) else {
      throw CertificateError("\(fields.place): 'discount' is \(discount); it should be in 0...1.")
    }
    let settings = MetaSettings(
      innerSteps: try fields.count("inner_steps", in: 0...100), innerStepSize: 1,
      innerEpisodes: try fields.count("inner_batch", in: 1...1000),
      outerEpisodes: try fields.count("outer_batch", in: 1...1000), discount: discount)
    let parameters = try fields.vector("theta")
    guard !parameters.isEmpty else { throw CertificateError("\(fields.place): 'theta' is empty.") }
    let features = try fields.tensor("features", [states, actions, parameters.count])
    let process = try CertificateFile.Case.process(fields, states, actions)
    let horizon = try fields.count("horizon", in: 0...1000)
    do {
      return try CertificateProblem(
        name: name, processes: [process], horizon: horizon,
        policy: SoftmaxPolicy(features: features), parameters: parameters, settings: settings)
    } catch { throw CertificateError("\(fields.place): \(error.description)") }
  }
}

extension MeansFile.Entry {
  init(
    _ fields: JSONFields, _ problems: [String: CertificateProblem]
  ) throws(CertificateError) {
    (problem, estimator) = (try fields.text("problem"), try fields.text("estimator"))
    guard let count = problems[problem]?.parameters.count else {
      throw CertificateError(
        "\(fields.place): 'problem' is '\(problem)', which is not among 'problems'.")
    }
    stepSize = try fields.number("alpha")
    let divisor = try fields.number("scale")
    guard divisor > 0 else {
      throw CertificateError("\(fields.place): 'scale' is \(divisor); it should be above 0.")
    }
    scale = divisor
    mean = try fields.vector("mean", count: count).map { $0 / divisor }
    gradient = try fields.vector("exact", count: count)
    meanStepGradient = try fields.vector("exact_hat", count: count)
    let error = fields.has("difference_error") ? try fields.number("difference_error") : 0
    guard error >= 0 else {
      throw CertificateError("\(fields.place): 'difference_error' is \(error), below 0.")
    }
    differenceError = error
  }
}
