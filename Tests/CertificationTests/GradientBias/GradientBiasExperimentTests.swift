import Certification
import Testing

@Suite struct GradientBiasExperimentTests {
  static func experiment(
    repeats: Int, referenceTrajectories: Int
  ) -> GradientBiasExperiment {
    GradientBiasExperiment(
      .init(
        estimators: [.sgMRL, .maml], seed: 4, processes: 3, repeats: repeats,
        referenceTrajectories: referenceTrajectories))
  }

  @Test func everyBitIsTheSameForAnyNumberOfThreads() async throws {
    let experiment = Self.experiment(repeats: 3, referenceTrajectories: 20)
    let setting = GradientBiasExperiment.Setting(trajectories: 4, stepSize: 10, innerSteps: 2)
    let one = try await experiment.measure(setting, threads: 1)
    let other = try await experiment.measure(setting, threads: 3)
    #expect(one.map(\.expected.gradient) == other.map(\.expected.gradient))
    #expect(
      one.map { $0.againstExpected.map(\.squaredBias) }
        == other.map { $0.againstExpected.map(\.squaredBias) })
    #expect(one[0].expected.gradient != one[1].expected.gradient)
    // what else is measured, and of how many processes, does not matter
    let again = try await experiment.measure(setting)
    #expect(again.map(\.meanStep.gradient) == one.map(\.meanStep.gradient))
  }

  /// The sampled gradient agrees with training's unbiased estimator, which shares no code with it: the corrected squared
  /// bias of SG-MRL is zero within the noise, about `√2 tr S / n` here, while MAML's is not at this step size.
  @Test func theReferenceIsTheMeanOfSGMRL() async throws {
    let experiment = Self.experiment(repeats: 4000, referenceTrajectories: 4000)
    let setting = GradientBiasExperiment.Setting(trajectories: 2, stepSize: 3, innerSteps: 1)
    for outcome in try await experiment.measure(setting, threads: 2) {
      let (unbiased, maml) = (outcome.againstExpected[0], outcome.againstExpected[1])
      #expect(unbiased.squaredBias.magnitude < 2 * unbiased.variance / 4000)
      #expect(maml.squaredBias > 5 * (maml.variance / 4000 + outcome.expected.squaredError))
    }
  }
}
