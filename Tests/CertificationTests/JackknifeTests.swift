import Certification
import ChainSupport
import Testing

/// The jackknife: each score meets the difference that its trajectory made.
@Suite struct JackknifeTests {
  static func problem(
    innerSteps: Int = 1, episodes: Int = 2, horizon: Int = 0, outer: Int = 2
  ) throws -> CertificateProblem {
    try CertificateProblem.random(
      seed: 21, sizes: .init(horizon: horizon),
      settings: MetaSettings(
        innerSteps: innerSteps, innerStepSize: 0.8, innerEpisodes: episodes,
        outerEpisodes: outer, discount: 0.9))
  }

  /// A jackknife as a user may write it.
  static func estimator(_ baseline: some ScoreBaseline) -> Estimator {
    Estimator(
      name: "test", summary: "", jacobian: InnerStepJacobian(), score: .sum, baseline: baseline,
      isDeclaredUnbiased: true)
  }

  /// Outer batches in closed form, as certificates have them.
  @Test(arguments: [(1, 2, 1), (2, 2, 0), (1, 3, 0)])
  func unbiased(innerSteps: Int, episodes: Int, horizon: Int) async throws {
    let problem = try Self.problem(
      innerSteps: innerSteps, episodes: episodes, horizon: horizon, outer: 20)
    let certificate = try await Certificate(
      problem, estimators: [.sgMRLJackknife, .maml], threads: 2)
    #expect(certificate.isConsistent && certificate.verdicts[0].passes)
    #expect(certificate.verdicts[0].error < 1e-12)
    #expect(!certificate.verdicts[1].isUnbiased)
  }

  /// Outer batches the long way, so that the values which are fitted to the other outer trajectories
  /// take part; also for inner steps whose weights are fitted and normalised over the batch.
  @Test(arguments: [false, true], [0, 1])
  func unbiasedOverOuterBatches(isNormalized: Bool, horizon: Int) async throws {
    var problem = try Self.problem(horizon: horizon)
    if isNormalized {
      problem.settings.inner = Surrogate(
        signal: .advantages, gaeDecay: 0.9, isNormalized: true, average: .samples)
    }
    let certificate = try await Certificate(problem, estimators: [.maml], threads: 2)
    let mean = try await problem.fullMean(of: .sgMRLJackknife, threads: 2)
    #expect(certificate.error(ofMean: mean) < 1e-12)
    #expect(!certificate.verdicts[0].isUnbiased)
  }

