import Certification
import Testing

/// The test by sampling, with stand-ins.
@Suite struct ExternalMonteCarloTests {
  /// A process of one state that a stand-in sees through sampled batches.
  static let policy = SoftmaxPolicy(observationSize: 1, actionCount: 2)
  static func settings(_ steps: Int = 1) -> MetaSettings {
    MetaSettings(
      innerSteps: steps, innerStepSize: 1.5, innerEpisodes: 2, outerEpisodes: 50, discount: 1)
  }

  static func tasks() throws -> TabularTasks {
    TabularTasks(
      [try TabularMDP(initial: [1], transition: [[[1], [1]]], reward: [[0, 1]])], horizon: 1)
  }

  /// This package's estimator behind the protocol's questions.
  final class StandIn: ExternalChainEstimator {
    let identity = ExternalIdentity(name: "stand-in", claimsUnbiased: true)
    let estimator: Estimator
    let (factor, shift, bend): (Double, Double, Double)
    private var start = NamedArrays()
    private var steps = 1

    init(_ estimator: Estimator, factor: Double = 1, shift: Double = 0, bend: Double = 0) {
      (self.estimator, self.factor, self.shift, self.bend) = (estimator, factor, shift, bend)
    }

    private var walk: ChainWalk {
      var settings = ExternalMonteCarloTests.settings(steps)
      settings.innerStepSize *= factor
      settings.estimator = estimator
      return ChainWalk(ExternalMonteCarloTests.policy, settings: settings)
    }

    private func named(_ vector: [Double]) -> NamedArrays {
      var result = NamedArrays()
      result.set("weight", shape: [1, 2], vector)
      return result
    }

    func pose(_ parameters: NamedArrays, _ settings: [String: String]) {
      (start, steps) = (parameters, settings["steps"].flatMap { Int($0) } ?? 1)
    }

    func logProbabilities(of batch: TrajectoryBatch, at parameters: NamedArrays) -> [Double] {
      let p = ExternalMonteCarloTests.policy.probabilities([1], parameters["weight"] ?? [])
      return batch.actions.elements.map { naturalLogarithm(p[Int($0)]) + shift }
    }

    func step(with batch: TrajectoryBatch, from parameters: NamedArrays) -> NamedArrays {
      let walk = walk
      walk.begin(at: parameters["weight"] ?? [])
      walk.takeInnerStep(batch)
      return named(walk.adapted.map { $0 + bend * $0 * $0 })
    }

    func gradient(_ inner: [TrajectoryBatch], outer: TrajectoryBatch) -> NamedArrays {
      let walk = walk
      let chain = walk.walk(from: start["weight"] ?? [], inner: inner, outer: outer)
      return named(EstimatorRecursion(walk.settings).estimate(chain))
    }
  }

  func test(
    _ standIn: StandIn, seed: UInt64 = 1, steps: Int = 1, rate: Double = 1e-3,
    references: [Estimator] = ExternalMonteCarlo.references
  ) throws -> ExternalMonteCarlo {
    try ExternalMonteCarlo(
      standIn,
      MonteCarloPlan(chains: 400, directions: 2, falseAlarmRate: rate, seed: seed),
      policy: Self.policy, parameters: [0.2, -0.1], tasks: try Self.tasks(),
      settings: Self.settings(steps), description: ["steps": "\(steps)"], references: references)
  }

  @Test(arguments: [1, 2]) func anEqualEstimatorDiffersByRounding(steps: Int) throws {
    let found = try test(StandIn(.sgMRL), steps: steps)
    #expect(found.verdict == .noBiasFound && found.reference == "sg-mrl")
    #expect(found.projections.allSatisfy { $0.bias.mean.magnitude < 1e-12 })
    #expect(found.stepFactor == 1 && found.logProbabilityError < 1e-12)
  }

  @Test func theMissingScoreIsFound() throws {
    for seed in 1...5 {
      let found = try test(StandIn(.maml), seed: UInt64(seed))
      #expect(found.verdict == .biased)
      let missing = try #require(found.projections.first)
      #expect(missing.name == "missing score" && missing.bias.mean < 0 && missing.shows)
      #expect(missing.bias.mean.magnitude > 0.3 * found.detectableBias(missing))
    }
  }

  /// Other unbiased estimators give alarms at the rate that is asked for: 40 tests at a rate of a tenth.
  @Test func otherUnbiasedEstimatorsGiveFewAlarms() throws {
    let alarms = try (1...40).filter { seed in
      try test(
        StandIn(.sgMRL), seed: UInt64(seed), rate: 0.1, references: [.sgMRLLeaveOneOut]
      ).verdict == .biased
    }
    #expect(alarms.count <= 12, "\(alarms.count)")
  }

  @Test func aFactorOfTheStepIsTaken() throws {
    let found = try test(StandIn(.sgMRL, factor: 0.5))
    #expect((found.stepFactor - 0.5).magnitude < 1e-12 && found.verdict == .noBiasFound)
  }

  @Test func otherPoliciesAndStepsAreRefused() throws {
    let policy = #expect(throws: ExternalError.self) { try test(StandIn(.sgMRL, shift: 0.1)) }
    #expect(policy?.description.contains("log-probabilities are not the policy's") == true)
    let step = #expect(throws: ExternalError.self) { try test(StandIn(.sgMRL, bend: 0.1)) }
    #expect(step?.description.contains("no multiple of the settings' own one") == true)
  }
}
