import Certification
import Testing

/// Verdicts on external estimators, with stand-ins whose nature is known.
@Suite struct ExternalAssessmentTests {
  static func suite() throws -> [CertificateProblem] { try ProbeProblem.suite().map(\.problem) }

  static func problem(_ name: String) throws -> CertificateProblem {
    try #require(suite().first { $0.name == name })
  }

  @Test func theSuiteIsSmallAndItsCertificatesHold() async throws {
    let problems = try ProbeProblem.suite(isThorough: true)
    #expect(problems.count == 14)
    for (index, probe) in problems.enumerated() {
      let size = EnumerationSize(probe.problem)
      // outer batches of one trajectory are as many as trajectories, of two more
      #expect(size.chains <= (index < 11 ? 300 : 5000), "\(probe.problem.name)")
      let certificate = try await Certificate(probe.problem, estimators: [.sgMRL], threads: 2)
      #expect(certificate.passes, "\(probe.problem.name)")
      #expect(!probe.separates.isEmpty)
    }
  }

  @Test(arguments: [Estimator.maml, .sgMRL, .lvc, .diceMAML, .lsf, .firstOrderMAML])
  func ownEstimatorsAreRecognised(_ estimator: Estimator) async throws {
    for problem in try Self.suite() {
      let found = try await ExternalAssessment(
        StandIn(estimator, unbiased: estimator.isDeclaredUnbiased), on: problem)
      #expect(found.pairCount <= 300)
      #expect(found.recognition?.level == .pairs)
      #expect(found.recognition?.names.contains(estimator.name) == true, "\(problem.name)")
      #expect(found.recognition?.factor == 1 && found.step.factor == 1)
      #expect((found.recognition?.error ?? 1) < 1e-13)
      #expect((found.verdict == .unbiased) == estimator.isDeclaredUnbiased, "\(problem.name)")
      #expect(!found.contradictsClaim)
      if estimator.isDeclaredUnbiased { #expect(found.findings.isEmpty && found.order == nil) }
      let certificate = try await Certificate(problem, estimators: [estimator])
      #expect(relativeError(found.mean, certificate.verdicts[0].mean) < 1e-13)
      #expect(relativeError(found.gradient, certificate.gradient) < 1e-13)
    }
  }

  @Test(arguments: [(Estimator.maml, 1.0), (.diceMAML, 2), (.lvc, 1)])
  func theOrderOfTheBiasIsFound(_ estimator: Estimator, _ order: Double) async throws {
    for name in ["two states", "two tasks", "two trajectories", "early ends"] {
      let found = try await ExternalAssessment(StandIn(estimator), on: Self.problem(name))
      let measured = try #require(found.order, "\(name)")
      #expect((measured - order).magnitude < 0.25, "\(name): \(measured)")
    }
  }

  /// Losses that average over steps take shorter inner steps and give shorter gradients.
  @Test func factorsOfStepAndGradientAreTold() async throws {
    let problem = try Self.problem("two states")
    let found = try await ExternalAssessment(
      StandIn(.lvc, stepFactor: 0.5) { estimate, _, _ in estimate.map { 0.5 * $0 } }, on: problem)
    #expect(((found.step.factor ?? 0) - 0.5).magnitude < 1e-12)
    #expect(found.recognition?.names.first == "lvc")
    #expect(((found.recognition?.factor ?? 0) - 0.5).magnitude < 1e-12)
    let unbiased = try await ExternalAssessment(StandIn(.sgMRL, stepFactor: 0.5), on: problem)
    #expect(unbiased.verdict == .unbiased)
    let scaled = try await ExternalAssessment(
      StandIn(.sgMRL, unbiased: true) { estimate, _, _ in estimate.map { 0.5 * $0 } }, on: problem)
    #expect(scaled.contradictsClaim)
    #expect(scaled.findings.first?.kind == "factor")
    #expect(scaled.findings.first?.text.contains("one over the number of steps") == true)
    #expect((scaled.factor - 0.5).magnitude < 1e-12 && scaled.directionError < 1e-12)
  }

  /// A multiple of a biased estimator has its bias, and a factor beside it.
  @Test func aMultipleOfAKnownEstimatorIsTold() async throws {
    for problem in try Self.suite() {
      let found = try await ExternalAssessment(
        StandIn(.maml) { estimate, _, _ in estimate.map { -0.25 * $0 } }, on: problem)
      #expect(found.recognition?.names.contains("maml") == true)
      #expect(((found.recognition?.factor ?? 0) + 0.25).magnitude < 1e-12, "\(problem.name)")
      #expect(found.findings.map(\.kind) == ["factor", "known bias"], "\(problem.name)")
      #expect(found.findings[0].text.contains("-0.25 times those of 'maml'"))
    }
  }

  /// A wrong loss beside an inner step of the program's own: both are told.
  @Test func aWrongLossIsToldBesideAnotherStep() async throws {
    for name in ["two trajectories", "two outer trajectories"] {
      let found = try await ExternalAssessment(
        StandIn(.sgMRL, unbiased: true, inner: Surrogate(signal: .centeredReturns)) {
          estimate, _, _ in estimate.map { 3 * $0 }
        }, on: Self.problem(name))
      guard found.step.factor == nil else { continue }
      #expect(found.findings.map(\.kind).prefix(2) == ["no step", "loss"])
      #expect(found.findings[1].text.contains("times 3"), "\(found.findings[1].text)")
    }
    // the loss alone is right
    let right = try await ExternalAssessment(
      StandIn(.sgMRL, inner: Surrogate(signal: .centeredReturns)),
      on: Self.problem("two trajectories"))
    #expect(right.findings.map(\.kind) == ["no step"])
  }

  /// A mean over two steps does not make up for the missing power of the discount.
  @Test func aDiscountOfOneHalfHidesNothing() async throws {
    let problem = try Self.problem("delayed reward")
    let found = try await ExternalAssessment(
      StandIn(.maml) { estimate, _, table in
        estimate.map { $0 / (table.discount * Double(table.steps)) }
      }, on: problem)
    #expect(problem.settings.discount == 0.6)
    #expect(found.recognition?.factor != 1 && found.findings.first?.kind == "factor")
  }

  /// The problem is named in whatever the program is accused of.
  @Test func anErrorNamesTheProblem() async throws {
    let error = try #require(
      await #expect(throws: ExternalError.self) {
        _ = try await ExternalAssessment(Refuser(), on: Self.problem("two tasks"))
      })
    #expect(error.description == "On the problem 'two tasks': no numbers")
  }

  private final class Refuser: ExternalEstimator {
    let identity = ExternalIdentity(name: "refuser")
    func pose(_ table: TrajectoryTable) {}
    func adapt(_ chains: [[[Int]]], from start: [[Double]]?) throws(ExternalError) -> [[Double]] {
      throw ExternalError("no numbers")
    }
    func estimate(_ chains: [[[Int]]], outer: [[Int]]) throws(ExternalError) -> [[Double]] { [] }
  }

  /// Another inner step: the gradient comes from differences, whose error is part of the verdict.
  @Test func otherStepsAreJudgedByDifferences() async throws {
    let problem = try Self.problem("two trajectories")
    let inner = Surrogate(signal: .centeredReturns)
    var own = problem
    own.settings.inner = inner
    let certificate = try await Certificate(own, estimators: [.sgMRL, .maml])
    for (estimator, verdict) in [(Estimator.sgMRL, BiasVerdict.unbiased), (.maml, .biased)] {
      let found = try await ExternalAssessment(StandIn(estimator, inner: inner), on: problem)
      #expect(found.step.factor == nil)
      #expect(found.verdict == verdict)
      #expect(found.gradientError > 0 && found.gradientError < 1e-7)
      #expect(relativeError(found.gradient, certificate.gradient) < 1e-8)
      #expect(relativeError(found.meanStepGradient, certificate.meanStepGradient) < 1e-8)
      #expect(found.findings.first?.kind == "no step")
    }
  }

  @Test func singlePrecisionIsAllowedForWhereItIsSaid() async throws {
    for problem in try Self.suite() {
      let said = try await ExternalAssessment(
        StandIn(.sgMRL, unbiased: true, single: true), on: problem)
      #expect(said.verdict == .unbiased, "\(problem.name): \(said.bias.relative)")
      #expect(said.recognition?.names.contains("sg-mrl") == true, "\(problem.name)")
      let biased = try await ExternalAssessment(StandIn(.maml, single: true), on: problem)
      #expect(biased.verdict == .biased)
    }
    let silent = try await ExternalAssessment(
      StandIn(.sgMRL, unbiased: true) { estimate, _, _ in estimate.map { Double(Float($0)) } },
      on: Self.problem("two states"))
    #expect(silent.findings.first?.kind == "single precision")
  }

  @Test func dependenceOnTheOrderIsFoundOrDeclared() async throws {
    let problem = try Self.problem("two outer trajectories")
    func standIn(ordered: Bool) -> StandIn {
      StandIn(.sgMRL, unbiased: true, ordered: ordered) { estimate, outer, _ in
        zip(estimate, estimate.indices).map { $0 + (outer[0] > outer[1] ? 0.1 : 0) * Double($1) }
      }
    }
    let hidden = try await ExternalAssessment(standIn(ordered: false), on: problem)
    #expect(hidden.dependsOnOrder && hidden.findings.first?.kind == "batch order")
    let declared = try await ExternalAssessment(standIn(ordered: true), on: problem)
    #expect(!declared.dependsOnOrder)
    #expect(relativeError(hidden.mean, declared.mean) < 1e-13)
    #expect(declared.pairCount == 8 * 64)
  }

  @Test func aStepThatTheEstimateDoesNotTakeIsTold() async throws {
    let found = try await ExternalAssessment(
      StandIn(.sgMRL, unbiased: true, ownFactor: 0.5), on: Self.problem("two states"))
    #expect(found.verdict == .biased)
    #expect(found.findings.first?.kind == "other step")
    #expect(found.worstPair?.trajectories.count == 2)
  }

  @Test func onlyOneTaskIsTold() async throws {
    let found = try await ExternalAssessment(
      StandIn(.sgMRL, unbiased: true) { estimate, outer, table in
        table.tasks[outer[0]] == 0 ? estimate : estimate.map { _ in 0 }
      }, on: Self.problem("two tasks"))
    #expect(found.contradictsClaim && found.findings.first?.kind == "first task")
  }

  @Test func tooManyPairsAreRefusedBeforeAnythingIsAsked() async throws {
    var plan = ExternalPlan()
    plan.limit = 100
    let standIn = StandIn(.maml)
    let error = try #require(
      await #expect(throws: CertificateError.self) {
        _ = try await ExternalAssessment(standIn, on: Self.problem("two trajectories"), plan)
      })
    #expect(error.description.contains("288 pairs") && standIn.requests == 0)
  }
}
