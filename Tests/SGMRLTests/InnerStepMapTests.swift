import ChainSupport
import Foundation
import RolloutSupport
import Testing

@testable import SGMRL

/// Learned step sizes and steps of some blocks alone, certified by enumeration: the mean of the estimates
/// against differences of the exact objective.
@Suite struct InnerStepMapTests {
  /// What adapts, and how.
  struct Case: CustomTestStringConvertible {
    let learning: StepSizeLearning
    let blocks: [String]
    var testDescription: String { "\(learning.rawValue), \(blocks)" }
  }
  static let cases = [
    Case(learning: .one, blocks: []), Case(learning: .perBlock, blocks: []),
    Case(learning: .perParameter, blocks: []), Case(learning: .no, blocks: ["weight1", "bias1"]),
    Case(learning: .one, blocks: ["weight1", "bias1"]),
    Case(learning: .perBlock, blocks: ["weight0"]),
    Case(learning: .perParameter, blocks: ["weight0", "bias1"]),
  ]

  static let network = CategoricalNetworkPolicy(
    observationSize: 2, actionCount: 2, hiddenSizes: [2], activation: .tanh)
  static let process: Enumeration = {
    let text = """
      {"states": 2, "actions": 2, "horizon": 1, "batch": 1, "innerSteps": 2, "stepSize": 0.4,
       "discount": 0.9, "initial": [0.6, 0.4],
       "transition": [[[0.7, 0.3], [0.2, 0.8]], [[0.5, 0.5], [0.1, 0.9]]],
       "reward": [[1.0, -0.5], [0.3, 2.0]], "parameters": [], "objective": 0, "gradient": [],
       "gradientError": 0, "estimatorMeans": {}}
      """
    guard let found = try? JSONDecoder().decode(Certificate.self, from: Data(text.utf8)) else {
      preconditionFailure("The process is not readable.")
    }
    return Enumeration(found)
  }()

  private func policy(_ example: Case) -> any Policy {
    example.learning == .no
      ? Self.network : LearnedStepSizes(Self.network, example.learning, initialSize: 0.4)
  }

  private func walk(_ example: Case, _ estimator: Estimator, steps: Int) -> ChainWalk {
    var settings = MetaSettings(
      innerSteps: steps, innerStepSize: 0.4, innerEpisodes: 1, outerEpisodes: 1, discount: 0.9,
      estimator: estimator)
    settings.adaptedBlocks = example.blocks
    return ChainWalk(policy(example), settings: settings)
  }

  /// Parameters at which all sizes differ.
  private func start(_ example: Case) -> [Double] {
    let sizes = policy(example).layout.count - Self.network.layout.count
    return normals(Self.network.layout.count, seed: 4)
      + (0..<sizes).map { 0.3 + 0.05 * Double($0) }
  }

  /// `p(τ; θ)`, `J` and `∇J` at parameters of a chain.
  private func exact(
    _ chain: Chain, _ parameters: [Double]
  ) -> (probabilities: [Double], value: Double, gradient: [Double]) {
    let process = Self.process
    let all = process.batch(Array(process.trajectories.indices))
    let logarithms = chain.logProbabilities(of: all, at: parameters)
    let probabilities = process.trajectories.indices.map { index in
      process.trajectories[index].dynamics
        * exp(all.rows(ofEpisode: index).reduce(0) { $0 + logarithms[$1] })
    }
    var (value, weights) = (0.0, [Double]())
    for (p, trajectory) in zip(probabilities, process.trajectories) {
      value += p * trajectory.returns[0]
      weights += trajectory.states.map { _ in p * trajectory.returns[0] }
    }
    let likelihood = LogLikelihood(chain.policy)
    likelihood.parameters.value = parameters
    let gradient = all.observations.withView { x in
      all.actions.withView {
        likelihood.recordGradient(
          x, $0, blocks: [EpisodeBlock(rows: 0..<all.sampleCount, episodes: 0..<all.episodeCount)],
          weights: weights)
      }
    }
    return (probabilities, value, gradient)
  }

  /// The exact objective, and the mean of the estimates with an exact outer gradient.
  private func mean(
    _ example: Case, _ estimator: Estimator, steps: Int, at start: [Double], estimates: Bool = true
  ) -> (objective: Double, estimate: [Double]) {
    mean(walk(example, estimator, steps: steps), steps: steps, at: start, estimates: estimates)
  }

  private func mean(
    _ walk: ChainWalk, steps: Int, at start: [Double], estimates: Bool = true
  ) -> (objective: Double, estimate: [Double]) {
    var (objective, estimate) = (0.0, start.map { _ in 0.0 })
    walk.begin(at: start)
    func visit(_ step: Int, _ probability: Double) {
      let here = exact(walk.chain(), walk.adapted)
      guard step < steps else {
        objective += probability * here.value
        if estimates {
          var v = here.gradient
          walk.propagate(&v, coefficient: here.value)
          add(probability, v, to: &estimate)
        }
        return
      }
      for (index, p) in here.probabilities.enumerated() {
        walk.takeInnerStep(Self.process.batch([index]))
        visit(step + 1, probability * p)
        walk.rewind(to: step)
      }
    }
    visit(0, 1)
    return (objective, estimate)
  }

