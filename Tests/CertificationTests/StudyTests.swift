import Testing

@testable import Certification

@Suite struct StudyTests {
  static func study(
    _ problem: CertificateProblem, _ estimators: [Estimator], _ plan: StudyPlan,
    reference: EstimatorStudy.Reference, threads: Int = 2
  ) async throws -> EstimatorStudy {
    try await EstimatorStudy(
      plan, estimators: estimators, policy: problem.policy, parameters: problem.parameters,
      tasks: TabularTasks(problem.processes, horizon: problem.horizon + 1),
      settings: problem.settings, reference: reference, threads: threads)
  }

  /// What is sampled agrees with what is enumerated.
  @Test func biasIsThatOfTheCertificate() async throws {
    let problem = try CertificateProblem.random(
      seed: 3, settings: MetaSettings(innerStepSize: 0.8, innerEpisodes: 2, outerEpisodes: 2))
    let estimators: [Estimator] = [.sgMRL, .sgMRLControlVariate, .maml, .sgMRLEquation9]
    let certificate = try await Certificate(problem, estimators: estimators, threads: 2)
    let study = try await Self.study(
      problem, estimators, StudyPlan(metaBatches: 200, tasks: 100, learningMetaBatches: 10),
      reference: .exact(certificate.gradient))
    #expect(study.isExact)
    #expect((study.gradientNorm.value - norm(certificate.gradient)).magnitude < 1e-12)
    for (row, verdict) in zip(study.rows, certificate.verdicts) {
      let relative = try #require(verdict.relativeBias)
      let truth = dot(certificate.gradient, certificate.gradient)
      let found = row.squaredBias
      let width = found.high - found.low
      #expect(
        (found.value - relative * relative * truth).magnitude < width, "\(row.estimator.name)")
    }
    #expect(!(try #require(study["sg-mrl-control-variate"]).showsBias))
    let maml = try #require(study["maml"])
    #expect(maml.showsBias && maml.chainsNeeded == .infinity)
    #expect(try #require(study["sg-mrl"]).varianceRatio.value == 1)
  }

  /// The eighth problem of the file with 20 outer trajectories: variances that an independent
  /// program enumerated, 3.426 for the raw estimator, 0.229 with the best constant, and 0.091 with
  /// the full regression.
  @Test func variancesAreThoseOfTheEnumeration() async throws {
    var problem = Golden.cases[7].problem
    problem.settings.outerEpisodes = 20
    let study = try await Self.study(
      problem, [.sgMRL, .sgMRLRunningBaseline, .sgMRLControlVariate],
      StudyPlan(
        metaBatches: 100, tasks: 100, learningMetaBatches: 60, referenceMetaBatches: 100),
      reference: .sampled(.sgMRLControlVariate))
    for (row, expected) in zip(study.rows, [3.426, 0.229, 0.091]) {
      #expect(
        (row.variance.value / expected - 1).magnitude < 0.08,
        "\(row.estimator.name): \(row.variance)")
    }
  }

  /// What an estimator promises along its mean, and what the exact gradient and sampled returns say. Seeds 1
  /// and 5, 10⁴ chains, 2·10⁴ tasks; four standard errors, so a right program fails once in 5000 seeds.
  @Test func onlyUnbiasedEstimatorsKeepTheirPromise() async throws {
    let problem = try CertificateProblem.random(
      seed: 3, settings: MetaSettings(innerStepSize: 0.8, innerEpisodes: 2, outerEpisodes: 2))
    let estimators: [Estimator] = [.sgMRLControlVariate, .maml]
    let exact = try await Certificate(problem, estimators: estimators, threads: 2).gradient
    let study = try await Self.study(
      problem, estimators, StudyPlan(metaBatches: 100, tasks: 100, learningMetaBatches: 10),
      reference: .exact(exact))
    for row in study.rows {
      let direction = try #require(row.direction)
      #expect((norm(direction) - 1).magnitude < 1e-12)
      let truth = dot(exact, direction)
      let measured = try await AscentTest(
        row, parameters: problem.parameters, step: 0.1, taskCount: 20_000, policy: problem.policy,
        tasks: TabularTasks(problem.processes, horizon: problem.horizon + 1),
        settings: problem.settings, seed: 5, threads: 2)
      let test = try #require(measured)
      let spread = try #require(test.discounted.standardError)
      #expect(
        (test.discounted.mean - truth).magnitude < 4 * spread,
        "\(row.estimator.name): \(test.discounted), exactly \(truth)")
      let error = (test.promised.mean - truth).magnitude
      let promised = try #require(test.promised.standardError)
      #expect((error < 4 * promised) == row.estimator.isDeclaredUnbiased)
      // without its sign or its scale the promise would be no use
      #expect(4 * spread < truth)
    }
  }

  @Test func threadsDoNotMatter() async throws {
    let problem = try CertificateProblem.random(seed: 3, settings: MetaSettings(innerEpisodes: 3))
    let plan = StudyPlan(
      metaBatches: 3, tasks: 3, learningMetaBatches: 2, referenceMetaBatches: 3)
    let studies = try await [1, 2].asyncMap { threads in
      try await Self.study(
        problem, Estimator.presets, plan, reference: .sampled(.sgMRLOwnBatch), threads: threads)
    }
    #expect(studies[0].gradientNorm == studies[1].gradientNorm)
    for (a, b) in zip(studies[0].rows, studies[1].rows) {
      #expect(a.variance == b.variance && a.cosine == b.cosine)
      #expect(a.squaredBias == b.squaredBias)
    }
  }

  /// A meta-batch's leave-one-out estimates are those of the trainer.
  @Test func estimatesAreThoseOfTheTrainer() async throws {
    let problem = try CertificateProblem.random(
      seed: 4, settings: MetaSettings(innerSteps: 2, innerEpisodes: 3, outerEpisodes: 3))
    for estimator in [Estimator.sgMRL, .sgMRLLeaveOneOut] {
      var settings = problem.settings
      settings.estimator = estimator
      let tasks = TabularTasks(problem.processes, horizon: problem.horizon + 1)
      let trainer = Trainer(
        policy: problem.policy, tasks: tasks, settings: settings, taskCount: 5,
        outerStep: GradientAscent(stepSize: 1), seed: 9, threads: 2,
        parameters: problem.parameters)
      _ = try await trainer.runEpoch()
      var step = await trainer.parameters
      add(-1, problem.parameters, to: &step)
      let group = try StudyChains(
        StudySampler(
          plan: StudyPlan(tasks: 5, seed: 9), policy: problem.policy,
          parameters: problem.parameters, tasks: tasks, settings: problem.settings, threads: 1),
        [estimator], [NamedArrays()]
      ).group(metaBatch: 0)
      #expect(relativeError(group.sums[0].mean, step) < 1e-12)
    }
  }

  /// For a mean the jackknife is the classical standard error.
  @Test func jackknifeOfAMean() throws {
    let values = [1.0, 4, 2, 8, 5]
    let means = values.map { left in (values.reduce(0, +) - left) / 4 }
    let interval = IntervalEstimate(4, leavingOut: [means])
    let expected = try #require(Estimate(values).interval95)
    #expect((interval.low - expected.lowerBound).magnitude < 1e-12)
    #expect((interval.high - expected.upperBound).magnitude < 1e-12)
  }
}

extension Array {
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
