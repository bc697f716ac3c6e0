import Environments
import Policies
import Requirements

extension TaskDistribution {
  /// Stops the program with a sentence if a policy draws vectors for tasks whose actions are indices.
  ///
  /// The protocols do not say which policies are discrete, so one action is drawn: a density gives no
  /// whole number, but with probability zero.
  package func requireActions(of policy: any Policy, parameters: [Double]) {
    guard case .discrete(let count) = actionSpace, parameters.allSatisfy(\.isFinite) else { return }
    let vector = Parameters(policy.layout)
    vector.value = parameters
    let sampler = ActionSampler(policy, vector)
    let observation = Matrix(rows: 1, columns: policy.observationSize)
    var action = Matrix(rows: 1, columns: policy.actionSize)
    observation.withView { observation in
      action.withMutableView {
        sampler.sample(observation, into: $0) { _ in RandomStream(seed: 0, purpose: .other) }
      }
    }
    let number = action[0, 0]
    require(
      !number.isFinite || (number == number.rounded() && number >= 0 && number < Double(count)),
      "The tasks have \(count) actions, numbered from 0, but the policy \(type(of: policy)) drew \(number): use a policy over indices, such as CategoricalNetworkPolicy or SoftmaxPolicy."
    )
  }
}
