import Certification
import Testing

/// Enumerated batches for programs that average on their own.
@Suite struct EnumeratedBatchesTests {
  static let problems = Result { try ProbeProblem.suite(isThorough: true).map(\.problem) }

  @Test func probabilitiesWeightEstimatesToTheirMeans() async throws {
    for problem in try Self.problems.get() {
      let batches = try await EnumeratedBatches(problem)
      #expect((batches.probabilities.reduce(0, +) - 1).magnitude < 1e-14, "\(problem.name)")
      let certificate = try await Certificate(problem, estimators: [.maml, .sgMRL])
      #expect(batches.gradient == certificate.gradient)
      #expect(batches.meanStepGradient == certificate.meanStepGradient)
      for verdict in certificate.verdicts {
        let standIn = StandIn(verdict.estimator)
        standIn.pose(batches.table)
        let estimates = standIn.estimate(batches.chains, outer: batches.outer)
        var mean = batches.gradient.map { _ in 0.0 }
        for (p, estimate) in zip(batches.probabilities, estimates) {
          for i in mean.indices { mean[i] += p * estimate[i] }
        }
        #expect(relativeError(mean, verdict.mean) < 1e-12, "\(problem.name)")
        #expect(
          largestDifference(
            batches.adapted.flatMap(\.self),
            standIn.adapt(batches.chains, from: nil).flatMap(\.self)) < 1e-13)
      }
    }
  }

  @Test func fileNamesHaveNoSpacesAndNoSlashes() async throws {
    for (name, file) in [
      ("two tasks", "two-tasks"), ("bandit, three inner steps", "bandit-three-inner-steps"),
      ("../a/b: cases[0]", "..-a-b-cases-0"), ("/", "problem"),
    ] {
      var problem = try Self.problems.get()[0]
      problem.name = name
      #expect(try await EnumeratedBatches(problem).fileName == "\(file).safetensors")
    }
  }

  @Test func tooManyPairsAreRefused() async throws {
    var plan = ExternalPlan()
    plan.limit = 10
    await #expect(throws: CertificateError.self) {
      _ = try await EnumeratedBatches(Self.problems.get()[2], plan)
    }
  }
}
