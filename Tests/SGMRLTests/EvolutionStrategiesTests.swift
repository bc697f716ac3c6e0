import ChainSupport
import MessagePassing
import RolloutSupport
import Testing

@testable import SGMRL

@Suite struct EvolutionStrategiesTests {
  /// A batch whose adapted return is a known function of its parameters.
  private actor KnownReturns: MetaBatch {
    nonisolated let parameters: MetaParameters
    let returns: @Sendable ([Double]) -> Double

    init(_ parameters: MetaParameters, _ returns: @escaping @Sendable ([Double]) -> Double) {
      (self.parameters, self.returns) = (parameters, returns)
    }

    func meanGradient() async throws -> [Double] { [] }

    func mean(of request: some ChainRequest, share: Double) async throws -> [Double] {
      [returns(parameters.values)]
    }

    func chains(from parameters: MetaParameters, draw: Int) async -> any MetaBatch {
      KnownReturns(parameters, returns)
    }
  }

  private static let layout = ParameterLayout([("a", 1, 3), ("b", 2, 1)])

  private func step(
    _ options: EvolutionStrategiesOptions, _ returns: @escaping @Sendable ([Double]) -> Double
  ) async throws -> [Double] {
    var parameters = MetaParameters(policy: Self.layout, values: [0.3, -1, 2, 0.5, -0.2])
    var step = EvolutionStrategies(options)
    return try await step.step(&parameters, on: KnownReturns(parameters, returns)).gradient
  }

  /// For given directions, the estimate is the mean of the central differences along them.
  @Test func theEstimateIsThatOfItsDirections() async throws {
    var options = EvolutionStrategiesOptions()
    (options.directions, options.deviation) = (4, 0.2)
    let start = [0.3, -1, 2, 0.5, -0.2]
    @Sendable func cubic(_ x: [Double]) -> Double {
      x[0] * x[0] * x[0] - 2 * x[1] * x[2] + x[3] * x[4] * x[4]
    }
    let found = try await step(options, cubic)
    var expected = [Double](repeating: 0, count: 5)
    for index in 0..<4 {
      let direction = EvolutionStrategies(options).direction(index, count: 5)
      let up = zip(start, direction).map { $0 + 0.2 * $1 }
      let down = zip(start, direction).map { $0 - 0.2 * $1 }
      add((cubic(up) - cubic(down)) / 0.4 / 4, direction, to: &expected)
    }
    #expect(relativeError(found, expected) < 1e-13)
    // directions differ from each other and by seed
    let step = EvolutionStrategies(options)
    #expect(step.direction(0, count: 5) != step.direction(1, count: 5))
    options.seed = 2
    #expect(EvolutionStrategies(options).direction(0, count: 5) != step.direction(0, count: 5))
  }

  /// Over many directions the mean is the gradient of the smoothed function; a linear one is its own.
  @Test func theMeanIsTheSmoothedGradient() async throws {
    var options = EvolutionStrategiesOptions()
    (options.directions, options.deviation) = (20_000, 0.5)
    let slopes = [1.0, -2, 0.5, 3, 0]
    let found = try await step(options) { x in
      zip(slopes, x).reduce(0) { $0 + $1.0 * $1.1 } + x[0] * x[0] * x[0]
    }
    // d/dx E (x + σε)³ = 3 (x² + σ²)
    let expected = [1 + 3 * (0.09 + 0.25), -2, 0.5, 3, 0]
    // the deviation of a component's mean is at most |slopes| √2 / √n, about 0.05
    #expect(distance(found, expected) < 0.25, "\(found)")
  }

  private static func trainer(
    threads: Int = 1, communicator: any Communicator = SingleProcess()
  ) -> Trainer {
    var options = EvolutionStrategiesOptions()
    (options.directions, options.decay) = (3, StepSizeDecay(0.01))
    return Trainer(
      policy: TrustRegionStepTests.policy, tasks: NearGoals(),
      settings: NavigationProblem.settings(.firstOrderMAML), taskCount: 3,
      outerStep: EvolutionStrategies(options), seed: 7, threads: threads,
      communicator: communicator)
  }

  @Test func theWorkIsDividedWithoutATrace() async throws {
    @Sendable func train(_ trainer: Trainer, _ count: Int = 3) async throws -> TrainerState {
      for _ in 0..<count { _ = try await trainer.runEpoch() }
      return await trainer.state
    }
    let one = try await train(Self.trainer())
    #expect(one.parameters != (await Self.trainer().state.parameters))
    #expect(try await train(Self.trainer(threads: 2)) == one)
    let states = try await Member.all(2) { try await train(Self.trainer(communicator: $0)) }
    #expect(states == [one, one])
    let resumed = Self.trainer()
    try await resumed.restore(try await train(Self.trainer(), 2))
    #expect(try await train(resumed, 1) == one)
  }

  @Test func otherEstimatorsAreRefused() throws {
    try EvolutionStrategiesOptions().validate(.firstOrderMAML)
    #expect(throws: (any Error).self) { try EvolutionStrategiesOptions().validate(.sgMRL) }
  }
}
