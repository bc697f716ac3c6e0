import MetaTape

/// Steers a point towards a target, with a displacement proportional to the distance.
///
/// The mean action is `gain · (target - position)`. One inner step moves `target` towards the goal
/// of the current task. Training finds the gain and the noise with which that works best.
struct SteeringPolicy: Policy {
  let observationSize = 2
  let actionSize = 2
  let layout = ParameterLayout([
    ("target", 1, 2), ("logGain", 1, 1), ("logStandardDeviation", 1, 2),
  ])

  func initialParameters(using stream: inout RandomStream) -> [Double] {
    layout.vector(of: [
      "target": Matrix([[0, 0]]), "logGain": Matrix([[-2]]),
      "logStandardDeviation": Matrix([[-2, -2]]),
    ])
  }

  func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let gain = exp(tape.parameter("logGain"))
    return DiagonalGaussianDistribution(
      mean: gain * (tape.parameter("target") - observations),
      logStandardDeviation: tape.parameter("logStandardDeviation"))
  }
}
