// More than 300 lines: the cases of one rule stand side by side.

import Certification
import Foundation
import Testing

/// The same process with other rewards.
enum ScaledProblem {
  static func file(_ name: String) throws -> CertificateFile.Case {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    return try CertificateFile(contentsOf: url).cases[0]
  }

  /// The process at scale 1 with rewards `s r + offset` and the inner step size times a factor.
  static func problem(
    rewards scale: Double = 1, offset: Double = 0, stepSize factor: Double = 1, innerSteps: Int = 1
  ) throws -> CertificateProblem {
    let problem = try file("certify-scale-1").problem
    let process = problem.processes[0]
    var settings = problem.settings
    settings.innerStepSize *= factor
    settings.innerSteps = innerSteps
    return try CertificateProblem(
      processes: [
        TabularMDP(
          initial: process.initial, transition: process.transition,
          reward: process.reward.map { $0.map { scale * $0 + offset } })
      ], horizon: problem.horizon, parameters: problem.parameters, settings: settings)
  }
}

/// What a certificate says does not depend on the unit of the rewards.
@Suite struct VerdictTests {
  /// At a fixed inner step size the relative bias of MAML is proportional to the rewards.
  @Test func smallRewardsDoNotMakeUnbiased() async throws {
    let certificate = try await Certificate(
      ScaledProblem.file("certify-scale-1e-5").problem, threads: 2)
    #expect(certificate.passes)
    for verdict in certificate.verdicts where verdict.estimator.isDeclaredUnbiased {
      #expect(verdict.verdict == .unbiased, "\(verdict.estimator.name)")
      #expect(try #require(verdict.relativeBias) < 1e-14)
    }
    let biased = [
      ("maml", 1.52e-6), ("e-maml", 7.61e-7), ("first-order-maml", 1.55e-7), ("lvc", 1.9e-8),
      ("sg-mrl-equation-9", 1.52e-6), ("first-order-sg-mrl", 1.56e-6),
    ]
    for (name, expected) in biased {
      let verdict = try #require(certificate[name])
      let bias = try #require(verdict.relativeBias)
      #expect(
        verdict.verdict == .biased && (bias / expected - 1).magnitude < 0.01, "\(name) \(bias)")
    }
  }

  /// Faulty estimators are found at any unit; at 1e-9 with the fixed tolerance of the old kind none was.
  @Test(arguments: [1e-9, 1e9]) func faultyEstimatorsFail(scale: Double) async throws {
    let estimators = SabotageTests.faulty.filter { $0.name != "baseline squares a later score" }
    let certificate = try await Certificate(
      ScaledProblem.problem(rewards: scale, stepSize: 1 / scale), estimators: estimators,
      threads: 2)
    #expect(certificate.isConsistent)
    for verdict in certificate.verdicts {
      #expect(verdict.verdict == .biased && !verdict.passes, "\(verdict.estimator.name)")
    }
  }

  /// Rewards times 300 and 500 move logits by hundreds: trajectories whose probability underflows
  /// where a step ends are likely where it would have ended without one of the inner ones.
  @Test(arguments: ["certify-jackknife-scale-300", "certify-jackknife-scale-500"], [true, false])
  func probabilitiesMayUnderflow(name: String, mergesOrders: Bool) async throws {
    var problem = try ScaledProblem.file(name).problem
    problem.mergesOrders = mergesOrders
    let certificate = try await Certificate(
      problem, estimators: [.sgMRLJackknife, .sgMRL, .maml], threads: 2)
    #expect(certificate.passes)
    #expect(certificate.gradientDisagreement < 1e-9)
    for verdict in certificate.verdicts {
      let isUnbiased = verdict.estimator.isDeclaredUnbiased
      #expect(verdict.verdict == (isUnbiased ? .unbiased : .biased), "\(verdict.estimator.name)")
      #expect(try #require(verdict.relativeBias) < 1e-13 || !isUnbiased)
    }
  }

  /// Log-probabilities of -1e3 to -1e6.
  @Test(arguments: [1e3, 1e5, 1e7]) func stepsMayBeVeryLong(scale: Double) async throws {
    let certificate = try await Certificate(
      ScaledProblem.problem(rewards: scale), estimators: [.sgMRLJackknife, .sgMRL, .maml],
      threads: 2)
    #expect(certificate.passes)
    for verdict in certificate.verdicts {
      if verdict.estimator.isDeclaredUnbiased {
        // the Jacobian of a step of 1e6 multiplies what rounding there is
        #expect(verdict.verdict == (scale < 1e6 ? .unbiased : .notResolved))
        #expect(try #require(verdict.relativeBias) < 1e-13)
      } else {
        #expect(verdict.verdict == .biased)
      }
    }
  }

  /// Where the mean takes the long way, ratios of probabilities that underflow are noticed.
  @Test func underflowIsSaid() async throws {
    var problem = try ScaledProblem.problem(rewards: 1000)
    problem.settings.outerEpisodes = 1
    let error = await #expect(throws: CertificateError.self) {
      _ = try await problem.fullMean(of: .sgMRLJackknife)
    }
    #expect(error?.description.contains("underflow") == true)
    // what does not grow as they fall does not need them
    let certificate = try await Certificate(problem, estimators: [.sgMRLOwnBatch])
    let mean = try await problem.fullMean(of: .sgMRLOwnBatch, threads: 2)
    #expect(certificate.verdict(ofMean: mean) == .unbiased)
  }

  /// A trajectory's returns with inner ones left out, times its probability: with logarithms and
  /// without they are the same where both can be had.
  @Test func weightedReturnsAreThoseOfTraining() throws {
    let problem = try ScaledProblem.problem(rewards: 3)
    var settings = problem.settings
    settings.estimator = .sgMRLJackknife
    let chain = ChainWalk(problem.policy, settings: settings)
    func batch(_ steps: [(state: Int, action: Int)], episodes: Int) -> TrajectoryBatch {
      let rows = steps.flatMap { problem.observations.row($0.state) }
      return TrajectoryBatch(
        observations: Matrix(rows: steps.count, columns: 2, elements: rows),
        actions: Matrix(
          rows: steps.count, columns: 1, elements: steps.map { Double($0.action) }),
        rewards: steps.map { problem.processes[0].reward[$0.state][$0.action] },
        offsets: (0...episodes).map { $0 * 2 })
    }
    chain.begin(at: problem.parameters)
    chain.takeInnerStep(batch([(0, 1), (1, 0), (1, 1), (0, 0)], episodes: 2))
    let outer = batch([(1, 0), (0, 1)], episodes: 1)
    let adapted = chain.adapted
    let name = "jackknife.left-out-returns"
    let baseline = JackknifeBaseline()
    let plain = try #require(baseline.evidence(of: chain.chain(outer: outer))[name])
    // logits [state][action]: action 0 of state 1, then action 1 of state 0
    let probability =
      0.25 / (1 + exp(adapted[3] - adapted[2])) / (1 + exp(adapted[0] - adapted[1]))
    // a probability that is said to be tiny has the true one multiplied in
    let weighted = try #require(
      baseline.meanEvidence(
        of: chain.chain(),
        over: OuterTrajectories(count: 1) { _ in
          .init(batch: outer, probability: 0, logDynamics: log(0.25))
        })[name])
    #expect(plain.count == 2 && plain[0] != plain[1])
    for (a, b) in zip(weighted, plain) {
      #expect((a - probability * b).magnitude < 1e-14 * b.magnitude, "\(a) \(probability * b)")
    }
  }

  /// An offset of the rewards is no part of the gradient. It may hide a bias, and that is said.
  @Test(arguments: [0, 1, 1e3, 1e6, 1e12]) func offsets(offset: Double) async throws {
    let certificate = try await Certificate(
      ScaledProblem.problem(offset: offset, stepSize: 1 / (1 + offset)),
      estimators: [.sgMRL, .sgMRLOwnBatch, .sgMRLJackknife, .maml, .lvc], threads: 2)
    #expect(certificate.passes)
    #expect(certificate.gradientDisagreement < 1e-12, "\(certificate.gradientDisagreement)")
    certificate.expectHonestVerdicts(atOffset: offset)
    // without inner steps it changes nothing at all
    let none = try await Certificate(
      ScaledProblem.problem(offset: offset, innerSteps: 0), estimators: [.sgMRL])
    let same = try await Certificate(ScaledProblem.problem(innerSteps: 0), estimators: [.sgMRL])
    let rounding = 1e-15 * (1 + offset)
    #expect(norm(zip(none.gradient, same.gradient).map { $0 - $1 }) < 10 * rounding)
    #expect(none.passes && none.verdicts[0].isUnbiased)
    #expect((none.objective - same.objective - 1.95 * offset).magnitude <= 4 * rounding)
  }

  /// Inner steps that an offset makes a million long.
  @Test func anOffsetWithLongSteps() async throws {
    let certificate = try await Certificate(
      ScaledProblem.problem(offset: 1e6), estimators: [.sgMRL, .sgMRLJackknife, .maml], threads: 2)
    #expect(certificate.passes && certificate.gradientDisagreement < 1e-6)
    #expect(certificate.verdicts.map(\.verdict) == [.notResolved, .notResolved, .biased])
  }

  /// A gradient of zero is no scale: the bias stands beside the mean norm of the estimates.
  @Test func noGradient() async throws {
    let problem = try ScaledProblem.problem(rewards: 0, offset: 3)
    let certificate = try await Certificate(problem, threads: 2)
    #expect(certificate.passes && certificate.gradient.allSatisfy { $0 == 0 })
    for verdict in certificate.verdicts {
      #expect(verdict.relativeBias == nil && verdict.biasOverMeanNorm < 1e-15)
      // first-order estimates without a score are zero as the gradient is
      #expect(
        verdict.verdict == (verdict.estimator.score == .none ? .unbiased : .notResolved),
        "\(verdict.estimator.name)")
    }
    // a score of which the mean is not zero
    let sabotaged = Estimator(
      name: "whole batch", summary: "", jacobian: InnerStepJacobian(), score: .sum,
      baseline: OwnScore(), isDeclaredUnbiased: true)
    let biased = try await Certificate(problem, estimators: [sabotaged])
    #expect(biased.verdicts[0].verdict == .biased && !biased.passes)
    #expect(biased.verdicts[0].biasOverMeanNorm > 1e-3)
    let nothing = try await Certificate(ScaledProblem.problem(rewards: 0))
    #expect(nothing.passes && nothing.verdicts.allSatisfy { $0.isUnbiased })
  }

  /// A policy that hardly ever takes one action has a gradient of 1e-13, lost in the rounding of
  /// scores that are differences of 1.
  @Test func hardlyAnyGradient() async throws {
    let process = try TabularMDP(
      initial: [1], transition: [[[1], [1]]], reward: [[-0.13, -0.126]])
    let problem = try CertificateProblem(
      processes: [process], horizon: 1, parameters: [-15.2, 9.7],
      settings: MetaSettings(innerStepSize: 0.5, innerEpisodes: 2, discount: 0.95))
    let certificate = try await Certificate(problem)
    #expect(certificate.passes)
    for verdict in certificate.verdicts where verdict.estimator.isDeclaredUnbiased {
      #expect(verdict.verdict == .notResolved, "\(verdict.estimator.name)")
    }
  }

  /// Values of a file are compared with their own size.
  @Test func wrongValuesOfTheFileDiffer() async throws {
    let item = try ScaledProblem.file("certify-small-wrong-gradient")
    let small = try await Certificate(item.problem, estimators: [.maml])
    #expect(!FileComparison(item, small).passes)
    for scale in [1e-12, 1, 1e12] {
      let problem = try ScaledProblem.problem(rewards: scale, stepSize: 1 / scale)
      let certificate = try await Certificate(problem, estimators: [.maml])
      func comparison(times factor: Double) -> FileComparison {
        var expected = CertificateFile.Case(problem)
        expected.objective = certificate.objective
        expected.gradient = certificate.gradient.map { factor * $0 }
        expected.estimatorMeans = ["maml": certificate.verdicts[0].mean.map { factor * $0 }]
        return FileComparison(expected, certificate)
      }
      #expect(comparison(times: 1).passes && comparison(times: 1 + 1e-12).passes)
      let wrong = comparison(times: 1 + 1e-8)
      #expect(!wrong.passes && (wrong.largestRelativeError / 1e-8 - 1).magnitude < 1e-6)
    }
  }

  /// What would make the enumeration wrong is noticed at any unit.
  @Test(arguments: [1e-12, 1, 500, 1e12]) func probesHaveNoUnit(scale: Double) async throws {
    // at 500 the steps are long as well
    let problem = try ScaledProblem.problem(rewards: scale, stepSize: scale == 500 ? 1 : 1 / scale)
    let ordered = Estimator(
      name: "one left out", summary: "", jacobian: InnerStepJacobian(), score: .sum,
      baseline: JackknifeBaseline(limit: 1), isDeclaredUnbiased: true)
    var error = await #expect(throws: CertificateError.self) {
      _ = try await Certificate(problem, estimators: [ordered])
    }
    #expect(error?.description.contains("all orders") == true)
    let squared = Estimator(
      name: "squared outer score", summary: "", jacobian: InnerStepJacobian(), score: .sum,
      baseline: SquaredOuterScore(), isDeclaredUnbiased: true)
    error = await #expect(throws: CertificateError.self) {
      _ = try await Certificate(problem, estimators: [squared])
    }
    #expect(error?.description.contains("affine") == true)
  }

  /// The cases and their order, by hand.
  @Test func theRule() {
    func verdict(_ bias: Double, _ gradient: Double, _ floor: Double) -> BiasVerdict {
      BiasVerdict(ScaledDifference(bias, scale: gradient, floor: floor), tolerance: 1e-10)
    }
    #expect(verdict(0, 0, 0) == .unbiased)
    #expect(verdict(1e-11, 1, 1e-15) == .unbiased && verdict(1e-9, 1, 1e-15) == .biased)
    #expect(verdict(1e-11, 1, 1e-9) == .notResolved && verdict(1e-9, 1, 1e-9) == .notResolved)
    #expect(verdict(2e-9, 1, 1e-9) == .biased)
    #expect(verdict(1e-20, 0, 1e-16) == .notResolved && verdict(1e-3, 0, 1e-16) == .biased)
    #expect(verdict(.nan, 1, 1) == .biased && verdict(.infinity, 1, .infinity) == .biased)
    #expect(BiasVerdict.notResolved.text == "not resolved")
  }
}

