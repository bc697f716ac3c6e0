import Certification
import ChainSupport
import Testing

/// Estimators with one fault each must not pass.
@Suite struct SabotageTests {
  /// Two inner steps of two trajectories, since some faults do not show with one.
  static func problem(horizon: Int = 1) throws -> CertificateProblem {
    try CertificateProblem.random(
      seed: 8, sizes: .init(horizon: horizon),
      settings: MetaSettings(
        innerSteps: 2, innerStepSize: 0.7, innerEpisodes: 2, outerEpisodes: 2))
  }

  static let faulty = [
    Estimator(
      name: "sum turned to mean", summary: "", jacobian: InnerStepJacobian(), score: .mean,
      isDeclaredUnbiased: true),
    Estimator(
      name: "Jacobian dropped", summary: "", jacobian: nil, score: .sum, isDeclaredUnbiased: true),
    Estimator(
      name: "score dropped", summary: "", jacobian: InnerStepJacobian(), score: .none,
      isDeclaredUnbiased: true),
    Estimator(
      name: "score paid twice", summary: "", jacobian: PolicyHessian(), score: .sum,
      isDeclaredUnbiased: true),
    Estimator(
      name: "baseline sees its own trajectory", summary: "", jacobian: InnerStepJacobian(),
      score: .sum, baseline: WholeBatchMean(), isDeclaredUnbiased: true),
    Estimator(
      name: "baseline squares a later score", summary: "", jacobian: InnerStepJacobian(),
      score: .sum, baseline: SquaredLaterScore(), isDeclaredUnbiased: true),
  ]

  @Test(arguments: faulty) func faultyEstimatorsFail(_ estimator: Estimator) async throws {
    let certificate = try await Certificate(
      Self.problem(horizon: 0), estimators: [.sgMRL, estimator], threads: 2)
    #expect(certificate.isConsistent)
    #expect(certificate.verdicts[0].passes)
    #expect(!certificate.verdicts[1].passes && certificate.verdicts[1].error > 1e-4)
    #expect(!certificate.passes)
  }

