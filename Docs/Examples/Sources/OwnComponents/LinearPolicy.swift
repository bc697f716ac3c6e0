import MetaTape

/// A Gaussian whose mean is linear in the observation.
struct LinearPolicy: Policy {
  let observationSize: Int
  let actionSize: Int
  let logDeviation: Double
  let layout: ParameterLayout

  init(observationSize: Int, actionSize: Int, logDeviation: Double) {
    (self.observationSize, self.actionSize) = (observationSize, actionSize)
    self.logDeviation = logDeviation
    layout = ParameterLayout([
      ("weight", observationSize, actionSize), ("bias", 1, actionSize),
      ("logStandardDeviation", 1, actionSize),
    ])
  }

  func initialParameters(using stream: inout RandomStream) -> [Double] {
    [Double](repeating: 0, count: layout.count - actionSize)
      + [Double](repeating: logDeviation, count: actionSize)
  }

  func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    return DiagonalGaussianDistribution(
      mean: observations.matrixProduct(tape.parameter("weight")) + tape.parameter("bias"),
      logStandardDeviation: tape.parameter("logStandardDeviation"))
  }
}

/// The options of a ``LinearPolicy``.
struct LinearPolicyOptions: PolicyOptions {
  /// The log standard deviation to start from.
  var logDeviation = -0.5

  let name = "linear-gaussian"
  let summary = "A Gaussian whose mean is linear in the observation"
  var fields: [Field<Self>] {
    [
      .number(
        "log-deviation", "The log standard deviation to start from.", \.logDeviation, -10...10)
    ]
  }

  func makePolicy(observations: Space, actions: Space) -> any Policy {
    LinearPolicy(
      observationSize: observations.columns, actionSize: actions.columns,
      logDeviation: logDeviation)
  }
}
