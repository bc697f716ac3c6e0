import ChainSupport
import MessagePassing
import RolloutSupport
import Testing

@testable import SGMRL

/// Trust region policy optimization in one file, as a user may write it: the direction that gains most under a
/// bound on the divergence of the adapted policies, by conjugate gradients, and a line search.
private struct TrustRegionStep: OuterStep {
  var greatestDivergence = 0.01
  var iterations = 5
  /// The number of steps that moved the parameters, and the share of the last one.
  private(set) var accepted = 0.0
  private(set) var lastShare = 0.0

  var summary: String { "trust region \(greatestDivergence), \(iterations) iterations" }

  var state: NamedArrays {
    var state = NamedArrays()
    (state["accepted"], state["last-share"]) = ([accepted], [lastShare])
    return state
  }

  mutating func restore(
    _ state: NamedArrays, layout: ParameterLayout
  ) throws(TrainingError) {
    guard let accepted = state["accepted"]?.first, let share = state["last-share"]?.first else {
      throw TrainingError(description: "The state is not that of a trust region step.")
    }
    (self.accepted, lastShare) = (accepted, share)
  }

  mutating func step(
    _ parameters: inout MetaParameters, on batch: some MetaBatch
  ) async throws -> OuterStepReport {
    let gradient = try await batch.meanGradient()
    // conjugate gradients for (H + damping) x = g
    var x = gradient.map { _ in 0.0 }
    var (residual, direction) = (gradient, gradient)
    for _ in 0..<iterations {
      var product = try await batch.divergenceHessianProduct(direction)
      add(1e-5, direction, to: &product)
      let square = dot(residual, residual)
      let size = square / dot(direction, product)
      add(size, direction, to: &x)
      add(-size, product, to: &residual)
      let factor = dot(residual, residual) / square
      direction = zip(residual, direction).map { $0 + factor * $1 }
    }
    let curvature = dot(x, try await batch.divergenceHessianProduct(x))
    let longest = (2 * greatestDivergence / curvature).squareRoot()
    let start = try await batch.surrogate(at: parameters.policy)
    var share = 1.0
    while share > 1e-3 {
      var moved = parameters.policy
      add(share * longest, x, to: &moved)
      let divergence = try await batch.divergence(at: moved).value
      let gain = try await batch.surrogate(at: moved).value - start.value
      if gain > 0 && divergence <= greatestDivergence {
        parameters.policy = moved
        (accepted, lastShare) = (accepted + 1, share)
        return OuterStepReport(
          gradient: gradient, values: ["divergence": divergence, "gain": gain])
      }
      share *= 0.8
    }
    return OuterStepReport(gradient: gradient)
  }
}

@Suite struct TrustRegionStepTests {
  static let policy = GaussianNetworkPolicy(
    observationSize: 2, actionSize: 2, hiddenSizes: [4], activation: .tanh,
    initialLogStandardDeviation: -2)

  static func trainer(
    steps: Int = 2, threads: Int = 1, memoryLimit: Int = 0,
    communicator: any Communicator = SingleProcess(), _ step: any OuterStep = TrustRegionStep()
  ) -> Trainer {
    var settings = NavigationProblem.settings(.maml, steps: steps)
    settings.innerStepSize = 0.01
    return Trainer(
      policy: policy, tasks: NearGoals(), settings: settings, taskCount: 3, outerStep: step,
      seed: 7, threads: threads, communicator: communicator, memoryLimit: memoryLimit)
  }

  private static func moved(_ parameters: [Double], _ step: Double, seed: UInt64 = 1) -> [Double] {
    zip(parameters, normals(parameters.count, seed: seed)).map { $0 + step * $1 }
  }

  @Test(
    arguments: [WeightedLogProbability(), LikelihoodRatio(), ClippedLikelihoodRatio(clip: 0.05)]
      as [any SampleObjective],
    [WeightedLogProbability(), LikelihoodRatio()]
      as [any SampleObjective])
  func gradientsOfSurrogatesAreThoseOfDifferences(
    _ objective: any SampleObjective, _ inner: any SampleObjective
  ) async throws {
    var settings = NavigationProblem.settings(.maml, steps: 2)
    (settings.innerStepSize, settings.innerObjective) = (0.01, inner)
    let trainer = Trainer(
      policy: Self.policy, tasks: NearGoals(), settings: settings, taskCount: 2,
      outerStep: TrustRegionStep(), seed: 7, threads: 2)
    let batch = await trainer.metaBatch()
    let point = Self.moved(await trainer.parameters, 0.03)
    let direction = normals(point.count, seed: 2)
    let found = try await batch.surrogate(at: point, objective)
    #expect(norm(found.gradient) > 1e-3)
    var difference = 0.0
    for (place, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      var other = point
      add(place * 1e-4, direction, to: &other)
      difference += weight / 12e-4 * (try await batch.surrogate(at: other, objective)).value
    }
    let slope = dot(found.gradient, direction)
    #expect((slope - difference).magnitude < 1e-8 * (1 + slope.magnitude), "\(slope) \(difference)")
  }

