import Autodiff
import CLibrary
import RandomNumbers
import Requirements

/// A Gaussian policy: the mean is the output of a network, and the log standard deviation is a
/// separate parameter that does not depend on the observation.
///
/// Blocks: those of ``FeedForwardNetwork``, then `logStandardDeviation: [1, actionSize]`.
/// The paper's policy has two hidden layers of 100 with ReLU (appendix H).
public struct GaussianNetworkPolicy: Policy {
  /// The network of the mean.
  public let network: FeedForwardNetwork
  /// The initial log standard deviation.
  public let initialLogStandardDeviation: Double
  /// The least standard deviation; at and below it the derivative is zero and the deviation is
  /// stuck.
  public let standardDeviationFloor: Double
  /// The blocks of the network and the log standard deviation.
  public let layout: ParameterLayout

  /// The number of columns of an observation.
  public var observationSize: Int { network.sizes[0] }
  /// The number of columns of an action.
  public var actionSize: Int { network.sizes[network.sizes.count - 1] }

  /// Creates a policy.
  ///
  /// - Parameters:
  ///   - observationSize: the number of columns of an observation.
  ///   - actionSize: the number of columns of an action.
  ///   - hiddenSizes: the widths of the hidden layers.
  ///   - activation: the activation of the hidden layers.
  ///   - initialLogStandardDeviation: the initial log standard deviation. It must be above that of
  ///     the floor: at the floor its derivative is zero, and it would never move.
  ///   - standardDeviationFloor: the least standard deviation, above 0.
  public init(
    observationSize: Int, actionSize: Int, hiddenSizes: [Int] = [100, 100],
    activation: ActivationFunction = .relu, initialLogStandardDeviation: Double = 0,
    standardDeviationFloor: Double = 1e-6
  ) {
    require(
      standardDeviationFloor > 0, "The floor of the standard deviation must be positive.")
    require(
      initialLogStandardDeviation > CLibrary.log(standardDeviationFloor),
      "A log standard deviation of \(initialLogStandardDeviation) never moves: the floor of \(standardDeviationFloor) is at \(CLibrary.log(standardDeviationFloor)). Start above it or use a lower floor."
    )
    network = FeedForwardNetwork(
      sizes: [observationSize] + hiddenSizes + [actionSize], activation: activation)
    self.initialLogStandardDeviation = initialLogStandardDeviation
    self.standardDeviationFloor = standardDeviationFloor
    var layout = network.layout
    layout.add("logStandardDeviation", rows: 1, columns: actionSize)
    self.layout = layout
  }

  /// Glorot-uniform weights, zero biases, the given log standard deviation.
  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    network.initialParameters(using: &stream)
      + [Double](repeating: initialLogStandardDeviation, count: actionSize)
  }

  /// The Gaussian around the network's output.
  public func distribution(given observations: Variable) -> any ActionDistribution {
    let logDeviation = observations.tape.parameter(layout.blocks[layout.blocks.count - 1])
    return DiagonalGaussianDistribution(
      mean: network.output(for: observations),
      logStandardDeviation: logDeviation.clamped(from: logFloor))
  }

  /// The block `logStandardDeviation`, with its floor.
  public var logDeviations: LogDeviations? {
    let block = layout.blocks[layout.blocks.count - 1]
    return LogDeviations(block: block.name, places: Array(block.range), floor: logFloor)
  }

  private var logFloor: Double { CLibrary.log(standardDeviationFloor) }
}

/// The options of a ``GaussianNetworkPolicy``.
public struct GaussianNetworkOptions: PolicyOptions {
  /// The hidden layers of the network of the mean.
  public var hidden: HiddenLayers
  /// The log standard deviation to start from.
  public var logStandardDeviation: Double
  /// The least standard deviation.
  public var standardDeviationFloor: Double

  /// Creates options; the defaults are the paper's.
  public init(
    _ hidden: HiddenLayers = HiddenLayers(), logStandardDeviation: Double = 0,
    standardDeviationFloor: Double = 1e-6
  ) {
    (self.hidden, self.logStandardDeviation) = (hidden, logStandardDeviation)
    self.standardDeviationFloor = standardDeviationFloor
  }

  /// `gaussian-network`
  public var name: String { "gaussian-network" }
  /// What it is.
  public var summary: String { "A Gaussian around a network, with deviations that are parameters" }
  /// The hidden layers, the deviation to start from and its floor.
  public var fields: [Field<Self>] {
    HiddenLayers.fields.map { $0.on(\.hidden) } + [
      .number(
        "log-standard-deviation", "The log standard deviation to start from.",
        \.logStandardDeviation, -20...20),
      .number(
        "standard-deviation-floor", "The least standard deviation.", \.standardDeviationFloor,
        0...1e9, exclusive: true),
    ]
  }

  /// Makes the policy; refuses a deviation that training cannot move.
  public func makePolicy(
    observations: Space, actions: Space
  ) throws(ConfigurationError) -> any Policy {
    try hidden.requireMemory()
    let floor = CLibrary.log(standardDeviationFloor)
    guard logStandardDeviation > floor else {
      throw ConfigurationError(
        description:
          "policy.log-standard-deviation, \(logStandardDeviation), is not above that of policy.standard-deviation-floor, log \(standardDeviationFloor) = \(floor): it has no derivative there and would never move. Start above the floor or lower it."
      )
    }
    return GaussianNetworkPolicy(
      observationSize: observations.columns, actionSize: actions.columns,
      hiddenSizes: hidden.sizes, activation: hidden.activation,
      initialLogStandardDeviation: logStandardDeviation,
      standardDeviationFloor: standardDeviationFloor)
  }
}
