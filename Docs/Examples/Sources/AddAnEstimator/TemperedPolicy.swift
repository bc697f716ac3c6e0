import MetaTape

/// A policy over three actions: logits and a shared temperature.
public struct TemperedPolicy: Policy {
  public let observationSize = 2
  public let actionSize = 1
  public let layout = ParameterLayout([("logits", 2, 3), ("logTemperature", 1, 1)])

  public init() {}

  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    stream.normals(layout.count)
  }

  public func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let temperature = exp(tape.parameter("logTemperature"))
    return CategoricalDistribution(
      logits: observations.matrixProduct(tape.parameter("logits")) / temperature)
  }
}