/// A number of the trajectory itself, which a baseline must not see.
private struct OwnScore: ScoreBaseline {
  func values(_ context: BaselineContext) -> [Double] {
    guard let batch = context.batches.last else { return [] }
    return (0..<batch.episodeCount).map { batch.actions[batch.offsets[$0], 0] }
  }
}

/// The square of the outer batch's mean score, in the unit of the returns.
private struct SquaredOuterScore: ScoreBaseline {
  func evidence(of chain: Chain) -> NamedArrays {
    var evidence = NamedArrays()
    let direction = chain.adapted.indices.map { Double($0 + 1) }
    evidence["outer"] = [chain.outer?.meanScore(along: direction) ?? 0]
    return evidence
  }

  func values(_ context: BaselineContext) -> [Double] {
    let score = context.evidence["outer"]?.first ?? 0
    return context.ownReturns.map { score * score * $0 }
  }
}

extension Certificate {
  /// What is declared unbiased is that or, at an offset of the rewards that hides a bias, not resolved;
  /// all else is biased.
  func expectHonestVerdicts(atOffset offset: Double) {
    for verdict in verdicts {
      if verdict.estimator.isDeclaredUnbiased {
        // about 1e3 rounding reaches the tolerance
        let allowed: [BiasVerdict] = offset <= 1 ? [.unbiased] : [.unbiased, .notResolved]
        #expect(allowed.contains(verdict.verdict))
        #expect(verdict.verdict == .notResolved || offset < 1e6)
      } else {
        #expect(verdict.verdict == .biased, "\(verdict.estimator.name)")
      }
    }
  }
}
