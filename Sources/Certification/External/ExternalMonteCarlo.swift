import TensorFiles

/// A test of whether an external estimator is unbiased on a problem that cannot be enumerated.
///
/// Chains are sampled with the external inner step: each batch at the parameters that the program adapts
/// to. On each chain `Z_k = uᵀ (g_k - ĝ_k)` for fixed directions `u`, with the program's estimate `g_k` and an
/// unbiased estimate `ĝ_k` of this package; `E Z` is the bias along `u`. No differences are needed. That
/// holds only if this package's estimate has the Jacobian of the external step: the step must be a
/// multiple of the settings' own one, on all chains, and the program's log-probabilities must be the
/// policy's.
///
/// Directions and the unbiased estimator are chosen on pilot chains: the direction in which a missing score
/// would show, that of the gradient, and random ones; the estimator whose difference varies least.
public struct ExternalMonteCarlo: Sendable {
  /// The test along one direction.
  public struct Projection: Sendable {
    /// What the direction is.
    public let name: String
    /// The mean of the differences, the bias along the direction.
    public let bias: Estimate
    /// The mean of this package's unbiased estimates along it.
    public let reference: Estimate
    /// Whether the bias is significant, and above rounding.
    public let shows: Bool

    /// The bias in standard errors; zero where both are rounding.
    public var z: Double {
      let error = bias.standardError ?? .infinity
      return error > 0 ? bias.mean / error : 0
    }
  }

  /// The plan, fixed before anything was drawn.
  public let plan: MonteCarloPlan
  /// The name of the unbiased estimator that it was compared with.
  public let reference: String
  /// What multiplies the settings' inner step.
  public let stepFactor: Double
  /// The greatest difference of log-probabilities.
  public let logProbabilityError: Double
  /// One for each direction.
  public let projections: [Projection]
  /// The wall-clock time.
  public let seconds: Double

  /// ``BiasVerdict/biased`` if a direction shows a bias.
  public var verdict: BiasVerdict { projections.contains(where: \.shows) ? .biased : .noBiasFound }

  /// The bias along a direction that would be found nine times in ten.
  public func detectableBias(_ projection: Projection) -> Double {
    (plan.criticalValue + normalQuantile(0.9)) * (projection.bias.standardError ?? .infinity)
  }

