import ChainSupport
import MessagePassing
import RolloutSupport
import Testing

@testable import SGMRL

@Suite struct ProximalSearchTests {
  static func options(
    clip: Double = 0.3, penalty: Double = 0, target: Double = 0, steps: Int = 5
  ) -> ProximalSearchOptions {
    var options = ProximalSearchOptions()
    (options.clip, options.penalty, options.target, options.steps) = (clip, penalty, target, steps)
    return options
  }

  private static func trainer(
    _ options: ProximalSearchOptions, threads: Int = 1, memoryLimit: Int = 0,
    communicator: any Communicator = SingleProcess(), policy: any Policy = policy
  ) -> Trainer {
    var settings = NavigationProblem.settings(.lvc, steps: 2)
    settings.innerStepSize = 0.01
    return Trainer(
      policy: policy, tasks: NearGoals(), settings: settings, taskCount: 3,
      outerStep: ProximalSearch(options), seed: 7, threads: threads, communicator: communicator,
      memoryLimit: memoryLimit)
  }

  private static let policy = TrustRegionStepTests.policy

  private static func moved(_ parameters: [Double], _ step: Double, seed: UInt64 = 1) -> [Double] {
    zip(parameters, normals(parameters.count, seed: seed)).map { $0 + step * $1 }
  }

  /// Before any step, clipping does nothing and the gradient is that of low-variance curvature.
  @Test(arguments: [0, 0.05, 0.3]) func theFirstGradientIsLowVarianceCurvature(
    _ clip: Double
  ) async throws {
    let trainer = Self.trainer(Self.options(clip: clip))
    let batch = await trainer.metaBatch()
    let gradient = try await batch.meanGradient()
    let request = ProximalRequest(
      policy: await trainer.parameters, objective: Self.options(clip: clip).objective,
      penalties: [], penalty: 0)
    let found = try await batch.mean(of: request)
    #expect(found.count == 3 + gradient.count)
    #expect(relativeError(Array(found.suffix(gradient.count)), gradient) < 1e-12)
    // a penalty is flat where the policies are still the old ones
    let penalised = try await batch.mean(
      of: ProximalRequest(
        policy: await trainer.parameters, objective: LikelihoodRatio(), penalties: [3, 5],
        penalty: 0))
    #expect(relativeError(Array(penalised.suffix(gradient.count)), gradient) < 1e-12)
    let record = try await trainer.runEpoch()
    #expect(abs(record.gradientNorm - norm(gradient)) < 1e-12 * norm(gradient))
  }

  /// The gradient of the whole objective, through the inner steps and with both penalties, away from
  /// the old policy.
  @Test(arguments: [0, 0.02, 0.1], [false, true])
  func gradientsAreThoseOfDifferences(_ clip: Double, _ hidesDivergence: Bool) async throws {
    let policy: any Policy =
      hidesDivergence ? Unlike(gaussian: Self.policy) : Self.policy
    let trainer = Self.trainer(Self.options(clip: clip), policy: policy)
    let batch = await trainer.metaBatch()
    let penalties = [0.7, 0.4]
    func numbers(_ point: [Double]) async throws -> [Double] {
      try await batch.mean(
        of: ProximalRequest(
          policy: point, objective: Self.options(clip: clip).objective, penalties: penalties,
          penalty: 0))
    }
    func value(_ point: [Double]) async throws -> Double {
      let found = try await numbers(point)
      return found[0] - penalties[0] * found[1] - penalties[1] * found[2]
    }
    for seed: UInt64 in 1...3 {
      let point = Self.moved(await trainer.parameters, 0.03, seed: seed)
      let direction = normals(point.count, seed: 10 + seed)
      let found = try await numbers(point)
      #expect(found[1] > 1e-4 && found[2] > 1e-4)
      let slope = dot(Array(found.suffix(point.count)), direction)
      var difference = 0.0
      for (place, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
        var other = point
        // short, so that no ratio crosses its clip
        add(place * 1e-6, direction, to: &other)
        difference += weight / 12e-6 * (try await value(other))
      }
      #expect(
        (slope - difference).magnitude < 1e-8 * (1 + slope.magnitude), "\(slope) \(difference)")
    }
  }

  /// The estimate from actions is near the closed form, and it is its mean that agrees.
  @Test func divergencesAreEstimatedFromActions() async throws {
    func divergences(_ policy: any Policy) async throws -> [Double] {
      let trainer = Self.trainer(Self.options(), policy: policy)
      let batch = await trainer.metaBatch()
      let point = Self.moved(await trainer.parameters, 0.03)
      let found = try await batch.mean(
        of: ProximalRequest(
          policy: point, objective: LikelihoodRatio(), penalties: [1, 1], penalty: 0))
      return Array(found[1...2])
    }
    let closed = try await divergences(Self.policy)
    let estimated = try await divergences(Unlike(gaussian: Self.policy))
    for (a, b) in zip(closed, estimated) {
      #expect(a != b && (a - b).magnitude < 0.5 * a, "\(a) \(b)")
    }
  }

  /// Halved below two thirds of the target, doubled above three halves, kept in between.
  @Test(arguments: [(1e9, 0.5), (1e-9, 2), (0, 1)]) func penaltiesFollowTheTarget(
    _ target: Double, _ factor: Double
  ) async throws {
    let trainer = Self.trainer(Self.options(penalty: 0.25, target: target))
    for epoch in 1...2 {
      let record = try await trainer.runEpoch()
      #expect(try #require(record.outerStep["kl"]) > 0)
      let expected = 0.25 * (epoch == 1 ? factor : factor * factor)
      #expect(await trainer.outerStep.state["penalties"] == [expected, expected])
    }
    let divergence = try #require(
      try await Self.trainer(Self.options(penalty: 0.25)).runEpoch()
        .outerStep["kl"])
    let near = Self.trainer(Self.options(penalty: 0.25, target: divergence * 1.05))
    _ = try await near.runEpoch()
    #expect(await near.outerStep.state["penalties"] == [0.25, 0.25])
  }

  @Test func severalStepsGainMoreThanOne() async throws {
    func gain(_ steps: Int) async throws -> Double {
      let record = try await Self.trainer(Self.options(steps: steps)).runEpoch()
      return try #require(record.outerStep["gain"])
    }
    let one = try await gain(1)
    #expect(one > 0)
    #expect(try await gain(5) > 2 * one)
  }

  /// Threads, kept recordings, processes and a resumed run change no bit.
  @Test func theWorkIsDividedWithoutATrace() async throws {
    let options = Self.options(penalty: 5e-4, target: 0.001)
    @Sendable func train(_ trainer: Trainer, _ count: Int = 3) async throws -> TrainerState {
      for _ in 0..<count { _ = try await trainer.runEpoch() }
      return await trainer.state
    }
    let one = try await train(Self.trainer(options))
    #expect(try await train(Self.trainer(options, threads: 3)) == one)
    #expect(try await train(Self.trainer(options, memoryLimit: .max)) == one)
    let states = try await Member.all(2) {
      try await train(Self.trainer(options, communicator: $0))
    }
    #expect(states == [one, one])
    let resumed = Self.trainer(options)
    try await resumed.restore(try await train(Self.trainer(options), 2))
    #expect(try await train(resumed, 1) == one)
  }

  @Test func otherEstimatorsAreRefused() throws {
    try ProximalSearchOptions().validate(.lvc)
    let error = #expect(throws: (any Error).self) {
      try ProximalSearchOptions().validate(.sgMRL)
    }
    #expect("\(try #require(error))".contains("set estimator: lvc"))
  }
}
