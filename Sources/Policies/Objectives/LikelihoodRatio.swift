import LinearAlgebra

/// `f = w ρ` with the likelihood ratio `ρ = exp(ℓ - ℓ^old)`: importance sampling of each action.
///
/// Where `ℓ = ℓ^old` its gradient is that of `w ℓ`, and its second derivative adds `w ∇ℓ ∇ℓᵀ`, which is
/// low-variance curvature: the two are not to be combined.
public struct LikelihoodRatio: SampleObjective {
  /// Creates the objective.
  public init() {}

  /// `Σ w_n ρ_n`
  public func value(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>
  ) -> Double {
    var sum = 0.0
    for n in signals.indices { sum += signals[n] * exponential(logProbabilities[n] - old[n]) }
    return sum
  }

  /// `f′ = w ρ`
  public func writeSlopes(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into slopes: inout MutableSpan<Double>
  ) {
    for n in signals.indices {
      slopes[n] = signals[n] * exponential(logProbabilities[n] - old[n])
    }
  }

  /// `f″ = w ρ`
  public func writeCurvatures(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into curvatures: inout MutableSpan<Double>
  ) {
    writeSlopes(logProbabilities: logProbabilities, old: old, signals: signals, into: &curvatures)
  }
}
