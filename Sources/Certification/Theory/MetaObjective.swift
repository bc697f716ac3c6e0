/// The exact objective of a problem as a function of its parameters, by enumeration.
///
/// What a ``Certificate`` finds at one point, without its cross-checks and for many points: batches
/// are listed once.
public struct MetaObjective: Sendable {
  /// The objective at one point.
  public struct Value: Sendable {
    /// `V_ζ`
    public let objective: Double
    /// `∇V_ζ`
    public let gradient: [Double]
    /// The exact mean of each estimator that was asked for.
    public let means: [[Double]]
    /// The mean norm `E‖ĝ‖` of each over the inner batches, the outer batch averaged.
    public let meanNorms: [Double]
  }

  /// The problem; its own parameters do not matter.
  public let problem: CertificateProblem
  let tasks: [TaskEnumeration]
  let threads: Int

  /// Lists the batches of a problem.
  ///
  /// - Parameters:
  ///   - problem: the problem.
  ///   - limit: the greatest number of chains, batches or trajectories.
  ///   - threads: how many first batches are worked on side by side; does not change results.
  /// - Throws: ``CertificateError`` if the problem is larger than the limit.
  public init(
    _ problem: CertificateProblem, limit: Int = Certificate.defaultLimit, threads: Int = 1
  ) throws(CertificateError) {
    try EnumerationSize(problem).require(limit, problem, estimators: 1, threads: threads)
    (self.problem, self.threads) = (problem, threads)
    tasks = problem.enumerations
  }

  /// The objective, its gradient and estimators' means at given parameters.
  ///
  /// - Throws: ``CertificateError`` if they are not finite or not as many as the policy's.
  public func value(
    at parameters: [Double], means estimators: [Estimator] = []
  ) async throws(CertificateError) -> Value {
    let moved = try problem.moved(to: parameters)
    let knowledge = estimators.map { BaselineKnowledge(of: $0, moved, tasks) }
    let sums = await moved.chainSums(tasks, estimators, knowledge, threads: threads)
    guard (sums.gradient + sums.means.flatMap(\.self)).allSatisfy(\.isFinite) else {
      throw CertificateError(
        "\(problem.name): the gradient is not finite at \(parameters); use smaller steps.")
    }
    return Value(
      objective: sums.objective + moved.meanOffset(tasks), gradient: sums.gradient,
      means: sums.means, meanNorms: sums.meanNorms)
  }
}

extension CertificateProblem {
  /// The same problem at other parameters.
  ///
  /// - Throws: ``CertificateError`` if they are not finite or not as many as the policy's.
  public func moved(to parameters: [Double]) throws(CertificateError) -> CertificateProblem {
    var result = try CertificateProblem(
      name: name, processes: processes, probabilities: probabilities, horizon: horizon,
      policy: policy, parameters: parameters, observations: observations, settings: settings)
    result.mergesOrders = mergesOrders
    return result
  }

  /// The constants of assumptions 1 to 3 with the sizes of the adaptation.
  public var constants: Coverage<ProblemConstants> {
    ProblemConstants.of(
      policy, over: observations, rewards: .covered(rewardBounds), horizon: horizon,
      settings: settings)
  }
}
