/// The means of a file of public estimators beside those of this package's estimators.
public struct MeansComparison: Sendable {
  /// One mean of the file.
  public struct Row: Sendable {
    /// What the file says.
    public let entry: MeansFile.Entry
    /// What is found if the program's inner step is a multiple of equation 5's; nil if it is its own.
    public let match: Match?
    /// The distance of the mean to the file's `∇V_ζ`, over that gradient; nil if the gradient is zero.
    public let bias: Double?
    /// The same for the file's `∇V̂`.
    public let meanStepBias: Double?
    /// The greatest relative bias that passes.
    public let tolerance: Double
    /// What follows for `∇V_ζ`.
    public let verdict: BiasVerdict
  }

  /// An inner step whose exact gradients are the file's.
  public struct Match: Sendable {
    /// What multiplies equation 5's inner step with the file's step size.
    public let factor: Double
    /// The error of `∇V_ζ` against the file's, `max |x - y| / (1 + max |y|)`.
    public let gradientError: Double
    /// The same for `∇V̂`.
    public let meanStepGradientError: Double
    /// The estimators with the same mean, in the order of the comparison.
    public let equals: [Equality]
    /// The estimator whose mean is nearest, equal or not.
    public let nearest: Equality?
  }

  /// An estimator and how far its mean is off.
  public struct Equality: Codable, Equatable, Sendable {
    /// The estimator.
    public let estimator: String
    /// `max |x - y| / (1 + max |y|)`
    public let error: Double
  }

  /// The greatest error of means that are equal, and of exact gradients whatever the file says of theirs.
  public static let equality = 1e-10

  /// One for each mean of the file, in its order.
  public let rows: [Row]

  /// Compares.
  ///
  /// - Parameters:
  ///   - file: the means.
  ///   - estimators: the estimators that they may be of.
  ///   - limit: the greatest number of chains, batches or trajectories.
  ///   - threads: how many first batches are worked on side by side.
  /// - Throws: ``CertificateError`` if a problem is larger than the limit or a result is not finite.
  public init(
    _ file: MeansFile, estimators: [Estimator] = Estimator.presets,
    limit: Int = Certificate.defaultLimit, threads: Int = 1
  ) async throws(CertificateError) {
    var search = MatchSearch(file, estimators, limit: limit, threads: threads)
    var rows: [Row] = []
    for entry in file.entries { rows.append(Row(entry, try await search.match(entry))) }
    self.rows = rows
  }
}

extension MeansComparison.Row {
  init(_ entry: MeansFile.Entry, _ match: MeansComparison.Match?) {
    (self.entry, self.match) = (entry, match)
    func relative(_ gradient: [Double]) -> Double? {
      let size = norm(gradient)
      return size > 0 ? norm(zip(entry.mean, gradient).map { $0 - $1 }) / size : nil
    }
    bias = relative(entry.gradient)
    meanStepBias = relative(entry.meanStepGradient)
    let size = norm(entry.gradient)
    tolerance = max(1e-9, size > 0 ? 5 * entry.differenceError / size : 0)
    // a gradient of zero is no unit
    verdict = (bias ?? norm(entry.mean)) > tolerance ? .biased : .unbiased
  }
}

/// Looks for the inner step of a file's estimators; exact gradients and means are computed once.
private struct MatchSearch {
  private struct Step: Hashable {
    let problem: String
    let size: Double
  }

  private let file: MeansFile
  private let estimators: [Estimator]
  private let limit: Int
  private let threads: Int
  private var gradients: [Step: Certificate] = [:]
  private var means: [Step: Certificate] = [:]

  init(_ file: MeansFile, _ estimators: [Estimator], limit: Int, threads: Int) {
    (self.file, self.estimators) = (file, estimators)
    (self.limit, self.threads) = (limit, threads)
  }

  /// The multiples of equation 5's inner step that public programs take.
  private static func factors(_ problem: CertificateProblem) -> [Double] {
    let (steps, batch) = (Double(problem.horizon + 1), Double(problem.settings.innerEpisodes))
    var result: [Double] = []
    for factor in [1, 1 / steps, 1 / batch, 1 / (batch * steps), steps, batch]
    where !result.contains(factor) {
      result.append(factor)
    }
    return result
  }

  mutating func match(
    _ entry: MeansFile.Entry
  ) async throws(CertificateError) -> MeansComparison.Match? {
    guard let problem = file.problems[entry.problem] else { return nil }
    let tolerance = max(MeansComparison.equality, 10 * entry.differenceError)
    for factor in Self.factors(problem) {
      var stepped = problem
      stepped.settings.innerStepSize = entry.stepSize * factor
      // without estimators first: most factors do not fit
      let exact = try await certificate(stepped, [], &gradients)
      let error = relativeError(exact.gradient, entry.gradient)
      let other = relativeError(exact.meanStepGradient, entry.meanStepGradient)
      guard error <= tolerance, other <= tolerance else { continue }
      let found = try await certificate(stepped, estimators, &means).verdicts.map {
        MeansComparison.Equality(
          estimator: $0.estimator.name, error: relativeError($0.mean, entry.mean))
      }
      return MeansComparison.Match(
        factor: factor, gradientError: error, meanStepGradientError: other,
        equals: found.filter { $0.error <= MeansComparison.equality },
        nearest: found.min { $0.error < $1.error })
    }
    return nil
  }

  private func certificate(
    _ problem: CertificateProblem, _ estimators: [Estimator], _ known: inout [Step: Certificate]
  ) async throws(CertificateError) -> Certificate {
    let step = Step(problem: problem.name, size: problem.settings.innerStepSize)
    if let found = known[step] { return found }
    let result = try await Certificate(
      problem, estimators: estimators, limit: limit, threads: threads)
    known[step] = result
    return result
  }
}
