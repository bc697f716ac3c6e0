import Scheduling

/// A test of whether an estimator is unbiased on a problem that cannot be enumerated.
///
/// For a direction `u` and chain `k`, `Z_k = uᵀ ĝ_k - D_k` with the estimate `ĝ_k` and the central
/// difference `D_k` of the chain's return at `θ ± ε u`, `θ ± 2 ε u`, all random numbers held (common
/// random numbers). The chains are independent, and `E Z_k` is the bias along `u` up to `ε^4`; the
/// test is two-sided on the mean of `Z`, which is close to normal for many chains; the heavier the
/// tails, the more of them.
///
/// It needs a policy whose actions move smoothly with the parameters for given random numbers, as
/// Gaussian ones do; for finitely many actions the differences are unbiased but very noisy.
public struct MonteCarloCertificate: Sendable {
  /// The test along one direction.
  public struct Projection: Sendable {
    /// The mean of the estimates' projections.
    public let estimate: Estimate
    /// The mean of the differences of the objective.
    public let difference: Estimate
    /// The mean of what is between them, the bias along the direction.
    public let bias: Estimate

    /// The bias in standard errors.
    public var z: Double {
      standardError > 0
        ? bias.mean / standardError : (bias.mean == 0 ? 0 : .greatestFiniteMagnitude)
    }

    /// The standard error of the bias; a plan has chains enough for one.
    var standardError: Double { bias.standardError ?? .infinity }
  }

  /// The plan.
  public let plan: MonteCarloPlan
  /// The estimator.
  public let estimator: Estimator
  /// One for each direction.
  public let projections: [Projection]
  /// The wall-clock time.
  public let seconds: Double

  /// ``BiasVerdict/biased`` if a direction shows a bias, else ``BiasVerdict/noBiasFound``.
  public var verdict: BiasVerdict {
    projections.allSatisfy { $0.z.magnitude <= plan.criticalValue } ? .noBiasFound : .biased
  }
  /// Whether no direction shows a bias.
  public var showsNoBias: Bool { verdict != .biased }
  /// False if the estimator is declared unbiased and a direction shows a bias.
  public var passes: Bool { showsNoBias || !estimator.isDeclaredUnbiased }

  /// The bias along a direction that would be found nine times in ten.
  public func detectableBias(_ projection: Projection) -> Double {
    (plan.criticalValue + normalQuantile(0.9)) * projection.standardError
  }

  /// Runs the test.
  ///
  /// - Parameters:
  ///   - plan: sample size, directions and false-alarm rate.
  ///   - policy: the policy.
  ///   - parameters: `θ`
  ///   - tasks: the distribution of the tasks.
  ///   - settings: the inner steps and the estimator; everything is in double precision.
  ///   - threads: how many chains are worked on side by side; does not change results.
  /// - Throws: `SamplingError` if a batch could not be sampled.
  public init(
    _ plan: MonteCarloPlan, policy: any Policy, parameters: [Double],
    tasks: any TaskDistribution, settings: MetaSettings, threads: Int = 1
  ) async throws(SamplingError) {
    let start = ContinuousClock.now
    let settings = settings.in(.double)
    let makePilot: @Sendable (Int) -> RepeatableChains = { _ in
      RepeatableChains(policy, tasks, settings)
    }
    // chains of the pilot have places of their own
    let pilots = try await inOrder(
      max(1, plan.chains / 10), threads: threads, makeState: makePilot
    ) { chain, index throws(SamplingError) in
      try chain.estimate(parameters, seed: plan.seed, chain: (1 << 30) + index)
    }
    let directions = Self.directions(plan, pilots.map(\.gradient), count: parameters.count)
    // what baselines need of other chains comes from the pilot
    let statistics = pilots.map(\.statistics)
    let memory =
      settings.estimator.baseline?.memory(after: statistics, NamedArrays())
      ?? NamedArrays()
    let makeChain: @Sendable (Int) -> RepeatableChains = { _ in
      RepeatableChains(policy, tasks, settings, baselineMemory: memory)
    }
    let pairs = try await inOrder(plan.chains, threads: threads, makeState: makeChain) {
      chain, index throws(SamplingError) in
      let estimate = try chain.estimate(
        parameters, seed: plan.seed, chain: index, peers: statistics
      ).gradient
      var pairs: [(estimate: Double, difference: Double)] = []
      for direction in directions {
        let difference = try chain.difference(
          parameters, along: direction, step: plan.differenceStep, seed: plan.seed, chain: index)
        pairs.append((dot(direction, estimate), difference))
      }
      return pairs
    }
    projections = directions.indices.map { i in
      Projection(
        estimate: Estimate(pairs.map { $0[i].estimate }),
        difference: Estimate(pairs.map { $0[i].difference }),
        bias: Estimate(pairs.map { $0[i].estimate - $0[i].difference }))
    }
    (self.plan, estimator) = (plan, settings.estimator)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// Directions of length 1: that of the pilot's mean, then random ones.
  private static func directions(
    _ plan: MonteCarloPlan, _ pilots: [[Double]], count: Int
  ) -> [[Double]] {
    var stream = RandomStream(seed: plan.seed, purpose: .other)
    var first = [Double](repeating: 0, count: count)
    for pilot in pilots { add(1, pilot, to: &first) }
    var result = (0..<plan.directions).map { _ in stream.normals(count) }
    if norm(first) > 0 { result[0] = first }
    return result.map { direction in
      let length = norm(direction)
      return direction.map { $0 / length }
    }
  }
}