  /// Runs the test.
  ///
  /// - Parameters:
  ///   - estimator: the program.
  ///   - plan: sample size, directions and false-alarm rate; its step of differences is not used.
  ///   - policy: the policy.
  ///   - parameters: `θ`
  ///   - tasks: the distribution of the tasks.
  ///   - settings: the inner steps; everything is in double precision.
  ///   - description: the settings in words, for the program.
  ///   - references: the unbiased estimators to choose from.
  ///   - progress: told the number of chains that are done, of how many.
  /// - Throws: ``ExternalError`` if the program does not answer as it should, if its log-probabilities are not
  ///   the policy's, or if its inner step is no multiple of the settings' one.
  public init(
    _ estimator: any ExternalChainEstimator, _ plan: MonteCarloPlan, policy: any Policy,
    parameters: [Double], tasks: any TaskDistribution, settings: MetaSettings,
    description: [String: String], references: [Estimator] = Self.references,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    let start = ContinuousClock.now
    var sampler = try ChainSampler(
      estimator, policy, parameters, tasks, settings.in(.double), description, references)
    let pilotCount = max(30, plan.chains / 4)
    let total = pilotCount + plan.chains
    var pilots: [ChainSampler.Sample] = []
    for index in 0..<pilotCount {
      pilots.append(try sampler.sample(seed: plan.seed, index: (1 << 30) + index))
      progress(index + 1, total)
    }
    let best = references.indices.min {
      Self.spread(pilots, reference: $0) < Self.spread(pilots, reference: $1)
    }
    let chosen = best ?? 0
    let directions = Self.directions(plan, pilots, chosen, count: parameters.count)
    var rows: [[(difference: Double, own: Double)]] = []
    var size = 0.0
    for index in 0..<plan.chains {
      let sample = try sampler.sample(seed: plan.seed, index: index, only: chosen)
      let difference = zip(sample.external, sample.own[chosen]).map { $0 - $1 }
      rows.append(
        directions.map { (dot($0.vector, difference), dot($0.vector, sample.own[chosen])) })
      size += norm(sample.own[chosen]) / Double(plan.chains)
      progress(pilotCount + index + 1, total)
    }
    let rounding = (estimator.identity.isSinglePrecision ? 1e-4 : 1e-9) * size
    projections = directions.indices.map { i in
      let bias = Estimate(rows.map { $0[i].difference })
      let error = bias.standardError ?? .infinity
      return Projection(
        name: directions[i].name, bias: bias, reference: Estimate(rows.map { $0[i].own }),
        shows: bias.mean.magnitude > plan.criticalValue * error && bias.mean.magnitude > rounding)
    }
    (self.plan, reference) = (plan, references[chosen].name)
    (stepFactor, logProbabilityError) = (sampler.factor ?? 1, sampler.logProbabilityError)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// The unbiased estimators that need nothing of other chains.
  public static let references: [Estimator] = [.sgMRL, .sgMRLLeaveOneOut, .sgMRLJackknife]

  /// How much the differences to a reference vary.
  private static func spread(_ samples: [ChainSampler.Sample], reference: Int) -> Double {
    samples.reduce(0) { sum, sample in
      let difference = zip(sample.external, sample.own[reference]).map { $0 - $1 }
      return sum + dot(difference, difference)
    }
  }

  /// Directions of length 1.
  private static func directions(
    _ plan: MonteCarloPlan, _ pilots: [ChainSampler.Sample], _ chosen: Int, count: Int
  ) -> [(name: String, vector: [Double])] {
    var stream = RandomStream(seed: plan.seed, purpose: .other)
    var result = (0..<plan.directions).map {
      (name: "random \($0 + 1)", vector: stream.normals(count))
    }
    var (missing, gradient) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    for pilot in pilots {
      add(1, pilot.own[chosen], to: &missing)
      add(-1, pilot.withoutScore, to: &missing)
      add(1, pilot.withoutScore, to: &gradient)
    }
    for (index, (name, vector)) in [("missing score", missing), ("gradient", gradient)].enumerated()
    where index < result.count && norm(vector) > 0 { result[index] = (name, vector) }
    return result.map { item in
      let length = norm(item.vector)
      return (item.name, item.vector.map { $0 / length })
    }
  }
}

/// Samples chains along an external estimator's inner steps, with all estimates.
private struct ChainSampler {
  struct Sample {
    let external: [Double]
    /// One for each reference.
    let own: [[Double]]
    /// MAML's.
    let withoutScore: [Double]
  }

  private let estimator: any ExternalChainEstimator
  private let policy: any Policy
  private let parameters: [Double]
  private let tasks: any TaskDistribution
  private var settings: MetaSettings
  private let references: [Estimator]
  private let sampler: BatchSampler
  private let original: Double
  /// Takes the settings' own steps.
  private let stepWalk: ChainWalk
  private var walk: ChainWalk?
  /// What multiplies the settings' inner step; known after the first chain.
  private(set) var factor: Double?
  private(set) var logProbabilityError = 0.0

  init(
    _ estimator: any ExternalChainEstimator, _ policy: any Policy, _ parameters: [Double],
    _ tasks: any TaskDistribution, _ settings: MetaSettings, _ description: [String: String],
    _ references: [Estimator]
  ) throws {
    (self.estimator, self.policy, self.parameters) = (estimator, policy, parameters)
    (self.tasks, self.settings, self.references) = (tasks, settings, references)
    original = settings.innerStepSize
    stepWalk = ChainWalk(policy, settings: settings)
    sampler = BatchSampler(policy, tasks)
    try estimator.pose(NamedArrays(parameters, policy.layout), description)
  }

  private var tolerance: Double { estimator.identity.isSinglePrecision ? 1e-3 : 1e-7 }

