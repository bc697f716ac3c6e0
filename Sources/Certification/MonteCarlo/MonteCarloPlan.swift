import Requirements

/// What a Monte Carlo certificate will do, fixed before anything is drawn.
public struct MonteCarloPlan: Equatable, Sendable {
  /// The number of independent chains, each with its own task.
  public var chains: Int
  /// The number of directions: random ones, but for the first, which is that of the estimator's own
  /// mean over a tenth as many other chains.
  public var directions: Int
  /// The probability that an unbiased estimator fails, over all directions together.
  public var falseAlarmRate: Double
  /// The step `ε` of the differences along a direction of length 1.
  public var differenceStep: Double
  /// The seed of every random number.
  public var seed: UInt64

  /// Creates a plan.
  ///
  /// - Precondition: at least 30 chains and one direction, a rate in 0 ..< 1 and a positive step.
  public init(
    chains: Int = 400, directions: Int = 4, falseAlarmRate: Double = 1e-3,
    differenceStep: Double = 1e-3, seed: UInt64 = 1
  ) {
    require(
      chains >= 30 && directions > 0 && falseAlarmRate > 0 && falseAlarmRate < 1
        && differenceStep > 0,
      "A Monte Carlo certificate needs at least 30 chains, a direction, a rate in 0 ..< 1 and a positive step."
    )
    (self.chains, self.directions) = (chains, directions)
    (self.falseAlarmRate, self.differenceStep) = (falseAlarmRate, differenceStep)
    self.seed = seed
  }

  /// The greatest `|z|` of a direction that passes: two sides, the rate shared by the directions.
  ///
  /// The quantile is Student's, by its expansion about the normal one.
  ///
  /// - Source: Abramowitz and Stegun (1964), 26.7.5.
  public var criticalValue: Double {
    let z = normalQuantile(1 - falseAlarmRate / Double(2 * directions))
    let degrees = Double(chains - 1)
    let square = z * z
    let first = z * (square + 1) / 4
    let second = z * ((5 * square + 16) * square + 3) / 96
    let third = z * (((3 * square + 19) * square + 17) * square - 15) / 384
    return z + (first + (second + third / degrees) / degrees) / degrees
  }
}
