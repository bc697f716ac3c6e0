import Certification
import Foundation
import Testing

@testable import Certification

/// Certificates of problems whose rewards are drawn.
@Suite struct RewardNoiseTests {
  private static let settings = MetaSettings(
    innerSteps: 1, innerStepSize: 0.7, innerEpisodes: 1, outerEpisodes: 1, discount: 1)

  /// One pull, one inner trajectory: `V = Σ_a π_a (p_a J(θ + α ∇ log π_a) + (1 - p_a) J(θ))`.
  private static func objective(_ theta: [Double], _ means: [Double]) -> Double {
    func softmax(_ x: [Double]) -> [Double] {
      let weights = x.map { exp($0) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
    func value(_ x: [Double]) -> Double { zip(softmax(x), means).reduce(0) { $0 + $1.0 * $1.1 } }
    let policy = softmax(theta)
    return policy.indices.reduce(0) { sum, a in
      let moved = theta.indices.map { theta[$0] + 0.7 * (($0 == a ? 1 : 0) - policy[$0]) }
      return sum + policy[a] * (means[a] * value(moved) + (1 - means[a]) * value(theta))
    }
  }

  @Test func objectiveAndGradientAreThoseOfTheFormula() async throws {
    let (means, theta) = ([0.2, 0.5, 0.9], [0.3, -0.4, 0.1])
    let process = try Bandits(.bernoulli, arms: 3).process(of: means)
    let problem = try CertificateProblem(
      processes: [process], horizon: 0, parameters: theta, settings: Self.settings)
    #expect(EnumerationSize(problem).trajectories == 6)
    let certificate = try await Certificate(problem)
    #expect((certificate.objective - Self.objective(theta, means)).magnitude < 1e-14)
    for j in theta.indices {
      func shifted(_ h: Double) -> Double {
        var x = theta
        x[j] += h
        return Self.objective(x, means)
      }
      // central differences, whose error is h⁴ after one extrapolation
      let h = 1e-3
      let difference =
        (8 * (shifted(h) - shifted(-h)) - (shifted(2 * h) - shifted(-2 * h))) / (12 * h)
      #expect((certificate.gradient[j] - difference).magnitude < 1e-11)
    }
    #expect(certificate.passes)
    #expect(try #require(certificate["maml"]).verdict == .biased)
    #expect(certificate.probabilityError < 1e-14)
  }

  /// Two pulls, two inner trajectories, all estimators; the enumeration with and without merged orders
  /// agrees.
  @Test func estimatorsAreUnbiasedOnBandits() async throws {
    var problem = try CertificateProblem.random(
      seed: 2, sizes: .init(actions: 2, horizon: 1, tasks: 2), of: .bernoulliBandit,
      settings: MetaSettings(
        innerSteps: 1, innerStepSize: 0.6, innerEpisodes: 2, outerEpisodes: 1))
    #expect(problem.name == "bernoulli-bandit, seed 2")
    #expect(EnumerationSize(problem).trajectories == 32)
    let merged = try await Certificate(problem)
    #expect(merged.passes)
    problem.mergesOrders = false
    let ordered = try await Certificate(problem)
    #expect(ordered.passes && (merged.objective - ordered.objective).magnitude < 1e-13)
    // certain rewards of the same means are another problem
    let certain = try CertificateProblem(
      processes: problem.processes.map { try $0.with(rewardNoise: .none) }, horizon: 1,
      parameters: problem.parameters, settings: problem.settings)
    let other = try await Certificate(certain, estimators: [])
    #expect((other.objective - merged.objective).magnitude > 1e-4)
  }

  @Test(arguments: [CertificateProblem.Family.gaussianBandit, .randomMDP])
  func gaussianRewardsAreReplacedByTheirMeans(_ family: CertificateProblem.Family) async throws {
    let problem = try CertificateProblem.random(
      seed: 1, of: family, settings: MetaSettings(innerEpisodes: 2))
    #expect(problem.name == "\(family.rawValue) with its mean rewards, seed 1")
    #expect(problem.processes.allSatisfy { $0.rewardNoise == .none })
    #expect(try await Certificate(problem).passes)
  }

  @Test func gaussianRewardsAreRefused() throws {
    let process = try Bandits(.gaussian, arms: 2).process(of: [0.1, 0.2])
    let error = #expect(throws: CertificateError.self) {
      _ = try CertificateProblem(
        processes: [process], horizon: 0, parameters: [0, 0], settings: Self.settings)
    }
    #expect(error?.description.contains("rewardNoise: .none") == true)
  }

  @Test func filesSayHowRewardsAreDrawn() throws {
    func text(_ noise: String, _ reward: String) -> String {
      """
      {"cases": [{"states": 1, "actions": 2, "steps": 1, "batch": 1, "innerSteps": 1,
      "stepSize": 0.5, "discount": 1, "initial": [1], "transition": [[[1], [1]]],
      "reward": [[\(reward)]], "rewardNoise": "\(noise)", "parameters": [[0, 0]]}]}
      """
    }
    func read(_ text: String) throws -> CertificateProblem {
      try CertificateFile(Data(text.utf8), name: "f.json").cases[0].problem
    }
    #expect(try read(text("bernoulli", "0.5, 1")).processes[0].rewardNoise == .bernoulli)
    #expect(try read(text("none", "0.5, 3")).processes[0].rewardNoise == .none)
    for wrong in [text("bernoulli", "0.5, 3"), text("gaussian", "0.5, 1")] {
      #expect(throws: CertificateError.self) { _ = try read(wrong) }
    }
  }
}
