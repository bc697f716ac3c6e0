import Certification
import Foundation
import Testing

@Suite struct BoundMeasurementTests {
  /// Nothing measured is above a corrected bound; the smoothness stays below a hundredth of it.
  @Test(arguments: [1, 2], [1, 2, 3]) func boundsHold(innerSteps: Int, seed: UInt64) async throws {
    let problem = try CertificateProblem.random(
      seed: seed, sizes: .init(horizon: 1, tasks: 2),
      settings: MetaSettings(
        innerSteps: innerSteps, innerStepSize: 0.5, innerEpisodes: innerSteps == 1 ? 2 : 1,
        discount: 0.95))
    let constants = try #require(problem.constants.value)
    let objective = try MetaObjective(problem, threads: 2)
    let measured = try await objective.measure(constants, points: 6, seed: seed)
    #expect(measured.count == BoundMeasurement.Quantity.allCases.count)
    for item in measured {
      #expect(item.largest > 0 && !item.isViolation, "\(item.quantity): \(item.largest)")
      #expect(item.ratio(.tightened) >= item.ratio(.corrected) * (1 - 1e-12))
    }
    let smoothness = try #require(measured.first { $0.quantity == .smoothness })
    #expect(smoothness.ratio(.corrected) < 0.01)
  }

  /// Every estimator without a gap keeps to `G_V` and the second moment, whatever is drawn.
  @Test(arguments: [1, 2]) func estimatesKeepToTheirBounds(innerSteps: Int) async throws {
    let problem = try CertificateProblem.random(
      seed: 4, sizes: .init(horizon: 1, tasks: 2),
      settings: MetaSettings(
        innerSteps: innerSteps, innerStepSize: 0.5, innerEpisodes: innerSteps == 1 ? 2 : 1,
        discount: 0.95))
    let constants = try #require(problem.constants.value)
    let objective = try MetaObjective(problem, threads: 2)
    let covered = Estimator.presets.filter { TheoryBounds.gaps(for: $0).isEmpty }
    #expect(covered.count == 5)
    for estimator in covered {
      for scale in [0.5, 2] {
        let moments = try await objective.moments(
          of: estimator, at: problem.parameters.map { scale * $0 })
        #expect(
          moments.largestNorm <= TheoryBounds(.corrected, constants).estimateNorm,
          "\(estimator.name)")
        #expect(
          moments.secondMoment <= TheoryBounds(.tightened, constants).secondMoment,
          "\(estimator.name)")
      }
    }
  }

  /// `|J| ≤ R` as printed is violated by rewards of 1, the corrected bound is reached.
  @Test func printedObjective() async throws {
    let process = try TabularMDP(initial: [1], transition: [[[1], [1]]], reward: [[1, 1]])
    let problem = try CertificateProblem(
      processes: [process], horizon: 1, parameters: [0, 0],
      settings: MetaSettings(innerEpisodes: 1, discount: 0.9))
    let constants = try #require(problem.constants.value)
    let measured = try await MetaObjective(problem).measure(constants, points: 2, seed: 1)
    let item = try #require(measured.first { $0.quantity == .objective })
    #expect(item.violates(.printed) && !item.isViolation)
    #expect((item.ratio(.corrected) - 1).magnitude < 1e-12)
  }

  /// Constants that a policy states too small are found out.
  @Test func falseConstantsAreViolated() async throws {
    let problem = try CertificateProblem.random(
      seed: 1, settings: MetaSettings(innerEpisodes: 1, discount: 0.9))
    let wrong = ProblemConstants(
      rewardBound: 1, policy: PolicyBounds(score: 0.2, hessian: 0.5, hessianLipschitz: 0.3),
      discount: 0.9, horizon: 1, innerEpisodes: 1, innerSteps: 1, innerStepSize: 0.1)
    let measured = try await MetaObjective(problem).measure(wrong, points: 3, seed: 1)
    let score = try #require(measured.first { $0.quantity == .score })
    #expect(score.isViolation && score.ratio(.corrected) > 1)
  }

  @Test func measurementsFollowTheSeedAlone() async throws {
    let problem = try CertificateProblem.random(
      seed: 1, settings: MetaSettings(innerEpisodes: 2, discount: 0.9))
    let constants = try #require(problem.constants.value)
    func run(_ threads: Int, _ seed: UInt64) async throws -> [Double] {
      try await MetaObjective(problem, threads: threads)
        .measure(constants, points: 2, seed: seed).map(\.largest)
    }
    let one = try await run(1, 4)
    #expect(try await run(2, 4) == one)
    #expect(try await run(1, 5) != one)
  }
}
