/// `f = w ℓ`: the gradient is the policy gradient estimate of equation 5.
public struct WeightedLogProbability: SampleObjective {
  /// Creates the objective.
  public init() {}

  /// True
  public var isLinear: Bool { true }

  /// `Σ w_n ℓ_n`
  public func value(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>
  ) -> Double {
    var sum = 0.0
    for n in signals.indices { sum += signals[n] * logProbabilities[n] }
    return sum
  }

  /// `f′ = w`
  public func writeSlopes(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into slopes: inout MutableSpan<Double>
  ) {
    for n in signals.indices { slopes[n] = signals[n] }
  }

  /// `f″ = 0`
  public func writeCurvatures(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into curvatures: inout MutableSpan<Double>
  ) { curvatures.update(repeating: 0) }
}
