import Certification
import Testing

/// How fast the bias of each preset vanishes with the inner step size.
@Suite struct BiasOrderTests {
  @Test(arguments: [
    ("maml", 1), ("lvc", 1), ("sg-mrl-equation-9", 1), ("maml-equation-9", 2), ("lsf", 2),
    ("dice-maml", 2),
  ])
  func halvingTheStepSize(name: String, order: Int) async throws {
    let estimator = try #require(Estimator.preset(name))
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
      #expect((large / small / expected - 1).magnitude < 0.05, "\(name): \(large / small)")
    }
  }
}
