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

/// The options of a ``CategoricalNetworkPolicy``.
public struct CategoricalNetworkOptions: PolicyOptions {
  /// The hidden layers of the network of the logits.
  public var hidden: HiddenLayers

  /// Creates options.
  public init(_ hidden: HiddenLayers = HiddenLayers()) { self.hidden = hidden }

  /// `categorical-network`
  public var name: String { "categorical-network" }
  /// What it is.
  public var summary: String {
    "Finitely many actions, with logits that are the output of a network"
  }
  /// True
  public var choosesIndices: Bool { true }
  /// The hidden layers.
  public var fields: [Field<Self>] { HiddenLayers.fields.map { $0.on(\.hidden) } }

  /// Makes the policy.
  public func makePolicy(
    observations: Space, actions: Space
  ) throws(ConfigurationError) -> any Policy {
    try hidden.requireMemory()
    return CategoricalNetworkPolicy(
      observationSize: observations.columns, actionCount: try actions.requireCount(for: name),
      hiddenSizes: hidden.sizes, activation: hidden.activation)
  }
}