  /// One chain.
  ///
  /// - Parameters:
  ///   - seed: of all random numbers.
  ///   - index: of the chain.
  ///   - only: the reference that is needed; nil for all.
  /// - Returns: The estimates.
  /// - Throws: ``ExternalError`` or `SamplingError`.
  mutating func sample(seed: UInt64, index: Int, only: Int? = nil) throws -> Sample {
    var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(epoch: index))
    let task = tasks.sampleTask(using: &stream)
    func draw(_ current: [Double], step: Int) throws(SamplingError) -> TrajectoryBatch {
      try sampler.sample(
        task, current, count: settings.episodes(afterSteps: step),
        at: TrajectorySampler.Place(seed: seed, epoch: index, phase: step))
    }
    var (current, inner) = (parameters, [TrajectoryBatch]())
    for step in 0..<settings.innerSteps {
      let batch = try draw(current, step: step)
      let named = NamedArrays(current, policy.layout)
      if factor == nil && step == 0 { try shakeHands(batch, named) }
      let next = try estimator.step(with: batch, from: named)
        .vector(policy.layout, "The answer to 'step'")
      try checkStep(batch, from: current, to: next)
      inner.append(batch)
      current = next
    }
    let outer = try draw(current, step: settings.innerSteps)
    if factor == nil {
      try shakeHands(outer, NamedArrays(current, policy.layout))
      factor = 1
    }
    let external = try estimator.gradient(inner, outer: outer)
      .vector(policy.layout, "The answer to 'gradient'")
    settings.innerStepSize = original * (factor ?? 1)
    settings.estimator = .sgMRL
    let walk = walk ?? ChainWalk(policy, settings: settings)
    self.walk = walk
    let chain = walk.walk(from: parameters, inner: inner, outer: outer)
    func estimate(_ estimator: Estimator) -> [Double] {
      var own = settings
      own.estimator = estimator
      return EstimatorRecursion(own).estimate(chain)
    }
    return Sample(
      external: external,
      own: references.indices.map {
        only == nil || only == $0 ? estimate(references[$0]) : []
      }, withoutScore: only == nil ? estimate(.maml) : [])
  }

  /// Compares the program's log-probabilities with the policy's.
  private mutating func shakeHands(_ batch: TrajectoryBatch, _ parameters: NamedArrays) throws {
    let found = try estimator.logProbabilities(of: batch, at: parameters)
    let likelihood = LogLikelihood(policy)
    let values = try parameters.vector(policy.layout, "The policy")
    let expected = batch.observations.withView { observations in
      batch.actions.withView { actions in
        likelihood.logProbabilities(
          observations, actions,
          blocks: EpisodeBlock.partition(batch.offsets, target: 400), at: values)
      }
    }
    logProbabilityError = relativeError(found, expected)
    guard logProbabilityError <= tolerance else {
      let worst = found.indices.max {
        (found[$0] - expected[$0]).magnitude < (found[$1] - expected[$1]).magnitude
      }
      let place = worst ?? 0
      throw ExternalError(
        "The program's log-probabilities are not the policy's: for sample \(place) it has \(found[place].short), the policy \(expected[place].short). Check the activation, the order of a weight's sizes ([inputs, outputs]), and that a deviation is the exponential of its logarithm."
      )
    }
  }

  /// Finds the factor of the step on the first chain, and requires it of all others.
  private mutating func checkStep(
    _ batch: TrajectoryBatch, from current: [Double], to next: [Double]
  ) throws {
    stepWalk.begin(at: current)
    stepWalk.takeInnerStep(batch)
    let step = zip(stepWalk.adapted, current).map { $0 - $1 }
    let moved = zip(next, current).map { $0 - $1 }
    let square = dot(step, step)
    let best = square > 0 ? dot(moved, step) / square : 1
    let known = factor ?? best
    let rest = largestDifference(moved, step.map { known * $0 })
    // the parameters themselves are rounded
    let rounding = 4 * (estimator.identity.isSinglePrecision ? 1.2e-7 : Double.ulpOfOne)
    guard
      rest <= tolerance * max(largestMagnitude(step), largestMagnitude(moved)) + rounding
        * largestMagnitude(current)
    else {
      throw ExternalError(
        "The program's inner step is no multiple of the settings' own one (\((rest / max(largestMagnitude(step), 1e-300)).short) of it off), so that no unbiased estimate with its Jacobian is known. Use equation 5's step in the program, or settings that say what it does."
      )
    }
    if factor == nil { factor = (best - 1).magnitude < tolerance ? 1 : best }
  }
}
