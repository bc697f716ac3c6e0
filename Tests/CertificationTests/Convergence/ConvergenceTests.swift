import Certification
import Testing

@Suite struct ConvergenceTests {
  /// SG-MRL's mean leads to a stationary point, the means of the biased ones do not.
  @Test func floors() async throws {
    let problem = try CertificateProblem.opposedTasks()
    let objective = try MetaObjective(problem, threads: 2)
    let start = problem.parameters
    let unbiased = try await objective.meanFieldEnd(of: .sgMRL, from: start)
    #expect(unbiased.hasConverged && unbiased.gradientNorm < 1e-8)
    for (estimator, floor) in [(Estimator.maml, 0.09), (.sgMRLEquation9, 0.06)] {
      let end = try await objective.meanFieldEnd(of: estimator, from: start)
      #expect(end.hasConverged && end.residual < 1e-8)
      #expect(end.gradientNorm > floor && end.objective < unbiased.objective)
      let value = try await objective.value(at: end.parameters, means: [estimator])
      #expect(norm(value.gradient) == end.gradientNorm && norm(value.means[0]) == end.residual)
    }
  }

  /// What the enumeration says at any point is what a certificate says there.
  @Test func valuesAreThoseOfCertificates() async throws {
    let problem = try CertificateProblem.random(
      seed: 5, sizes: .init(horizon: 0, tasks: 2), settings: MetaSettings(innerEpisodes: 2))
    let moved = try problem.moved(to: [1, 0.5, -0.5, 0.25])
    let certificate = try await Certificate(moved, estimators: [.maml])
    let value = try await MetaObjective(problem).value(at: moved.parameters, means: [.maml])
    #expect(value.objective == certificate.objective && value.gradient == certificate.gradient)
    #expect(value.means == [certificate.verdicts[0].mean])
    await #expect(throws: CertificateError.self) {
      _ = try await MetaObjective(problem).value(at: [1])
    }
  }

  @Test func curvesDoNotDependOnThreads() async throws {
    let problem = try CertificateProblem.opposedTasks()
    let plan = TrainingPlan(
      tasks: 3, outerEpisodes: 2, stepSize: 0.1, epochs: 5, checkpoints: 3)
    var calls = 0
    let one = try await MetaObjective(problem).train(
      with: .sgMRL, plan, from: problem.parameters, seeds: [1, 2], advance: { calls += 1 })
    let two = try await MetaObjective(problem, threads: 2).train(
      with: .sgMRL, plan, from: problem.parameters, seeds: [1, 2])
    #expect(one.points.map(\.gradientNorms) == two.points.map(\.gradientNorms))
    #expect(calls == 2 * one.points.count)
    #expect(one.points.first?.epoch == 0 && one.points.last?.epoch == 5)
    #expect(one.points.last?.trajectories == 60.0)
    let start = try await MetaObjective(problem).value(at: problem.parameters)
    #expect(one.points[0].gradientNorms == [norm(start.gradient), norm(start.gradient)])
    let last = one.points.filter { 2 * $0.epoch >= 5 }.flatMap(\.gradientNorms)
    let mean = last.reduce(0) { $0 + $1 * $1 } / Double(last.count)
    #expect((one.remainder - mean).magnitude < 1e-15)
  }

  @Test func whatIsNotSampledIsRefused() async throws {
    let problem = try CertificateProblem.random(
      seed: 1, sizes: .init(horizon: 0, tasks: 2), settings: MetaSettings(innerEpisodes: 1))
    let uneven = try CertificateProblem(
      processes: problem.processes, probabilities: [0.25, 0.75], horizon: 0,
      parameters: problem.parameters, settings: problem.settings)
    await #expect(throws: CertificateError.self) {
      _ = try await ConvergenceExperiment(uneven)
    }
    #expect(throws: CertificateError.self) { try MetaObjective(problem, limit: 1) }
  }

  /// The whole experiment, small.
  @Test func experiment() async throws {
    var plan = ConvergenceExperiment.Plan(effort: 0.02)
    plan.estimators = [.sgMRL, .maml]
    var calls = 0
    let result = try await ConvergenceExperiment(
      .opposedTasks(), plan: plan, threads: 2, advance: { calls += 1 })
    #expect(calls == plan.pointCount)
    #expect(result.largeBatch.count == 2 && result.smallStep.count == 2)
    #expect(result.pairs.count == 3 && result.ends.count == 2)
    // outer trajectories reduce only a part of the variance, tasks all of it
    let moments = result.moments
    #expect(moments.variance(tasks: 1, outerEpisodes: 1000) > moments.between)
    #expect(moments.between > 0.3 * moments.variance(tasks: 1, outerEpisodes: 1))
    #expect(moments.variance(tasks: 1000, outerEpisodes: 1) < 0.01 * moments.between)
  }
}
