import Foundation
import Policies
import Testing

/// The closed forms of the paper's appendix B against the tape.
@Suite("Softmax policy")
struct SoftmaxPolicyTests {
  static let policies: [SoftmaxPolicy] = [
    SoftmaxPolicy(observationSize: 3, actionCount: 4),
    SoftmaxPolicy(observationSize: 3, actionCount: 4, featureCount: 5) { action, observation in
      let a = Double(action)
      return [
        a, observation[0] * a, Foundation.sin(observation[1] + a), observation[2] - a * a, 1,
      ]
    },
  ]

  @Test("score and Hessian agree with the tape", arguments: [0, 1])
  func closedForms(_ index: Int) {
    let policy = Self.policies[index]
    var stream = RandomStream(seed: 1, purpose: .other)
    let parameters = stream.normals(policy.layout.count)
    for action in 0..<policy.actionCount {
      let observation = stream.normals(3)
      let function = DifferentiableFunction(policy.layout) { tape in
        policy.distribution(given: tape.constant(Matrix([observation])))
          .logProbability(of: tape.constant(Double(action)))
      }
      let (value, gradient) = function.valueWithGradient(at: parameters)
      let probability = policy.probabilities(observation, parameters)[action]
      #expect((value - Foundation.log(probability)).magnitude < 1e-14)
      #expect(relativeError(gradient, policy.score(action, observation, parameters)) < 1e-14)
      let hessian = policy.hessian(observation, parameters)
      #expect(
        relativeError(function.hessian(at: parameters).elements, hessian.elements) < 1e-14)
    }
  }

  @Test("probabilities sum to one and the score has mean zero", arguments: [0, 1])
  func identities(_ index: Int) {
    let policy = Self.policies[index]
    var stream = RandomStream(seed: 2, purpose: .other)
    let (parameters, observation) = (stream.normals(policy.layout.count), stream.normals(3))
    let probabilities = policy.probabilities(observation, parameters)
    #expect((probabilities.reduce(0, +) - 1).magnitude < 1e-15)
    var mean = [Double](repeating: 0, count: policy.layout.count)
    for (action, p) in probabilities.enumerated() {
      add(p, policy.score(action, observation, parameters), to: &mean)
    }
    #expect(norm(mean) < 1e-14)
  }

  @Test("without a feature map, the features are the observation in the action's column")
  func features() {
    let policy = SoftmaxPolicy(observationSize: 2, actionCount: 3)
    #expect(policy.features(1, [5, 7]) == [0, 5, 0, 0, 7, 0])
    var stream = RandomStream(seed: 3, purpose: .initialParameters)
    #expect(policy.initialParameters(using: &stream) == [0, 0, 0, 0, 0, 0])
    #expect(policy.probabilities([5, 7], [0, 0, 0, 0, 0, 0]).allSatisfy { $0 == 1.0 / 3 })
    // large logits do not overflow
    #expect(policy.probabilities([1, 0], [1000, 0, 1000, 0, 0, 0]) == [0.5, 0, 0.5])
  }
}
