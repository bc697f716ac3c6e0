// More than 300 lines: the step, the requests behind it, and dense matrices to compare them with.

import ChainSupport
import Foundation
import MessagePassing
import RolloutSupport
import Testing

@testable import SGMRL

@Suite struct TrustRegionStepTests {
  static let policy = GaussianNetworkPolicy(
    observationSize: 2, actionSize: 2, hiddenSizes: [4], activation: .tanh,
    initialLogStandardDeviation: -2)

  static func trainer(
    steps: Int = 2, threads: Int = 1, memoryLimit: Int = 0,
    communicator: any Communicator = SingleProcess(), _ step: any OuterStep = TrustRegion(),
    estimator: Estimator = .maml
  ) -> Trainer {
    var settings = NavigationProblem.settings(estimator, steps: steps)
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
      outerStep: TrustRegion(), seed: 7, threads: 2)
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
      let before = await trainer.parameters
      let record = try await trainer.runEpoch()
      let divergence = try #require(record.outerStep["kl"])
      #expect(record.outerStep["accepted"] == 1)
      #expect(divergence > 0 && divergence <= 0.01)
      #expect(try #require(record.outerStep["gain"]) > 0)
      #expect(await trainer.parameters != before)
    }
    #expect(await trainer.outerStep.state["accepted-count"] == [4])
  }

  /// The bound is kept, and the work done, with a part of the curvature and with all policies too.
  @Test(arguments: [(0.4, DivergenceScope.adapted), (1, .all), (0.4, .all)])
  func partsOfTheCurvature(_ share: Double, _ scope: DivergenceScope) async throws {
    var options = TrustRegionOptions()
    (options.curvatureShare, options.scope, options.damping) = (share, scope, 0.1)
    let trainer = Self.trainer(TrustRegion(options))
    let batch = await trainer.metaBatch()
    let start = await trainer.parameters
    let record = try await trainer.runEpoch()
    #expect(record.outerStep["accepted"] == 1)
    let found = try await batch.values(at: await trainer.parameters, LikelihoodRatio(), scope)
    #expect(found.divergence == record.outerStep["kl"] && found.divergence <= 0.01)
    let whole = try await batch.divergence(at: await trainer.parameters, scope)
    #expect((whole.value - found.divergence).magnitude < 1e-14)
    #expect(await trainer.parameters != start)
  }

  /// A bound that no step of the line search keeps leaves the parameters alone.
  @Test func stepsThatAreRefusedMoveNothing() async throws {
    var options = TrustRegionOptions()
    (options.maxDivergence, options.backtracks, options.damping) = (1e-3, 1, 0)
    // the curvature of one chain, at a third of which the others bend more
    (options.curvatureShare, options.iterations) = (0.1, 1)
    let trainer = Self.trainer(TrustRegion(options))
    var accepted = 0
    for _ in 0..<6 {
      let before = await trainer.parameters
      let record = try await trainer.runEpoch()
      let isAccepted = record.outerStep["accepted"] == 1
      accepted += isAccepted ? 1 : 0
      #expect((await trainer.parameters == before) == !isAccepted)
      #expect((record.outerStep["kl"] == 0) == !isAccepted)
    }
    #expect(accepted < 6)
    #expect(await trainer.outerStep.state["accepted-count"] == [Double(accepted)])
  }

  /// For short steps, the objective of the line search grows along the estimator's own gradient.
  @Test(arguments: Estimator.presets.map(\.name))
  func theLineSearchFollowsTheEstimator(_ name: String) async throws {
    var options = TrustRegionOptions()
    options.maxDivergence = 1e-11
    let estimator = try #require(Estimator.preset(name))
    let trainer = Self.trainer(TrustRegion(options), estimator: estimator)
    let gradient = try await trainer.metaBatch().meanGradient()
    let before = await trainer.parameters
    let record = try await trainer.runEpoch()
    var move = await trainer.parameters
    add(-1, before, to: &move)
    let expected = dot(gradient, move)
    let gain = try #require(record.outerStep["gain"])
    #expect(record.outerStep["accepted"] == 1)
    #expect((gain - expected).magnitude < 1e-3 * expected, "\(gain) \(expected)")
  }

  /// The Hessian product and the step against dense matrices multiplied as the formula says.
  @Test(arguments: [DivergenceScope.adapted, .all])
  func denseMatrices(_ scope: DivergenceScope) async throws {
    var options = TrustRegionOptions()
    (options.scope, options.iterations, options.maxDivergence) = (scope, 300, 1e-5)
    options.damping = 1e-3
    let trainer = Self.trainer(TrustRegion(options))
    let batch = await trainer.metaBatch()
    let count = Self.policy.layout.count
    let (dense, reversed) = (
      try await batch.mean(of: DenseHessian(scope: scope)),
      try await batch.mean(of: DenseHessian(scope: scope, reversesOrder: true))
    )
    let vector = normals(count, seed: 5)
    func times(_ matrix: [Double]) -> [Double] {
      (0..<count).map { i in dot(Array(matrix[i * count..<(i + 1) * count]), vector) }
    }
    let product = try await batch.divergenceHessianProduct(vector, scope)
    #expect(relativeError(product, times(dense)) < 1e-10)
    // the order of the inner steps matters
    #expect(relativeError(product, times(reversed)) > 1e-4)

    let gradient = try await batch.meanGradient()
    var damped = Matrix(rows: count, columns: count, elements: dense)
    for i in 0..<count { damped[i, i] += 1e-3 }
    var solution = Matrix(rows: count, columns: 1, elements: gradient)
    let isPositive = damped.withMutableView { a in
      solution.withMutableView { solvePositiveDefinite(a, inPlace: $0) }
    }
    #expect(isPositive)
    let length = (2 * options.maxDivergence / dot(solution.elements, gradient)).squareRoot()
    var move = await trainer.parameters
    let record = try await trainer.runEpoch()
    move = zip(await trainer.parameters, move).map { $0 - $1 }
    let share = try #require(record.outerStep["step_share"])
    #expect(
      share >= 0.8
        && distance(move, solution.elements.map { share * length * $0 }) < 1e-8 * norm(move))
  }

  /// `Σ_t Jᵀ F_t J` from the columns of each factor, row by row.
  private struct DenseHessian: ChainRequest {
    let scope: DivergenceScope
    var reversesOrder = false

    func numbers(of chain: Chain) -> [Double] {
      let count = chain.policy.layout.count
      let hessians = chain.steps.map { step in
        var result = Matrix.identity(count)
        for j in 0..<count {
          var unit = [Double](repeating: 0, count: count)
          unit[j] = 1
          let column = step.secondOrder(direction: unit) { _, _, target in
            target.update(repeating: 0)
          }
          for i in 0..<count { result[i, j] += chain.settings.innerStepSize * column[i] }
        }
        return result
      }
      var sum = Matrix(rows: count, columns: count)
      for place in scope == .all ? 0...hessians.count : hessians.count...hessians.count {
        let factors = reversesOrder ? hessians[..<place].reversed() : Array(hessians[..<place])
        let jacobian = factors.reduce(Matrix.identity(count)) { $1 * $0 }
        let step = place < hessians.count ? chain.steps[place] : chain.outer
        guard let step else { continue }
        let part = jacobian.transposed * fisher(step, chain.policy) * jacobian
        for i in sum.elements.indices { sum.elements[i] += part.elements[i] }
      }
      return sum.elements
    }

    /// `(1/N) Σ_n (∂μ/∂θ)ᵀ diag(e^-2s) ∂μ/∂θ`, and 2 for each log deviation.
    private func fisher(_ step: RecordedBatch, _ policy: any Policy) -> Matrix {
      let count = policy.layout.count
      let tape = Tape(Parameters(policy.layout))
      tape.parameters.value = step.parameters
      let distribution = policy.distribution(given: tape.constant(step.batch.observations))
      guard let gaussian = distribution as? DiagonalGaussianDistribution else { return Matrix([]) }
      let slopes = (0..<count).map { j in
        var unit = [Double](repeating: 0, count: count)
        unit[j] = 1
        tape.parameters.tangent = unit
        tape.tangent()
        return (
          gaussian.mean.tangentView?.elements ?? [],
          gaussian.logStandardDeviation.tangentView?.elements ?? []
        )
      }
      let deviations = gaussian.logStandardDeviation.view.elements
      let (rows, columns) = (step.batch.sampleCount, deviations.count)
      var result = Matrix(rows: count, columns: count)
      for i in 0..<count {
        for j in 0..<count {
          var sum = 0.0
          for n in 0..<rows {
            for k in 0..<columns {
              let place = n * columns + k
              sum += slopes[i].0[place] * slopes[j].0[place] * exp(-2 * deviations[k])
            }
          }
          result[i, j] = sum / Double(rows) + 2 * dot(slopes[i].1, slopes[j].1)
        }
      }
      return result
    }
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
    #expect(state.outerStep["accepted-count"] == [2])
    let resumed = Self.trainer()
    try await resumed.restore(state)
    for trainer in [whole, resumed] { _ = try await trainer.runEpoch() }
    #expect(await whole.state == resumed.state)
    let error = await #expect(throws: TrainingError.self) {
      var options = TrustRegionOptions()
      options.iterations = 3
      try await Self.trainer(TrustRegion(options)).restore(state)
    }
    #expect(error?.description.contains("10 iterations") == true)
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
      policy: Unlike(gaussian: Self.policy), tasks: NearGoals(),
      settings: NavigationProblem.settings(.maml),
      taskCount: 2, outerStep: TrustRegion(), seed: 7, threads: 1)
    let error = await #expect(throws: TrainingError.self) { try await trainer.runEpoch() }
    #expect(error?.description.contains("divergence(from:)") == true)
    #expect(await trainer.epoch == 0)
  }
}

/// A Gaussian policy whose distributions do not say how they differ from others.
struct Unlike: Policy {
  let gaussian: GaussianNetworkPolicy
  var observationSize: Int { gaussian.observationSize }
  var actionSize: Int { gaussian.actionSize }
  var layout: ParameterLayout { gaussian.layout }

  func initialParameters(using stream: inout RandomStream) -> [Double] {
    gaussian.initialParameters(using: &stream)
  }

  func distribution(given observations: Variable) -> any ActionDistribution {
    Silent(gaussian: gaussian.distribution(given: observations))
  }

  private struct Silent: ActionDistribution {
    let gaussian: any ActionDistribution

    func logProbability(of actions: Variable) -> Variable { gaussian.logProbability(of: actions) }

    func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
      gaussian.sample(into: actions, using: stream)
    }
  }
}
