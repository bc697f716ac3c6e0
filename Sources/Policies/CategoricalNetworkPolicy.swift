import Autodiff
import RandomNumbers

/// A policy over finitely many actions: a network gives the logits.
///
/// Blocks: those of ``FeedForwardNetwork``.
public struct CategoricalNetworkPolicy: Policy {
  /// The network of the logits.
  public let network: FeedForwardNetwork

  /// The blocks of the network.
  public var layout: ParameterLayout { network.layout }
  /// The number of columns of an observation.
  public var observationSize: Int { network.sizes[0] }
  /// One column: the index of the action.
  public var actionSize: Int { 1 }

  /// Creates a policy.
  public init(
    observationSize: Int, actionCount: Int, hiddenSizes: [Int] = [100, 100],
    activation: ActivationFunction = .relu
  ) {
    network = FeedForwardNetwork(
      sizes: [observationSize] + hiddenSizes + [actionCount], activation: activation)
  }

  /// Glorot-uniform weights, zero biases.
  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    network.initialParameters(using: &stream)
  }

  /// The distribution with the network's output as logits.
  public func distribution(given observations: Variable) -> any ActionDistribution {
    CategoricalDistribution(logits: network.output(for: observations))
  }
}
