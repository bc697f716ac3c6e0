import AddAnEstimator
import MetaTape
import Testing

// snippet: certificate
/// Before training with an estimator of your own, prove that its mean is `∇V`.
@Test func theCertificateTellsARightBaselineFromAWrongOne() async throws {
  let certificate = try await certify([.median, .medianWithSlip, .symmetrized, .sgMRL])
  #expect(certificate.isConsistent)
  #expect(certificate["sg-mrl-median"]?.isUnbiased == true)
  #expect(certificate["sg-mrl-median-with-slip"]?.isUnbiased == false)
  #expect(certificate["sg-mrl-symmetrized"]?.isUnbiased == false)
  // one of them is declared unbiased but is biased
  #expect(!certificate.passes)
}
// end snippet

@Test func severalInnerStepsToo() async throws {
  let certificate = try await certify([.median, .medianWithSlip], innerSteps: 2)
  #expect(certificate.isConsistent)
  #expect(certificate["sg-mrl-median"]?.isUnbiased == true)
  #expect(certificate["sg-mrl-median-with-slip"]?.isUnbiased == false)
}

@Test(arguments: [Estimator.median, .symmetrized].map(\.name))
func theyTrain(name: String) async throws {
  let estimator = try #require([Estimator.median, .symmetrized].first { $0.name == name })
  let trainer = Trainer(
    policy: GaussianNetworkPolicy(observationSize: 2, actionSize: 2, hiddenSizes: [8]),
    tasks: Navigation2D(horizon: 10),
    settings: MetaSettings(
      innerStepSize: 0.01, innerEpisodes: 5, outerEpisodes: 5, estimator: estimator),
    taskCount: 3, outerStep: Adam(stepSize: 0.01), seed: 1, threads: 2)
  let record = try await trainer.runEpoch()
  #expect(record.gradientNorm.isFinite && record.gradientNorm > 0)
}
