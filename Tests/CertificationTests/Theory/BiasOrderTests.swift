import Certification
import Testing

/// How fast the bias of each estimator vanishes with the inner step size.
@Suite struct BiasOrderTests {
  @Test(arguments: [
    ("maml", 1), ("lvc", 1), ("sg-mrl-equation-9", 1), ("maml-equation-9", 2), ("lsf", 2),
    ("dice-maml", 2), ("tmaml", 2), ("lvc-past", 1),
  ])
  func halvingTheStepSize(name: String, order: Int) async throws {
    try await expect(try #require(Estimator.preset(name)), order: order)
  }

  /// Between the two ends of Loaded DiCE the bias is of order `α`; near DiCE its factor is small.
  @Test(arguments: [(0, 1), (0.3, 1), (1, 2)])
  func halvingWithLoadedDiCE(decay: Double, order: Int) async throws {
    try await expect(LoadedDiCEOptions(traceDecay: decay).makeEstimator(), order: order)
  }

  /// The whole term, split into past and future, and what a prediction that knows the action makes of it.
  @Test(arguments: [(true, 2), (false, 1)])
  func halvingWithPastAndFuture(isCrossFitted: Bool, order: Int) async throws {
    var options = LVCPastOptions()
    (options.trace, options.traceDecay, options.futureDecay) = (.sampled, 1, 1)
    options.isCrossFitted = isCrossFitted
    try await expect(options.makeEstimator(), order: order)
  }

  /// With both parts, the misfit of the predicted trace is a small part of what low-variance curvature
  /// leaves out.
  @Test func predictedTraceKeepsMostOfTheTerm() async throws {
    var options = LVCPastOptions()
    (options.traceDecay, options.futureDecay) = (1, 1)
    let problem = try CertificateProblem.random(
      seed: 1, sizes: .init(horizon: 2),
      settings: MetaSettings(
        innerStepSize: 0.025, innerEpisodes: 2, outerEpisodes: 1, discount: 0.95))
    let certificate = try await Certificate(
      problem, estimators: [options.makeEstimator(), .lvc], threads: 2)
    let biases = certificate.verdicts.map { norm($0.bias) }
    #expect(biases[0] < 0.25 * biases[1], "\(biases)")
  }

  private func expect(
    _ estimator: Estimator, order: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var problem = try CertificateProblem.random(
      seed: 2, sizes: .init(horizon: 1),
      settings: MetaSettings(innerEpisodes: 2, outerEpisodes: 1, discount: 0.95))
    var biases: [Double] = []
    for stepSize in [0.04, 0.02, 0.01] {
      problem.settings.innerStepSize = stepSize
      let certificate = try await Certificate(problem, estimators: [estimator])
      biases.append(norm(certificate.verdicts[0].bias))
    }
    let expected: Double = order == 1 ? 2 : 4
    for (large, small) in zip(biases, biases.dropFirst()) {
      #expect(
        (large / small / expected - 1).magnitude < 0.05, "\(large / small)",
        sourceLocation: sourceLocation)
    }
  }
}
