import Certification
import Foundation
import Testing

/// Every check of the module with rewards times `s` and the inner step size over `s`.
///
/// That is the same problem in another unit. Powers of two leave every bit of what has no unit as it is,
/// powers of ten leave verdicts and all but the last digits.
@Suite struct ScaleTests {
  static let powersOfTwo = [-40.0, -20, -1, 1, 20, 40].map { exp2($0) }
  static let powersOfTen = [-12.0, -9, -6, -3, 3, 6, 9, 12].map { pow(10, $0) }

  static func random(
    scale: Double = 1, innerSteps: Int = 1, horizon: Int = 0, offset: Double = 0
  ) throws -> CertificateProblem {
    let settings = MetaSettings(
      innerSteps: innerSteps, innerStepSize: 0.6 / scale, innerEpisodes: 2, outerEpisodes: 2,
      discount: 0.9)
    let problem = try CertificateProblem.random(
      seed: 11, sizes: .init(horizon: horizon, tasks: 2), settings: settings)
    let processes = try problem.processes.map {
      try TabularMDP(
        initial: $0.initial, transition: $0.transition,
        reward: $0.reward.map { $0.map { scale * $0 + offset } })
    }
    return try CertificateProblem(
      name: "random", processes: processes, horizon: horizon, parameters: problem.parameters,
      settings: settings)
  }

  /// What a certificate says that has no unit.
  struct Relative: Equatable {
    var verdicts: [BiasVerdict] = []
    var numbers: [Double] = []

    init(_ certificate: Certificate) {
      numbers = [certificate.gradientDisagreement, certificate.differencesError]
      numbers += [certificate.probabilityError, certificate.innerStepError]
      for verdict in certificate.verdicts {
        verdicts.append(verdict.verdict)
        numbers += [verdict.relativeBias ?? -1, verdict.biasOverMeanNorm]
        numbers.append(verdict.relativeBiasAgainstMeanStep ?? -1)
        numbers.append(verdict.difference.floor / verdict.difference.scale)
      }
    }
  }

  @Test(arguments: [(1, 0), (2, 0)], powersOfTwo)
  func certificatesToTheBit(_ size: (innerSteps: Int, horizon: Int), scale: Double) async throws {
    let problems = try [1, scale].map {
      try Self.random(scale: $0, innerSteps: size.innerSteps, horizon: size.horizon)
    }
    let (one, other) = (
      try await Certificate(problems[0], threads: 2), try await Certificate(problems[1], threads: 2)
    )
    #expect(one.passes && Relative(other) == Relative(one))
    #expect(other.gradient == one.gradient.map { scale * $0 })
    #expect(other.objective == scale * one.objective)
    for (a, b) in zip(other.verdicts, one.verdicts) {
      #expect(a.mean == b.mean.map { scale * $0 }, "\(a.estimator.name)")
    }
  }

  @Test(arguments: powersOfTen) func certificates(scale: Double) async throws {
    let one = try await Certificate(Self.random(), threads: 2)
    let other = try await Certificate(Self.random(scale: scale), threads: 2)
    #expect(other.passes)
    let (a, b) = (Relative(one), Relative(other))
    #expect(a.verdicts == b.verdicts && Set(a.verdicts) == [.unbiased, .biased])
    for (x, y) in zip(a.numbers, b.numbers) {
      #expect((x - y).magnitude <= 1e-12 + 1e-9 * x.magnitude, "\(x) \(y)")
    }
  }

  /// An offset changes the problem, since the inner steps see it. No verdict is false: what is
  /// declared unbiased is that, or not resolved; what is not is biased.
  @Test(arguments: [1.0, 1e3, 1e6], [1e-9, 1, 1e9])
  func offsets(offset: Double, scale: Double) async throws {
    var problem = try Self.random(scale: scale, offset: offset * scale)
    problem.settings.innerStepSize /= offset
    let certificate = try await Certificate(problem, threads: 2)
    #expect(certificate.passes && certificate.gradientDisagreement < 1e-10)
    certificate.expectHonestVerdicts(atOffset: offset)
  }

