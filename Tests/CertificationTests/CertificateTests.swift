import Certification
import Foundation
import Testing

/// A file of problems with values that an independent program computed.
enum Golden {
  static let cases: [CertificateFile.Case] = {
    guard
      let url = Bundle.module.url(
        forResource: "certificates", withExtension: "json", subdirectory: "Fixtures"),
      let file = try? CertificateFile(contentsOf: url)
    else { preconditionFailure("The golden certificates cannot be read.") }
    return file.cases
  }()
}

@Suite struct CertificateTests {
  @Test(arguments: Golden.cases.indices) func everyValueOfTheFile(index: Int) async throws {
    let item = Golden.cases[index]
    let certificate = try await Certificate(item.problem, threads: 2)
    #expect(certificate.passes)
    #expect(certificate.probabilityError < 1e-12)
    #expect(certificate.innerStepError < 1e-13)
    #expect(certificate.gradientDisagreement < 1e-11)
    let comparison = FileComparison(item, certificate)
    #expect(comparison.values.count == 12)
    #expect(comparison.passes, "\(comparison.largestError)")
    for name in Estimator.presets.map(\.name) where name.hasPrefix("sg-mrl") {
      if name == "sg-mrl-equation-9" { continue }
      let verdict = try #require(certificate[name])
      #expect(verdict.estimator.isDeclaredUnbiased && verdict.isUnbiased, "\(verdict.error)")
    }
    let literal = try #require(certificate["sg-mrl-equation-9"])
    #expect(!literal.isUnbiased && literal.passes && literal.error > 1e-3)
  }

  @Test func everyBitIsTheSameForAnyNumberOfThreads() async throws {
    let problem = try random(innerSteps: 2, batch: 2, tasks: 2, horizon: 0)
    let one = try await Certificate(problem, threads: 1)
    for threads in [2, 3] {
      let other = try await Certificate(problem, threads: threads)
      #expect(other.gradient == one.gradient && other.objective == one.objective)
      #expect(other.differences == one.differences)
      #expect(other.verdicts.map(\.mean) == one.verdicts.map(\.mean))
    }
  }

  @Test(arguments: [0, 1, 2, 3]) func unbiasedForAnyNumberOfSteps(innerSteps: Int) async throws {
    let problem = try random(innerSteps: innerSteps, batch: 2, tasks: 2, horizon: 0)
    let certificate = try await Certificate(problem)
    #expect(certificate.passes)
    #expect(try #require(certificate["sg-mrl"]).error < 1e-14)
    #expect(try #require(certificate["maml"]).isUnbiased == (innerSteps == 0))
  }

  @Test func severalTasksAreTheirMean() async throws {
    let problem = try random(innerSteps: 1, batch: 1, tasks: 2, horizon: 1)
    let both = try await Certificate(weighted(problem, problem.processes, [0.25, 0.75]))
    let parts = try await [
      Certificate(weighted(problem, [problem.processes[0]], [1])),
      Certificate(weighted(problem, [problem.processes[1]], [1])),
    ]
    let mean = zip(parts[0].gradient, parts[1].gradient).map { 0.25 * $0 + 0.75 * $1 }
    #expect(relativeError(both.gradient, mean) < 1e-15)
    #expect(both.passes)
  }

  /// Merging orders, averaging the outer batch in closed form, and using the tables are three short
  /// cuts; without any of them the means are the same.
  @Test(arguments: [
    "sg-mrl", "sg-mrl-own-batch", "sg-mrl-leave-one-out", "sg-mrl-running-baseline",
    "sg-mrl-control-variate", "maml", "lvc", "first-order-sg-mrl",
  ])
  func shortCutsChangeNothing(name: String) async throws {
    let estimator = try #require(Estimator.preset(name))
    for (horizon, normalized) in [(0, false), (1, false), (0, true)] {
      var problem = try random(innerSteps: 1, batch: 2, tasks: 1, horizon: horizon)
      problem.settings.outerEpisodes = 2
      problem.settings.outer.isNormalized = normalized
      problem.settings.scoreCoefficient = normalized ? .meanSignal : .meanReturn
      let short = try await Certificate(problem, estimators: [estimator])
      let knowledge = try BaselineKnowledge(of: estimator, problem)
      let long = try await problem.fullMean(of: estimator, knowledge: knowledge, threads: 2)
      #expect(relativeError(short.verdicts[0].mean, long) < 1e-12)
      problem.mergesOrders = false
      let ordered = try await Certificate(problem, estimators: [estimator])
      #expect(ordered.size.batches == ordered.size.orderedBatches)
      #expect(relativeError(short.verdicts[0].mean, ordered.verdicts[0].mean) < 1e-12)
      #expect(relativeError(ordered.gradient, short.gradient) < 1e-12)
    }
  }

  /// Inner steps with normalised signals, as the published code takes them.
  @Test func weightsThatDependOnTheDataAreCertified() async throws {
    for innerSteps in [1, 2] {
      var problem = try random(innerSteps: innerSteps, batch: 2, tasks: 1, horizon: 0)
      let plain = try await Certificate(problem)
      for signal in Surrogate.Signal.allCases {
        problem.settings.inner = Surrogate(
          signal: signal, gaeDecay: 0.997, isNormalized: true, average: .samples)
        let certificate = try await Certificate(problem)
        #expect(certificate.passes)
        #expect(relativeError(certificate.gradient, plain.gradient) > 1e-3)
        #expect(try #require(certificate["sg-mrl"]).isUnbiased)
        #expect(!(try #require(certificate["maml"]).isUnbiased))
      }
    }
  }