  private func differences(_ example: Case, steps: Int, at start: [Double]) -> [Double] {
    start.indices.map { place in
      var sum = 0.0
      for (shift, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
        var other = start
        other[place] += shift * 1e-3
        sum +=
          weight / 12e-3
          * mean(example, .maml, steps: steps, at: other, estimates: false).objective
      }
      return sum
    }
  }

  /// SG-MRL is unbiased for parameters and sizes, with one step and with two.
  @Test(arguments: cases, [1, 2]) func meansAreGradients(_ example: Case, _ steps: Int) {
    let start = start(example)
    let found = mean(example, .sgMRL, steps: steps, at: start).estimate
    let expected = differences(example, steps: steps, at: start)
    #expect(relativeError(found, expected) < 1e-10, "\(relativeError(found, expected))")
    let sizes = Self.network.layout.count..<start.count
    if example.learning == .no { return }
    #expect(norm(Array(found[sizes])) > 1e-3)
    // without the score the sizes of one step are right as well, those of two are not
    let maml = mean(example, .maml, steps: steps, at: start).estimate
    let error = relativeError(Array(maml[sizes]), Array(expected[sizes]))
    #expect(steps == 1 ? error < 1e-10 : error > 1e-4, "\(error)")
  }

  /// With a context that starts at zero, the other parameters' gradient is exact, and the context's is
  /// dropped.
  @Test(arguments: [1, 2], [[ContextPolicy.blockName], []])
  func contexts(_ steps: Int, _ blocks: [String]) {
    let wide = CategoricalNetworkPolicy(
      observationSize: 4, actionCount: 2, hiddenSizes: [2], activation: .tanh)
    let policy = ContextPolicy(wide, contextSize: 2)
    #expect(policy.observationSize == 2)
    let count = wide.layout.count
    let start = normals(count, seed: 4) + [0, 0]
    func walk(_ estimator: Estimator) -> ChainWalk {
      var settings = MetaSettings(
        innerSteps: steps, innerStepSize: 0.4, innerEpisodes: 1, outerEpisodes: 1, discount: 0.9,
        estimator: estimator)
      settings.adaptedBlocks = blocks
      return ChainWalk(policy, settings: settings)
    }
    let found = mean(walk(.sgMRL), steps: steps, at: start).estimate
    #expect(found[count...].allSatisfy { $0 == 0 })
    let expected = (0..<count).map { place in
      var sum = 0.0
      for (shift, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
        var other = start
        other[place] += shift * 1e-3
        sum +=
          weight / 12e-3 * mean(walk(.maml), steps: steps, at: other, estimates: false).objective
      }
      return sum
    }
    #expect(relativeError(Array(found[..<count]), expected) < 1e-9)
    let maml = mean(walk(.maml), steps: steps, at: start).estimate
    #expect(relativeError(Array(maml[..<count]), expected) > 1e-4)
  }

  /// A block that does not adapt stays as it is during inner steps; sizes never adapt.
  @Test(arguments: cases) func otherBlocksStay(_ example: Case) {
    let walk = walk(example, .maml, steps: 1)
    let start = start(example)
    walk.begin(at: start)
    walk.takeInnerStep(Self.process.batch([3]))
    for block in policy(example).layout.blocks {
      let moves =
        block.name != LearnedStepSizes.blockName
        && (example.blocks.isEmpty || example.blocks.contains(block.name))
      #expect((Array(walk.adapted[block.range]) != Array(start[block.range])) == moves)
    }
  }

  /// Equal sizes are a setting's size.
  @Test(arguments: [StepSizeLearning.one, .perBlock, .perParameter])
  func equalSizesAreOneSize(_ learning: StepSizeLearning) {
    let plain = Case(learning: .no, blocks: [])
    let learned = Case(learning: learning, blocks: [])
    let count = Self.network.layout.count
    let parameters = normals(count, seed: 4)
    let whole = policy(learned).layout.count
    let extended = parameters + [Double](repeating: 0.4, count: whole - count)
    let a = mean(plain, .sgMRL, steps: 2, at: parameters)
    let b = mean(learned, .sgMRL, steps: 2, at: extended)
    #expect(a.objective == b.objective)
    #expect(relativeError(Array(b.estimate[..<count]), a.estimate) < 1e-14)
  }

  /// The chain's derivatives: back is the transpose of forward, and forward is the slope of `θ^ζ`.
  @Test(arguments: cases) func jacobians(_ example: Case) {
    let walk = walk(example, .maml, steps: 2)
    let start = start(example)
    func adapted(_ start: [Double]) -> Chain {
      walk.begin(at: start)
      for index in [3, 10] { walk.takeInnerStep(Self.process.batch([index])) }
      return walk.chain()
    }
    let (u, v) = (normals(start.count, seed: 6), normals(start.count, seed: 7))
    var slope = start.map { _ in 0.0 }
    for (shift, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      var other = start
      add(shift * 1e-4, u, to: &other)
      add(weight / 12e-4, adapted(other).adapted, to: &slope)
    }
    let chain = adapted(start)
    let forward = chain.pushForward(u)
    #expect(relativeError(forward, slope) < 1e-9)
    #expect((dot(forward, v) - dot(u, chain.pullBack(v))).magnitude < 1e-12)
  }
}
