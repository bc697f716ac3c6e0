import Certification
import Testing

/// Tests by sampling, on a problem of one parameter; everything is fixed by the seed.
@Suite struct MonteCarloTests {
  static func certificate(
    _ estimator: Estimator, threads: Int = 2, chains: Int = 4000, innerSteps: Int = 1
  ) async throws -> MonteCarloCertificate {
    try await MonteCarloCertificate(
      MonteCarloPlan(chains: chains, directions: 1, seed: 6), policy: ShiftedNormal(),
      parameters: [0], tasks: TargetTasks(),
      settings: MetaSettings(
        innerSteps: innerSteps, innerStepSize: 0.1, innerEpisodes: 4, outerEpisodes: 4,
        estimator: estimator), threads: threads)
  }

  /// False-alarm rate 1e-3 of the plan, with 4000 chains.
  @Test(
    arguments: [
      "sg-mrl", "sg-mrl-own-batch", "sg-mrl-leave-one-out", "sg-mrl-running-baseline",
      "sg-mrl-control-variate",
    ], [1, 2])
  func unbiasedPasses(name: String, innerSteps: Int) async throws {
    let estimator = try #require(Estimator.preset(name))
    let certificate = try await Self.certificate(estimator, innerSteps: innerSteps)
    #expect(certificate.passes && certificate.showsNoBias, "\(certificate.projections.map(\.z))")
  }

  @Test func biasIsFound() async throws {
    let sabotaged = Estimator(
      name: "no score", summary: "", jacobian: InnerStepJacobian(), score: .none,
      isDeclaredUnbiased: true)
    let certificate = try await Self.certificate(sabotaged)
    #expect(!certificate.passes, "\(certificate.projections.map(\.z))")
    let first = certificate.projections[0]
    #expect(first.z.magnitude > 5)
    #expect(certificate.detectableBias(first) > 4 * (try #require(first.bias.standardError)))
    // what may be biased by declaration passes
    let maml = try await Self.certificate(.maml)
    #expect(maml.passes && !maml.showsNoBias)
  }

  @Test func threadsDoNotMatter() async throws {
    let one = try await Self.certificate(.sgMRL, threads: 1, chains: 30)
    let two = try await Self.certificate(.sgMRL, threads: 2, chains: 30)
    #expect(one.projections.map(\.bias) == two.projections.map(\.bias))
  }

  /// Two-sided quantiles from tables: normal, and Student's with 29 and 100 degrees of freedom.
  @Test(arguments: [
    (1_000_000_000, 1, 0.05, 1.9599640), (1_000_000_000, 1, 0.001, 3.2905267),
    (1_000_000_000, 4, 0.004, 3.2905267), (30, 1, 0.05, 2.0452296), (30, 1, 0.001, 3.6594050),
    (101, 1, 0.001, 3.3904913),
  ])
  func criticalValues(chains: Int, directions: Int, rate: Double, expected: Double) {
    let plan = MonteCarloPlan(chains: chains, directions: directions, falseAlarmRate: rate)
    #expect((plan.criticalValue - expected).magnitude < 3e-4, "\(plan.criticalValue)")
  }
}
