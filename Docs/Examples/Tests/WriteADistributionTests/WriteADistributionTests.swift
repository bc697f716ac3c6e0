import Foundation
import MetaTape
import Testing

@testable import WriteADistribution

/// The mixture with parameters of its own. Its components differ in position and deviation, along
/// an axis and across it.
struct UnequalMixture: Policy {
  let observationSize = 2, actionSize = 2
  let layout = ParameterLayout([
    ("logits", 1, 3), ("means", 3, 2), ("logStandardDeviations", 3, 2),
  ])

  func initialParameters(using stream: inout RandomStream) -> [Double] {
    layout.vector(of: [
      "logits": Matrix([[0, 0.5, -0.3]]),
      "means": Matrix([[-0.5, -0.4], [0.4, 0.5], [0.6, -0.5]]),
      "logStandardDeviations": Matrix([[-1.5, -1], [-1, -1.7], [-2, -2]]),
    ])
  }

  func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let (means, deviations) = (tape.parameter("means"), tape.parameter("logStandardDeviations"))
    return GaussianMixture(
      logits: tape.parameter("logits"),
      means: (0..<3).map { means.rows($0..<$0 + 1) + 0 * observations },
      logStandardDeviations: (0..<3).map { deviations.rows($0..<$0 + 1) })
  }
}

/// A sampler that draws a component per coordinate: right along each axis, wrong in the plane.
struct IndependentCoordinates: Policy {
  let base = UnequalMixture()
  var observationSize: Int { base.observationSize }
  var actionSize: Int { base.actionSize }
  var layout: ParameterLayout { base.layout }

  func initialParameters(using stream: inout RandomStream) -> [Double] {
    base.initialParameters(using: &stream)
  }

  func distribution(given observations: Variable) -> any ActionDistribution {
    Distribution(base: base.distribution(given: observations))
  }

  struct Distribution: ActionDistribution {
    let base: any ActionDistribution

    func logProbability(of actions: Variable) -> Variable { base.logProbability(of: actions) }

    func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream) {
      base.sample(into: actions, using: stream)
      // the second coordinate of another action of the same distribution
      let first = actions[0, 1]
      for i in 0..<actions.rows - 1 { actions[i, 1] = actions[i + 1, 1] }
      actions[actions.rows - 1, 1] = first
    }
  }
}

@Suite struct WriteADistributionTests {
  private func start(_ policy: some Policy) -> [Double] {
    var stream = RandomStream(seed: 1, purpose: .initialParameters)
    return policy.initialParameters(using: &stream)
  }

  // snippet: mixture test
  /// 20,000 actions of seed 1, a false alarm once in a million.
  @Test func mixtureDrawsWhatItsDensitySays() {
    let policy = UnequalMixture()
    let fit = GoodnessOfFit(
      of: policy, against: policy, at: start(policy), observation: [0, 0], bound: 2, seed: 1)
    #expect((fit.mass - 1).magnitude < 1e-3)
    #expect(fit.chiSquare < fit.criticalValue, "\(fit)")
  }
  // end snippet

  /// The same with a sampler that is right in each coordinate but not jointly.
  @Test func aMixtureWithIndependentCoordinatesIsFoundOut() {
    let policy = UnequalMixture()
    let fit = GoodnessOfFit(
      of: IndependentCoordinates(), against: policy, at: start(policy), observation: [0, 0],
      bound: 2, seed: 1)
    #expect(fit.chiSquare > fit.criticalValue, "\(fit)")
  }

  /// 20,000 actions of seed 1, a false alarm once in a million; off centre, so signs matter.
  @Test func squashedGaussianDrawsWhatItsDensitySays() {
    let policy = SquashedPolicy()
    let parameters = [0.5, -0.3, 0, -0.7, -0.4]
    let fit = GoodnessOfFit(
      of: policy, against: policy, at: parameters, observation: [0, 0], bound: 1, seed: 1)
    #expect((fit.mass - 1).magnitude < 1e-3)
    #expect(fit.chiSquare < fit.criticalValue, "\(fit)")
    // a deviation that is 5 % off would be detected
    var wrong = parameters
    wrong[3] += 0.05
    let misfit = GoodnessOfFit(
      of: OtherParameters(policy, wrong), against: policy, at: parameters, observation: [0, 0],
      bound: 1, seed: 1)
    #expect(misfit.chiSquare > misfit.criticalValue, "\(misfit)")
  }

