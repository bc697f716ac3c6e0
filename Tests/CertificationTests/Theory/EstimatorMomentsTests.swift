import Certification
import ChainSupport
import Foundation
import Testing

@Suite struct EstimatorMomentsTests {
  /// Against all pairs of inner and outer batches, for one and two outer trajectories.
  @Test(arguments: ["sg-mrl", "sg-mrl-own-batch", "maml", "sg-mrl-equation-9"])
  func momentsAreThoseOfAllBatches(name: String) async throws {
    let estimator = try #require(Estimator.preset(name))
    var problem = try CertificateProblem.random(
      seed: 3, sizes: .init(horizon: 0, tasks: 2),
      settings: MetaSettings(innerStepSize: 0.6, innerEpisodes: 2, discount: 1))
    let moments = try await MetaObjective(problem, threads: 2)
      .moments(of: estimator, at: problem.parameters)
    let parameters = problem.parameters
    for outerEpisodes in [1, 2] {
      problem.settings.outerEpisodes = outerEpisodes
      let mean = try await problem.fullMean(of: estimator)
      #expect(relativeError(moments.mean, mean) < 1e-13)
      let (policy, settings) = (problem.policy, problem.settings)
      let square = try await problem.mean {
        var settings = settings
        settings.estimator = estimator
        let chain = ChainWalk(policy, settings: settings)
        return { inner, outer in
          chain.begin(at: parameters)
          for batch in inner { chain.takeInnerStep(batch) }
          let v = chain.estimate(outer: outer)
          return [dot(v, v)] + v.dropFirst().map { _ in 0 }
        }
      }
      let variance = square[0] - dot(mean, mean)
      let found = moments.variance(tasks: 1, outerEpisodes: outerEpisodes)
      #expect((found - variance).magnitude < 1e-13, "\(found) \(variance)")
      #expect(
        (moments.variance(tasks: 5, outerEpisodes: outerEpisodes) - variance / 5).magnitude < 1e-13)
    }
  }

  /// Lemma 7 divides by `B · D_o`. With `r = 1`, one step, `γ = 0`, one inner trajectory, one task
  /// and a hundred outer trajectories the variance is 0.2515, above `G_V²/100 = 0.16`.
  @Test func lemma7CountsTrajectoriesThatAreNotIndependent() async throws {
    let process = try TabularMDP(initial: [1], transition: [[[1], [1]]], reward: [[1, 1]])
    let policy = SoftmaxPolicy(observationSize: 1, actionCount: 2, featureCount: 1) { action, _ in
      [Double(action)]
    }
    let problem = try CertificateProblem(
      processes: [process], horizon: 0, policy: policy, parameters: [0],
      settings: MetaSettings(innerStepSize: 0.8, innerEpisodes: 1, discount: 0))
    let constants = try #require(problem.constants.value)
    let printed = TheoryBounds(.printed, constants)
    #expect((printed.largestInnerStepSize - 0.8).magnitude < 1e-15)
    #expect((printed.estimateNorm - 4).magnitude < 1e-15)
    let moments = try await MetaObjective(problem).moments(of: .sgMRL, at: [0])
    let variance = moments.variance(tasks: 1, outerEpisodes: 100)
    #expect((variance - 0.2515).magnitude < 5e-5, "\(variance)")
    #expect(variance > printed.secondMoment / 100)
    for version in [TheoryBounds.Version.corrected, .tightened] {
      #expect(variance <= TheoryBounds(version, constants).secondMoment)
    }
    // the score of the inner batch alone: no outer batch reduces it
    #expect((moments.between - 0.25).magnitude < 1e-15)
  }

  @Test func otherOuterWeightsAreRefused() async throws {
    var problem = try CertificateProblem.random(
      seed: 1, sizes: .init(horizon: 0), settings: MetaSettings(innerEpisodes: 1))
    problem.settings.outer.isNormalized = true
    problem.settings.outerEpisodes = 1
    let objective = try MetaObjective(problem)
    await #expect(throws: CertificateError.self) {
      _ = try await objective.moments(of: .sgMRL, at: problem.parameters)
    }
  }
}