  /// A baseline that looks at the trajectory before is unbiased, but one order of a batch does not
  /// stand for the others: that is refused, and right with all orders.
  @Test func dependenceOnTheOrderIsNoticed() async throws {
    var problem = try Self.problem(horizon: 0)
    let estimator = Estimator(
      name: "trajectory before", summary: "", jacobian: InnerStepJacobian(), score: .sum,
      baseline: TrajectoryBefore(), isDeclaredUnbiased: true)
    let error = try #require(
      await #expect(throws: CertificateError.self) {
        _ = try await Certificate(problem, estimators: [estimator])
      })
    #expect(error.description.contains("all orders"))
    problem.mergesOrders = false
    let certificate = try await Certificate(problem, estimators: [estimator], threads: 2)
    #expect(certificate.passes, "\(certificate.verdicts[0].error)")
  }

  /// The outer score may enter with a fixed weight only.
  @Test func nonlinearOuterScoresAreNoticed() async throws {
    let estimator = Estimator(
      name: "squared outer score", summary: "", jacobian: InnerStepJacobian(), score: .sum,
      baseline: SquaredLaterScore(isOuter: true), isDeclaredUnbiased: true)
    let problem = try Self.problem(horizon: 0)
    let error = await #expect(throws: CertificateError.self) {
      _ = try await Certificate(problem, estimators: [estimator])
    }
    #expect(error?.description.contains("affine") == true)
    // the long way finds the bias
    let certificate = try await Certificate(problem, estimators: [])
    let mean = try await problem.fullMean(of: estimator, threads: 2)
    #expect(certificate.error(ofMean: mean) > 1e-4)
  }

  /// The published code's coefficient, the mean of normalised signals, is zero.
  @Test func normalisedCoefficientFails() async throws {
    var problem = try Self.problem(horizon: 0)
    problem.settings.outer.isNormalized = true
    problem.settings.scoreCoefficient = .meanSignal
    let certificate = try await Certificate(problem, estimators: [.sgMRL, .maml])
    #expect(certificate.isConsistent && !certificate.passes)
    #expect(relativeError(certificate.verdicts[0].mean, certificate.verdicts[1].mean) < 1e-12)
  }

  /// Faults that ``Estimator`` cannot express, as functions of the batches.
  enum Fault: CaseIterable {
    case none
    case wrongProductOrder
    case coefficientNormalised
    case baselineSeesOuterBatch
    case baselineSeesLaterStep
    case controlVariateFromOuterBatch
  }

  @Test(arguments: Fault.allCases) func faultyFunctionsFail(_ fault: Fault) async throws {
    let problem = try Self.problem(horizon: 0)
    let certificate = try await Certificate(problem, estimators: [])
    let mean = try await problem.mean(threads: 2) { Self.estimate(fault, problem) }
    let error = certificate.error(ofMean: mean)
    if fault == .none {
      #expect(error <= 1e-12)
    } else {
      #expect(error > 1e-4, "\(fault): \(error)")
    }
  }

  /// SG-MRL from two chains of one step each, with a fault.
  static func estimate(_ fault: Fault, _ problem: CertificateProblem) -> EstimateFunction {
    let (first, second) = (
      ChainWalk(problem.policy, settings: problem.settings),
      ChainWalk(problem.policy, settings: problem.settings)
    )
    let discount = problem.settings.discount
    return { inner, outer in
      first.begin(at: problem.parameters)
      first.takeInnerStep(inner[0])
      second.begin(at: first.adapted)
      second.takeInnerStep(inner[1])
      var v = second.chain(outer: outer).outer?.gradient ?? []
      let mean = outer.meanReturn(discount: discount)
      switch fault {
      case .none:
        second.propagate(&v, coefficient: mean)
        first.propagate(&v, coefficient: mean)
      case .wrongProductOrder:
        first.propagate(&v, coefficient: mean)
        second.propagate(&v, coefficient: mean)
      case .coefficientNormalised:
        let signals = Surrogate(isNormalized: true).signals(of: outer, discount: discount)
        let coefficient = signals.reduce(0, +) / Double(signals.count)
        second.propagate(&v, coefficient: coefficient)
        first.propagate(&v, coefficient: coefficient)
      case .baselineSeesOuterBatch:
        let baseline = outer.episodeReturns(discount: discount).max() ?? 0
        second.propagate(&v, coefficient: mean - baseline)
        first.propagate(&v, coefficient: mean - baseline)
      case .baselineSeesLaterStep:
        second.propagate(&v, coefficient: mean)
        first.propagate(&v, coefficient: mean - inner[1].meanReturn(discount: discount))
      case .controlVariateFromOuterBatch:
        let u = v
        second.propagate(&v, coefficient: mean)
        // the step without its last trajectory, along the outer gradient
        let other = ChainWalk(problem.policy, settings: problem.settings)
        other.begin(at: problem.parameters)
        other.takeInnerStep(inner[0].firstEpisode)
        var step = other.adapted
        add(-1, problem.parameters, to: &step)
        first.propagate(&v, coefficient: mean - dot(step, u))
      }
      return v
    }
  }
}

/// The mean return of the whole batch, which must not be used.
private struct WholeBatchMean: ScoreBaseline {
  func values(_ context: BaselineContext) -> [Double] {
    guard let batch = context.batches.last else { return [] }
    return [Double](
      repeating: batch.meanReturn(discount: context.discount), count: batch.episodeCount)
  }
}

/// The square of the mean score of the next inner batch, or of the outer one; its mean is not zero.
private struct SquaredLaterScore: ScoreBaseline {
  var isOuter = false

  func evidence(of chain: Chain) -> NamedArrays {
    var evidence = NamedArrays()
    let direction = chain.adapted.indices.map { Double($0 + 1) }
    evidence["inner"] = chain.steps.map { $0.meanScore(along: direction) }
    evidence["outer"] = [chain.outer?.meanScore(along: direction) ?? 0]
    return evidence
  }

  func values(_ context: BaselineContext) -> [Double] {
    let later = context.evidence["inner"]?.dropFirst(context.step + 1).first
    let score = isOuter ? context.evidence["outer"]?.first : later
    return context.ownReturns.map { _ in (score ?? 0) * (score ?? 0) }
  }
}

extension TrajectoryBatch {
  /// The batch with its first episode alone.
  fileprivate var firstEpisode: TrajectoryBatch {
    let rows = rows(ofEpisode: 0)
    func first(_ matrix: Matrix) -> Matrix {
      Matrix(
        rows: rows.count, columns: matrix.columns,
        elements: Array(matrix.elements.prefix(rows.count * matrix.columns)))
    }
    return TrajectoryBatch(
      observations: first(observations), actions: first(actions),
      rewards: Array(rewards[rows]), offsets: [0, rows.count])
  }
}

/// The return of the trajectory before; zero for the first.
private struct TrajectoryBefore: ScoreBaseline {
  func values(_ context: BaselineContext) -> [Double] {
    let returns = context.batches.last?.episodeReturns(discount: context.discount) ?? []
    return [0] + returns.dropLast()
  }
}