  /// One state, `r = (0, 1)`, a sigmoid policy at 0, `α = 1`: `J = σ(θ)`, so the mean step is 1/4,
  /// `V̂ = σ(1/4)`, and `V̂' = σ'(1/4) (1 + σ''(0)) = σ'(1/4)`. By hand `V' = 0.243741`.
  @Test func theOtherObjectiveOfOneState() async throws {
    let process = try TabularMDP(initial: [1], transition: [[[1], [1]]], reward: [[0, 1]])
    let policy = SoftmaxPolicy(observationSize: 1, actionCount: 2, featureCount: 1) { action, _ in
      [Double(action)]
    }
    let certificate = try await Certificate(
      CertificateProblem(
        processes: [process], horizon: 0, policy: policy, parameters: [0],
        settings: MetaSettings(innerStepSize: 1, innerEpisodes: 1, discount: 1)))
    let p = 1 / (1 + exp(-0.25))
    #expect((certificate.meanStepObjective - p).magnitude < 1e-15)
    #expect((certificate.meanStepGradient[0] - p * (1 - p)).magnitude < 1e-15)
    #expect((certificate.gradient[0] - 0.243741).magnitude < 5e-7)
    let literal = try #require(certificate["sg-mrl-equation-9"])
    #expect((literal.mean[0] - 0.273117).magnitude < 5e-7)
  }

  /// The gradient of the other objective against differences of its own values.
  @Test(arguments: [1, 2]) func theOtherGradient(innerSteps: Int) async throws {
    let problem = try random(innerSteps: innerSteps, batch: 1, tasks: 2, horizon: 1)
    let gradient = try await Certificate(problem, estimators: []).meanStepGradient
    let h = 1e-4
    for i in gradient.indices {
      var values: [Double] = []
      for sign in [-1.0, 1] {
        var moved = problem.parameters
        moved[i] += sign * h
        let other = try CertificateProblem(
          processes: problem.processes, horizon: problem.horizon, parameters: moved,
          settings: problem.settings)
        values.append(try await Certificate(other, estimators: []).meanStepObjective)
      }
      #expect(((values[1] - values[0]) / (2 * h) - gradient[i]).magnitude < 1e-8)
    }
  }

  @Test func networksOverFeaturesOfTheStatesAreCertified() async throws {
    let problem = try random(innerSteps: 1, batch: 2, tasks: 1, horizon: 0)
    let policy = CategoricalNetworkPolicy(
      observationSize: 3, actionCount: 2, hiddenSizes: [4], activation: .tanh)
    var stream = RandomStream(seed: 5, purpose: .initialParameters)
    let network = try CertificateProblem(
      processes: problem.processes, horizon: 0, policy: policy,
      parameters: policy.initialParameters(using: &stream),
      observations: Matrix(rows: 2, columns: 3, elements: stream.normals(6)),
      settings: problem.settings)
    let certificate = try await Certificate(network)
    #expect(certificate.passes)
    #expect(try #require(certificate["sg-mrl"]).error < 1e-13)
  }

  @Test func whatIsTooLargeIsRefusedWithAnEstimate() async throws {
    let problem = try CertificateProblem.random(
      seed: 1, sizes: .init(states: 5, actions: 3, horizon: 10),
      settings: MetaSettings(innerEpisodes: 20))
    let error = await #expect(throws: CertificateError.self) {
      _ = try await Certificate(problem)
    }
    let text = try #require(error).description
    #expect(text.contains("chains") && text.contains("days") && text.contains("limit"))
    await #expect(throws: CertificateError.self) {
      _ = try await problem.fullMean(of: .sgMRL)
    }
  }

  /// What the size says beforehand is what the enumeration then visits.
  @Test func countsAreTrue() throws {
    let problem = try random(innerSteps: 2, batch: 2, tasks: 1, horizon: 1)
    let size = EnumerationSize(problem)
    #expect(size.trajectories == 16 && size.batches == 136 && size.orderedBatches == 256)
    #expect(size.chains == 136 * 136 && size.orderedChains == 65536 && size.outerBatches == 0)
    // a transition that never happens takes its trajectories away
    let process = try TabularMDP(
      initial: [1, 0], transition: [[[1, 0], [0, 1]], [[0, 1], [0, 1]]], reward: [[0, 1], [1, 0]])
    let sparse = try CertificateProblem(
      processes: [process], horizon: 1, parameters: [0, 0, 0, 0], settings: problem.settings)
    #expect(EnumerationSize(sparse).trajectories == 4)
  }

  private func random(
    innerSteps: Int, batch: Int, tasks: Int, horizon: Int
  ) throws -> CertificateProblem {
    try CertificateProblem.random(
      seed: 3, sizes: .init(horizon: horizon, tasks: tasks),
      settings: MetaSettings(
        innerSteps: innerSteps, innerStepSize: 0.6, innerEpisodes: batch, outerEpisodes: 1))
  }

  private func weighted(
    _ problem: CertificateProblem, _ processes: [TabularMDP], _ probabilities: [Double]
  ) throws -> CertificateProblem {
    try CertificateProblem(
      processes: processes, probabilities: probabilities, horizon: problem.horizon,
      parameters: problem.parameters, settings: problem.settings)
  }
}