  @Test(arguments: powersOfTwo) func samplesToTheBit(scale: Double) async throws {
    func certificate(_ scale: Double, _ estimator: Estimator) async throws -> MonteCarloCertificate
    {
      let settings = MetaSettings(
        innerSteps: 1, innerStepSize: 0.1 / scale, innerEpisodes: 4, outerEpisodes: 4,
        estimator: estimator)
      return try await MonteCarloCertificate(
        MonteCarloPlan(chains: 60, directions: 2, seed: 3), policy: ShiftedNormal(),
        parameters: [0], tasks: TargetTasks(scale: scale), settings: settings, threads: 2)
    }
    for estimator in [Estimator.sgMRL, .sgMRLControlVariate, .maml] {
      let (one, other) = (
        try await certificate(1, estimator), try await certificate(scale, estimator)
      )
      #expect(other.projections.map(\.z) == one.projections.map(\.z))
      #expect(other.verdict == one.verdict)
    }
  }

  @Test(arguments: powersOfTwo) func studiesToTheBit(scale: Double) async throws {
    func rows(_ scale: Double) async throws -> [[Double]] {
      let problem = try Self.random(scale: scale)
      let study = try await EstimatorStudy(
        StudyPlan(metaBatches: 4, tasks: 3, learningMetaBatches: 1, referenceMetaBatches: 3),
        estimators: [.sgMRLOwnBatch, .sgMRLJackknife, .maml], policy: problem.policy,
        parameters: problem.parameters,
        tasks: TabularTasks(problem.processes, horizon: problem.horizon + 1),
        settings: problem.settings,
        reference: .exact(try await Certificate(problem, estimators: []).gradient), threads: 2)
      return study.rows.map { row in
        [row.varianceRatio, row.relativeBias, row.signalToNoise, row.cosine]
          .flatMap { [$0?.value ?? -1, $0?.low ?? -1, $0?.high ?? -1] }
          + [row.chainsNeeded ?? -1, row.showsBias ? 1 : 0]
      }
    }
    let (one, other) = (try await rows(1), try await rows(scale))
    #expect(one == other)
  }

  @Test(arguments: powersOfTwo) func momentsAndBoundsToTheBit(scale: Double) async throws {
    func found(_ scale: Double) async throws -> (moments: [Double], ratios: [Double]) {
      let problem = try Self.random(scale: scale)
      let objective = try MetaObjective(problem, threads: 2)
      let moments = try await objective.moments(of: .sgMRL, at: problem.parameters)
      let constants = try #require(problem.constants.value)
      let measured = try await objective.measure(constants, points: 2, seed: 1)
      return (
        [moments.between, moments.within].map { $0 / (scale * scale) },
        measured.map { $0.ratio(.corrected) }
      )
    }
    let (one, other) = (try await found(1), try await found(scale))
    #expect(one.moments == other.moments && one.ratios == other.ratios)
  }

  /// An estimate that is no affine function of the outer batch is refused at any unit.
  @Test(arguments: [1e-12, 1, 1e12]) func momentsRefuse(scale: Double) async throws {
    let problem = try Self.random(scale: scale)
    let objective = try MetaObjective(problem)
    await #expect(throws: CertificateError.self) {
      _ = try await objective.moments(of: .sgMRLJackknife, at: problem.parameters)
    }
  }

  @Test(arguments: [0x1p-30, 0x1p30]) func meanFieldsToTheBit(scale: Double) async throws {
    func end(_ scale: Double) async throws -> MeanFieldEnd {
      let problem = try CertificateProblem.opposedTasks()
      var settings = problem.settings
      settings.innerStepSize /= scale
      let scaled = try CertificateProblem(
        processes: problem.processes.map {
          try TabularMDP(
            initial: $0.initial, transition: $0.transition,
            reward: $0.reward.map { $0.map { scale * $0 } })
        }, horizon: problem.horizon, parameters: problem.parameters, settings: settings)
      return try await MetaObjective(scaled, threads: 2)
        .meanFieldEnd(of: .maml, from: problem.parameters)
    }
    let (one, other) = (try await end(1), try await end(scale))
    #expect(one.hasConverged && !one.isStationary)
    #expect(other.parameters == one.parameters && other.iterations == one.iterations)
    #expect(other.hasConverged && !other.isStationary)
  }
}