  // snippet: edge test
  /// Computed from `u` alone, the density is exact to rounding:
  /// `log N(u) - Σ 2 (log 2 - u - softplus(-2u))`.
  @Test func squashedDensityIsExactUpToTheEdges() {
    let policy = SquashedPolicy()
    let parameters = [0.2, -0.1, 0, 0.5, 0.5]
    func logDensity(_ a: [Double]) -> Double {
      DifferentiableFunction(policy.layout) { tape in
        policy.distribution(given: tape.constant(Matrix([[0, 0]])))
          .logProbability(of: tape.constant(Matrix([a])))
      }.value(at: parameters)[0, 0]
    }
    for u in [0.0, 0.3, -2, 5, -10, 12] {
      let deviation = exp(0.5)
      let expected = [0.2, -0.1].reduce(0.0) { sum, mean in
        let z = (u - mean) / deviation
        let correction = 2 * (log(2) - abs(u) - log1p(exp(-2 * abs(u))))
        return sum - 0.5 * z * z - 0.5 - 0.5 * log(2 * Double.pi) - correction
      }
      // an action determines u to half a unit in its last place: 2⁻⁵³ (1 - a²)⁻¹
      let rounding = 1e-16 * cosh(u) * cosh(u) * (1 + abs(u))
      #expect((logDensity([tanh(u), tanh(u)]) - expected).magnitude < 1e-12 + 4 * rounding)
    }
    // actions that tanh rounds to ±1, and those of other samplers
    #expect(logDensity([1, -1]).isFinite)
    let edge = 1.0.nextDown
    #expect(logDensity([1, -1]) == logDensity([edge, -edge]))
  }
  // end snippet

  @Test func drawnActionsStayOffTheEdges() {
    let policy = SquashedPolicy()
    let parameters = Parameters(policy.layout)
    parameters.value = [40, -40, 0, 0, 0]
    var actions = Matrix(rows: 8, columns: 2)
    Matrix(rows: 8, columns: 2).withView { here in
      actions.withMutableView { actions in
        ActionSampler(policy, parameters).sample(here, into: actions) {
          RandomStream(seed: 1, purpose: .actions, at: StreamPlace(episode: $0))
        }
      }
    }
    #expect(actions.elements.allSatisfy { $0.magnitude == 1.0.nextDown })
  }

  // snippet: derivative test
  /// The four sweeps of both log-densities, at the actions of ten observations.
  @Test(arguments: [MixturePolicy(), SquashedPolicy()] as [any Policy])
  func logProbabilityIsDifferentiatedTwice(policy: any Policy) {
    var stream = RandomStream(seed: 1, purpose: .other)
    let observations = Matrix(rows: 10, columns: 2, elements: stream.normals(20))
    let actions = Matrix(rows: 10, columns: 2, elements: stream.normals(20).map { tanh($0) })
    let function = DifferentiableFunction(policy.layout) { tape in
      policy.distribution(given: tape.constant(observations))
        .logProbability(of: tape.constant(actions))
    }
    let count = policy.layout.count
    let check = function.check(
      at: stream.normals(count).map { 0.5 * $0 }, direction: stream.normals(count),
      other: stream.normals(count))
    #expect(check.passes(), "\(check)")
  }
  // end snippet

  @Test func trainingTeachesBothToAdapt() async throws {
    let mixture = try await train(MixturePolicy(), actionScale: 1, epochs: 40)
    let mixtureBounds = try #require(mixture.gain(after: 1).interval95)
    #expect(mixtureBounds.lowerBound > 0, "\(mixture.gain(after: 1))")
    let squashed = try await train(SquashedPolicy(), actionScale: 0.1, epochs: 40)
    let squashedBounds = try #require(squashed.gain(after: 1).interval95)
    #expect(squashedBounds.lowerBound > 0, "\(squashed.gain(after: 1))")
  }
}

/// A policy that acts with parameters other than those it is given.
struct OtherParameters<Base: Policy>: Policy {
  let base: Base
  let values: [Double]

  init(_ base: Base, _ values: [Double]) { (self.base, self.values) = (base, values) }

  var observationSize: Int { base.observationSize }
  var actionSize: Int { base.actionSize }
  var layout: ParameterLayout { base.layout }

  func initialParameters(using stream: inout RandomStream) -> [Double] { values }

  func distribution(given observations: Variable) -> any ActionDistribution {
    let parameters = Parameters(layout)
    parameters.value = values
    let tape = Tape(parameters, isRecording: false)
    return base.distribution(given: tape.constant(observations.value))
  }
}
