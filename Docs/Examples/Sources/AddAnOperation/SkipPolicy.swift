import MetaTape

/// A custom policy: a hidden layer and a skip connection from observation to mean.
///
/// It defines its parameters and the distribution computed from them. Sampling, gradients,
/// Hessian-vector products and every estimator follow.
public struct SkipPolicy: Policy {
  public let observationSize: Int
  public let actionSize: Int
  public let layout: ParameterLayout

  public init(observationSize: Int, actionSize: Int, hiddenSize: Int = 32) {
    self.observationSize = observationSize
    self.actionSize = actionSize
    layout = ParameterLayout([
      ("hidden", observationSize, hiddenSize), ("hiddenBias", 1, hiddenSize),
      ("output", hiddenSize, actionSize), ("skip", observationSize, actionSize),
      ("logStandardDeviation", 1, actionSize),
    ])
  }

  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    (0..<layout.count).map { _ in 0.1 * stream.normal() }
  }

  public func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let hidden = observations.affine(
      weight: tape.parameter("hidden"), bias: tape.parameter("hiddenBias")
    ).map(Swish.self)
    let mean =
      hidden.matrixProduct(tape.parameter("output"))
      + observations.matrixProduct(tape.parameter("skip"))
    return DiagonalGaussianDistribution(
      mean: mean, logStandardDeviation: tape.parameter("logStandardDeviation"))
  }
}