  /// Where the new policy is the old one, the likelihood ratio's surrogate has MAML's gradient.
  @Test func surrogateStartsWithTheEstimator() async throws {
    let trainer = Self.trainer()
    let batch = await trainer.metaBatch()
    let surrogate = try await batch.surrogate(at: await trainer.parameters)
    #expect(relativeError(surrogate.gradient, try await batch.meanGradient()) < 1e-12)
    let divergence = try await batch.divergence(at: await trainer.parameters)
    #expect(divergence.value.magnitude < 1e-15 && norm(divergence.gradient) < 1e-12)
  }

  @Test func hessianProductsAreDifferencesOfTheDivergencesGradient() async throws {
    let trainer = Self.trainer()
    let batch = await trainer.metaBatch()
    let start = await trainer.parameters
    let direction = normals(start.count, seed: 3)
    let product = try await batch.divergenceHessianProduct(direction)
    var difference = [Double](repeating: 0, count: start.count)
    for (place, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      var other = start
      add(place * 1e-4, direction, to: &other)
      add(weight / 12e-4, try await batch.divergence(at: other).gradient, to: &difference)
    }
    #expect(relativeError(product, difference) < 1e-8)
    // symmetric, and positive along any direction
    let other = normals(start.count, seed: 4)
    let mixed = dot(direction, try await batch.divergenceHessianProduct(other))
    #expect((mixed - dot(other, product)).magnitude < 1e-11 * mixed.magnitude)
    #expect(dot(direction, product) > 0)
  }

  @Test func stepsStayWithinTheBoundAndGain() async throws {
    let trainer = Self.trainer()
    for _ in 0..<4 {
      let record = try await trainer.runEpoch()
      let divergence = try #require(record.outerStep["divergence"])
      #expect(divergence > 0 && divergence <= 0.01)
      #expect(try #require(record.outerStep["gain"]) > 0)
    }
    #expect(await trainer.outerStep.state["accepted"] == [4])
  }

  /// Threads, kept recordings and processes change no bit.
  @Test func theWorkIsDividedWithoutATrace() async throws {
    @Sendable func train(_ trainer: Trainer) async throws -> TrainerState {
      for _ in 0..<2 { _ = try await trainer.runEpoch() }
      return await trainer.state
    }
    let one = try await train(Self.trainer())
    #expect(try await train(Self.trainer(threads: 3)) == one)
    #expect(try await train(Self.trainer(memoryLimit: .max)) == one)
    #expect(try await train(Self.trainer(threads: 2, memoryLimit: 200_000)) == one)
    let states = try await Member.all(2) { try await train(Self.trainer(communicator: $0)) }
    #expect(states == [one, one])
  }

  @Test func stateIsRestoredToTheBit() async throws {
    let whole = Self.trainer()
    for _ in 0..<2 { _ = try await whole.runEpoch() }
    let state = await whole.state
    #expect(state.outerStep["accepted"] == [2])
    let resumed = Self.trainer()
    try await resumed.restore(state)
    for trainer in [whole, resumed] { _ = try await trainer.runEpoch() }
    #expect(await whole.state == resumed.state)
    let error = await #expect(throws: TrainingError.self) {
      try await Self.trainer(TrustRegionStep(iterations: 3)).restore(state)
    }
    #expect(error?.description.contains("5 iterations instead of") == true)
  }

  /// Other chains of the same tasks: with the same random numbers the same, else others.
  @Test func chainsFromOtherParameters() async throws {
    let trainer = Self.trainer()
    let batch = await trainer.metaBatch()
    let own = try await batch.meanGradient()
    let parameters = await trainer.metaParameters
    let same = await batch.chains(from: parameters, draw: 0)
    #expect(try await same.meanGradient() == own)
    let other = await batch.chains(from: parameters, draw: 1)
    #expect(try await other.meanGradient() != own)
    var moved = parameters
    moved.policy = Self.moved(parameters.policy, 0.1)
    let elsewhere = await batch.chains(from: moved, draw: 0)
    #expect(try await elsewhere.meanGradient() != own)
    #expect(elsewhere.parameters == moved)
    // the first chains are still there
    #expect(try await batch.meanGradient() == own)
    #expect(try await batch.divergence(at: parameters.policy).value.magnitude < 1e-15)
  }

  @Test func policiesWithoutDivergenceAreRefused() async throws {
    let trainer = Trainer(
      policy: Unlike(), tasks: NearGoals(), settings: NavigationProblem.settings(.maml),
      taskCount: 2, outerStep: TrustRegionStep(), seed: 7, threads: 1)
    let error = await #expect(throws: TrainingError.self) { try await trainer.runEpoch() }
    #expect(error?.description.contains("divergence(from:)") == true)
    #expect(await trainer.epoch == 0)
  }

  /// A Gaussian that does not say how it differs from another.
  private struct Unlike: Policy {
    let gaussian = TrustRegionStepTests.policy
    var observationSize: Int { gaussian.observationSize }
    var actionSize: Int { gaussian.actionSize }
    var layout: ParameterLayout { gaussian.layout }

    func initialParameters(using stream: inout RandomStream) -> [Double] {
      gaussian.initialParameters(using: &stream)
    }

    func distribution(given observations: Variable) -> any ActionDistribution {
      Silent(gaussian: gaussian.distribution(given: observations))
    }

    struct Silent: ActionDistribution {
      let gaussian: any ActionDistribution

      func logProbability(of actions: Variable) -> Variable {
        gaussian.logProbability(of: actions)
      }

      func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
        gaussian.sample(into: actions, using: stream)
      }
    }
  }
}
