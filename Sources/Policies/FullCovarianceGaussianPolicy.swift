import Autodiff
import RandomNumbers

/// A Gaussian policy with a full covariance `L Lᵀ` that does not depend on the observation.
///
/// Blocks: those of ``FeedForwardNetwork``, then `choleskyFactor: [actionSize, actionSize]`. `L` is
/// its part below the diagonal, with the exponential of its diagonal.
public struct FullCovarianceGaussianPolicy: Policy {
  /// The network of the mean.
  public let network: FeedForwardNetwork
  /// The blocks of the network and the factor.
  public let layout: ParameterLayout

  /// The number of columns of an observation.
  public var observationSize: Int { network.sizes[0] }
  /// The number of columns of an action.
  public var actionSize: Int { network.sizes[network.sizes.count - 1] }

  /// Creates a policy.
  public init(
    observationSize: Int, actionSize: Int, hiddenSizes: [Int] = [100, 100],
    activation: ActivationFunction = .relu
  ) {
    network = FeedForwardNetwork(
      sizes: [observationSize] + hiddenSizes + [actionSize], activation: activation)
    var layout = network.layout
    layout.add("choleskyFactor", rows: actionSize, columns: actionSize)
    self.layout = layout
  }

  /// The diagonal of the block `choleskyFactor`: the logarithms of the diagonal of `L`.
  public var logDeviations: LogDeviations? {
    let block = layout.blocks[layout.blocks.count - 1]
    return LogDeviations(
      block: block.name, places: (0..<actionSize).map { block.offset + $0 * (actionSize + 1) })
  }

  /// Glorot-uniform weights, zero biases, unit covariance.
  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    network.initialParameters(using: &stream)
      + [Double](repeating: 0, count: actionSize * actionSize)
  }

  /// The Gaussian around the network's output.
  public func distribution(given observations: Variable) -> any ActionDistribution {
    FullGaussianDistribution(
      mean: network.output(for: observations),
      freeFactor: observations.tape.parameter(layout.blocks[layout.blocks.count - 1]))
  }
}

/// The options of a ``FullCovarianceGaussianPolicy``.
public struct FullCovarianceGaussianNetworkOptions: PolicyOptions {
  /// The hidden layers of the network of the mean.
  public var hidden: HiddenLayers

  /// Creates options.
  public init(_ hidden: HiddenLayers = HiddenLayers()) { self.hidden = hidden }

  /// `full-covariance-gaussian-network`
  public var name: String { "full-covariance-gaussian-network" }
  /// What it is.
  public var summary: String {
    "A Gaussian around a network, with a covariance that is a parameter"
  }
  /// The hidden layers.
  public var fields: [Field<Self>] { HiddenLayers.fields.map { $0.on(\.hidden) } }

  /// Makes the policy.
  public func makePolicy(
    observations: Space, actions: Space
  ) throws(ConfigurationError) -> any Policy {
    try hidden.requireMemory()
    return FullCovarianceGaussianPolicy(
      observationSize: observations.columns, actionSize: actions.columns,
      hiddenSizes: hidden.sizes, activation: hidden.activation)
  }
}
