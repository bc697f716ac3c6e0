import MetaTape

// snippet: policy
struct LinearGaussian: Policy {
  let observationSize = 2, actionSize = 2
  let layout = ParameterLayout([("weight", 2, 2), ("logStandardDeviation", 1, 2)])

  func initialParameters(using stream: inout RandomStream) -> [Double] {
    stream.normals(layout.count)
  }

  func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    return DiagonalGaussianDistribution(
      mean: observations.matrixProduct(tape.parameter("weight")),
      logStandardDeviation: tape.parameter("logStandardDeviation"))
  }
}
// end snippet