  /// Outer weights of centred returns keep every unbiased estimator unbiased; with values fitted to the
  /// whole batch, as generalized advantages have them, they would not.
  @Test(arguments: [Surrogate.Signal.centeredReturns, .advantages])
  func outerGradientsOfCenteredReturns(signal: Surrogate.Signal) async throws {
    var problem = try Self.problem(horizon: 1)
    problem.settings.discount = 1
    problem.settings.outer = Surrogate(signal: signal)
    let certificate = try await Certificate(
      problem, estimators: [.sgMRL, .sgMRLOwnBatch, .sgMRLJackknife], threads: 2)
    #expect(certificate.isConsistent)
    #expect(certificate.passes == (signal == .centeredReturns))
    #expect(
      certificate.verdicts.allSatisfy {
        signal == .centeredReturns ? $0.error < 1e-12 : $0.error > 1e-4
      })
    let mean = try await problem.fullMean(of: .sgMRLJackknife, threads: 2)
    #expect(relativeError(mean, certificate.verdicts[2].mean) < 1e-12)
  }

  /// With fewer left out than there are trajectories the order of a batch says which.
  @Test func unbiasedWithSomeLeftOut() async throws {
    var problem = try Self.problem(episodes: 3)
    let estimator = Self.estimator(JackknifeBaseline(limit: 2))
    let error = await #expect(throws: CertificateError.self) {
      _ = try await Certificate(problem, estimators: [estimator])
    }
    #expect(error?.description.contains("all orders") == true)
    problem.mergesOrders = false
    let certificate = try await Certificate(problem, estimators: [estimator], threads: 2)
    #expect(certificate.passes && certificate.verdicts[0].error < 1e-12)
  }

  /// The mean of what stands for a trajectory must not depend on it: another one's number does.
  @Test func anotherTrajectoryLeftOutIsBiased() async throws {
    let problem = try Self.problem()
    let certificate = try await Certificate(
      problem, estimators: [Self.estimator(NeighborLeftOut())], threads: 2)
    #expect(!certificate.passes && certificate.verdicts[0].error > 1e-4)
  }

  /// The chain's own second derivatives are not disturbed: what differs from MAML is the scores' part.
  @Test func scoresMeetTheDifference() throws {
    let problem = try Self.problem(episodes: 3, horizon: 2, outer: 4)
    let task = TabularTasks(problem.processes, horizon: problem.horizon + 1)
    func chain(_ estimator: Estimator) -> ChainWalk {
      var settings = problem.settings
      settings.estimator = estimator
      let chain = ChainWalk(problem.policy, settings: settings)
      chain.begin(at: problem.parameters)
      return chain
    }
    let (jackknife, maml) = (chain(.sgMRLJackknife), chain(.maml))
    let sampler = BatchSampler(problem.policy, task)
    let place = TrajectorySampler.Place(seed: 4)
    let inner = try sampler.sample([0], problem.parameters, count: 3, at: place)
    for chain in [jackknife, maml] { chain.takeInnerStep(inner) }
    let outer = try sampler.sample(
      [0], maml.adapted, count: 4, at: TrajectorySampler.Place(seed: 4, phase: 1))
    let estimate = jackknife.estimate(outer: outer)
    let without = try #require(
      JackknifeBaseline().evidence(of: jackknife.chain(outer: outer))["jackknife.left-out-returns"])
    #expect(without.count == 3)
    var expected = maml.estimate(outer: outer)
    let mean = outer.meanReturn(discount: problem.settings.discount)
    for episode in 0..<3 {
      let weights = (0..<inner.sampleCount).map { row in
        inner.rows(ofEpisode: episode).contains(row) ? mean - without[episode] : 0
      }
      add(1, maml.chain().steps[0].gradient(weights: weights), to: &expected)
    }
    #expect(relativeError(estimate, expected) < 1e-12)
    // each estimates the return without its trajectory: all differ from the whole and each other
    #expect(Set(without + [mean]).count == 4)
  }

  /// What it is for.
  @Test func varianceFallsFarBelowTheOwnBatchs() async throws {
    let problem = try CertificateProblem.random(
      seed: 3, sizes: .init(states: 5, actions: 3, horizon: 10),
      settings: MetaSettings(innerStepSize: 1, discount: 0.95))
    let study = try await EstimatorStudy(
      StudyPlan(metaBatches: 10, tasks: 10, learningMetaBatches: 0, referenceMetaBatches: 3),
      estimators: [.sgMRLOwnBatch, .sgMRLJackknife, .maml], policy: problem.policy,
      parameters: problem.parameters,
      tasks: TabularTasks(problem.processes, horizon: problem.horizon + 1),
      settings: problem.settings, reference: .sampled(.sgMRLJackknife), threads: 2)
    #expect(try #require(study["sg-mrl-jackknife"]).varianceRatio.high < 0.2)
  }
}

/// What another trajectory's place is worth without it, which knows the trajectory itself.
private struct NeighborLeftOut: ScoreBaseline {
  private let jackknife = JackknifeBaseline()

  func evidence(of chain: Chain) -> NamedArrays { jackknife.evidence(of: chain) }

  func values(_ context: BaselineContext) -> [Double] {
    guard let values = context.evidence["jackknife.left-out-returns"], let first = values.first
    else {
      return context.ownReturns.map { _ in 0 }
    }
    return values.dropFirst() + [first]
  }
}
