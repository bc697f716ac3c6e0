import Autodiff
import Foundation
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
      initialLogStandardDeviation > Foundation.log(standardDeviationFloor),
      "A log standard deviation of \(initialLogStandardDeviation) never moves: the floor of \(standardDeviationFloor) is at \(Foundation.log(standardDeviationFloor)). Start above it or use a lower floor."
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

  private var logFloor: Double { Foundation.log(standardDeviationFloor) }
}
