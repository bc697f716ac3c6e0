import Certification
import Testing

/// Baselines that learn from other chains keep SG-MRL unbiased, whatever they have learnt.
@Suite struct VarianceReductionTests {
  static let learned = [
    "sg-mrl-leave-one-out", "sg-mrl-running-baseline", "sg-mrl-control-variate",
  ]

  static func problem(innerSteps: Int, horizon: Int) throws -> CertificateProblem {
    try CertificateProblem.random(
      seed: 21, sizes: .init(horizon: horizon, tasks: 2),
      settings: MetaSettings(
        innerSteps: innerSteps, innerStepSize: 0.8, innerEpisodes: 2, outerEpisodes: 3,
        discount: 0.9))
  }

  @Test(arguments: learned, [1, 2, 3])
  func unbiasedAtTwoTrajectories(name: String, innerSteps: Int) async throws {
    let estimator = try #require(Estimator.preset(name))
    let problem = try Self.problem(innerSteps: innerSteps, horizon: innerSteps == 1 ? 1 : 0)
    let knowledge = try BaselineKnowledge(of: estimator, problem)
    #expect(knowledge != BaselineKnowledge())
    let certificate = try await Certificate(problem, estimators: [estimator, .maml], threads: 2)
    #expect(certificate.isConsistent && certificate.verdicts[0].passes)
    #expect(certificate.verdicts[0].error < 1e-13)
    #expect(!certificate.verdicts[1].isUnbiased)
  }

  /// What was learnt is arbitrary, so any numbers must do.
  @Test func unbiasedWithNonsenseLearnt() async throws {
    let problem = try Self.problem(innerSteps: 2, horizon: 0)
    let presets: [Estimator] = [.sgMRLRunningBaseline, .sgMRLLeaveOneOut, .sgMRLControlVariate]
    var learned = try BaselineKnowledge(of: .sgMRLControlVariate, problem)
    let coefficients = "control-variate.0.coefficients"
    learned.memory[coefficients] = try #require(learned.memory[coefficients]).indices.map {
      Double($0 % 5) - 1.7
    }
    let knowledge = [
      "sg-mrl-running-baseline": BaselineKnowledge(
        memory: Self.arrays(("running.weight", [3]), ("running.mean", [-12]))),
      "sg-mrl-leave-one-out": BaselineKnowledge(
        peers: [
          ChainStatistics(task: 0, coefficient: 40), ChainStatistics(task: 3, coefficient: -7),
        ]),
      "sg-mrl-control-variate": learned,
    ]
    let certificate = try await Certificate(
      problem, estimators: presets, knowledge: knowledge, threads: 2)
    #expect(certificate.passes)
    #expect(certificate.verdicts.allSatisfy { $0.error < 1e-12 })
  }

  static func arrays(_ entries: (String, [Double])...) -> NamedArrays {
    entries.reduce(into: NamedArrays()) { $0[$1.0] = $1.1 }
  }

  /// A prediction that is exact leaves no score term: the estimates of all chains are MAML's.
  @Test func regressionFindsALinearRelation() {
    let baseline = ControlVariateBaseline()
    var stream = RandomStream(seed: 5, purpose: .other)
    func chain() -> ChainStatistics {
      let returns = (0..<2).map { _ in stream.normals(4) }
      let gradients = (0..<2).map { _ in (0..<4).map { _ in stream.normals(2) } }
      let scores = (0..<3).map { _ in stream.normals(2) }
      // a function of the first batch and the outer score alone
      let mean = returns[0].reduce(0, +) / 4
      let slope = gradients[0].reduce(0) { $0 + $1[1] } / 4
      var evidence = NamedArrays()
      for (t, values) in gradients.enumerated() {
        evidence.set("control-variate.gradients.\(t)", shape: [4, 2], values.flatMap(\.self))
      }
      for (t, values) in scores.enumerated() { evidence["control-variate.scores.\(t)"] = values }
      return ChainStatistics(
        coefficient: 3 + 2 * mean - 0.7 * slope + 0.4 * scores[2][0], returns: returns,
        evidence: evidence)
    }
    let memory = baseline.memory(after: (0..<20_000).map { _ in chain() }, NamedArrays())
    for _ in 0..<20 {
      let chain = chain()
      // the second step sees the whole first batch
      let context = BaselineContext(chain, step: 1, batches: [], discount: 1, memory: memory)
      for value in baseline.values(context) {
        #expect((value - chain.coefficient).magnitude < 0.02)
      }
    }
  }

  @Test func baselinesFallBackOnTheirOwnBatch() {
    let chain = ChainStatistics(task: 1, coefficient: 9, returns: [[1, 2, 6]])
    let context = BaselineContext(chain, step: 0, batches: [], discount: 1)
    let baselines: [any ScoreBaseline] = [
      OwnBatchBaseline(), LeaveOneOutBaseline(), RunningBaseline(), ControlVariateBaseline(),
    ]
    for baseline in baselines { #expect(baseline.values(context) == [4, 3.5, 1.5]) }
  }

  @Test func leaveOneOutPrefersChainsOfItsTask() {
    let chain = ChainStatistics(task: 1, coefficient: 9, returns: [[1, 2]])
    func values(_ peers: [ChainStatistics]) -> [Double] {
      LeaveOneOutBaseline().values(
        BaselineContext(chain, step: 0, batches: [], discount: 1, peers: peers))
    }
    let others = [
      ChainStatistics(task: 0, coefficient: 2), ChainStatistics(task: 2, coefficient: 4),
    ]
    #expect(values(others) == [3, 3])
    #expect(values(others + [ChainStatistics(task: 1, coefficient: 8)]) == [8, 8])
  }

  @Test func runningMeanForgets() {
    let baseline = RunningBaseline(decay: 0.5)
    func chains(_ values: [Double]) -> [ChainStatistics] {
      values.map { ChainStatistics(coefficient: $0) }
    }
    let first = baseline.memory(after: chains([1, 3]), NamedArrays())
    func memory(_ weight: Double, _ mean: Double) -> NamedArrays {
      Self.arrays(("running.weight", [weight]), ("running.mean", [mean]))
    }
    #expect(first == memory(2, 2))
    #expect(baseline.memory(after: chains([5]), first) == memory(2, 3.5))
    #expect(baseline.memory(after: [], first) == memory(1, 2))
  }
}
