import Testing

@testable import Certification

/// Dynamic programming against enumeration on small processes, and against differences on large ones.
@Suite struct ExactAdaptationTests {
  static func problem(
    innerSteps: Int, horizon: Int = 1, episodes: Int = 2
  ) throws -> CertificateProblem {
    try CertificateProblem.random(
      seed: 5, sizes: .init(horizon: horizon),
      settings: MetaSettings(
        innerSteps: innerSteps, innerStepSize: 0.7, innerEpisodes: episodes, discount: 0.8))
  }

  static func adaptation(_ problem: CertificateProblem) -> ExactAdaptation {
    ExactAdaptation(
      process: problem.processes[0], horizon: problem.horizon, policy: problem.policy,
      settings: problem.settings)
  }

  static let terminal: [[Int]] = [[], [3, 12]]

  /// A process of the size of the experiment, with a point that is not its start.
  static func large(
    innerSteps: Int, terminal: [Int] = []
  ) throws -> (ExactAdaptation, [Double]) {
    var stream = RandomStream(seed: 3, purpose: .other)
    let random = TabularMDP.random(
      states: 20, actions: 5, concentration: 0.1, rewards: 0..<1, using: &stream)
    let process = try TabularMDP(
      initial: random.initial, transition: random.transition, reward: random.reward,
      terminal: terminal)
    let policy = SoftmaxPolicy(observationSize: 20, actionCount: 5)
    let adaptation = ExactAdaptation(
      process: process, horizon: 19, policy: policy,
      settings: MetaSettings(innerSteps: innerSteps, innerStepSize: 2, discount: 0.8))
    return (adaptation, stream.normals(100).map { $0 / 2 })
  }

  @Test(arguments: [0, 1, 2]) func theMeanStepIsThatOfTheEnumeration(innerSteps: Int) throws {
    let problem = try Self.problem(innerSteps: innerSteps)
    var walker = Walker(problem, try #require(problem.enumerations.first))
    let enumerated = walker.meanStepObjective(problem.parameters)
    var adaptation = Self.adaptation(problem)
    let exact = adaptation.meanStepObjective(problem.parameters)
    #expect((exact.value - enumerated.value).magnitude < 1e-13)
    #expect(largestDifference(exact.gradient, enumerated.gradient) < 1e-13)
    #expect(norm(exact.gradient) > 0.01)
  }

  /// Central differences with a step of 1e-4: their error, about 1e-8 times third derivatives, is the tolerance's.
  @Test(arguments: terminal) func theHessianIsThatOfDifferences(terminal: [Int]) throws {
    var (adaptation, point) = try Self.large(innerSteps: 0, terminal: terminal)
    var stream = RandomStream(seed: 4, purpose: .other)
    let direction = stream.normals(100)
    let product = adaptation.hessianProduct(point, direction)
    func gradient(_ step: Double) -> [Double] {
      var moved = point
      add(step, direction, to: &moved)
      return adaptation.gradient(moved).gradient
    }
    let differences = zip(gradient(1e-4), gradient(-1e-4)).map { ($0 - $1) / 2e-4 }
    #expect(largestDifference(product, differences) < 1e-7 * norm(product) + 1e-9)
    #expect(norm(product) > 0.01)
  }

  @Test(arguments: [1, 2], terminal)
  func theMeanStepGradientIsThatOfDifferences(innerSteps: Int, terminal: [Int]) throws {
    var (adaptation, point) = try Self.large(innerSteps: innerSteps, terminal: terminal)
    var stream = RandomStream(seed: 4, purpose: .other)
    let direction = stream.normals(100)
    let gradient = adaptation.meanStepObjective(point).gradient
    func value(_ step: Double) -> Double {
      var moved = point
      add(step, direction, to: &moved)
      return adaptation.meanStepObjective(moved).value
    }
    let slope = (value(1e-5) - value(-1e-5)) / 2e-5
    #expect((slope - dot(gradient, direction)).magnitude < 1e-7)
    #expect(slope.magnitude > 1e-3)
  }

  @Test(arguments: terminal) func bothFormsOfTheObjectiveAgree(terminal: [Int]) throws {
    var (adaptation, point) = try Self.large(innerSteps: 0, terminal: terminal)
    let value = adaptation.gradient(point).value
    #expect((adaptation.objective(point) - value).magnitude < 1e-13)
  }

  /// The mean of the estimates over all inner batches is the enumerated `∇V_ζ`.
  @Test(arguments: [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)])
  func theEstimateIsUnbiased(innerSteps: Int, episodes: Int) async throws {
    let problem = try Self.problem(
      innerSteps: innerSteps, horizon: innerSteps == 1 ? 1 : 0, episodes: episodes)
    let certificate = try await Certificate(problem, estimators: [])
    let task = try #require(problem.enumerations.first)
    let walker = Walker(problem, task)
    var adaptation = Self.adaptation(problem)
    var mean = [Double](repeating: 0, count: problem.parameters.count)
    func follow(_ chosen: [TaskEnumeration.Batch], _ probability: Double, _ parameters: [Double]) {
      if chosen.count == innerSteps {
        let estimate = adaptation.estimate(from: problem.parameters) { step, _ in
          chosen[step].batch
        }
        add(probability, estimate, to: &mean)
        return
      }
      let node = walker.node(parameters, hasHessians: false)
      for batch in task.inner {
        follow(
          chosen + [batch], probability * node.probability(batch), walker.step(from: node, batch))
      }
    }
    follow([], 1, problem.parameters)
    #expect(largestDifference(mean, certificate.gradient) < 1e-12)
    #expect(norm(certificate.gradient) > 0.01)
  }
}
