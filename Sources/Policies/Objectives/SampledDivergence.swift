import LinearAlgebra

/// `f = w (ρ - 1 - log ρ)` with the likelihood ratio `ρ = exp(ℓ - ℓ^old)`: an estimate of the divergence
/// `KL(old ‖ new)` from actions of the old policy.
///
/// Each term is at least 0, and its mean and the mean of its gradient are those of the divergence.
///
/// - Source: Schulman (2020), "Approximating KL divergence".
public struct SampledDivergence: SampleObjective {
  /// Creates the objective.
  public init() {}

  /// `Σ w_n (ρ_n - 1 - log ρ_n)`
  public func value(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>
  ) -> Double {
    var sum = 0.0
    for n in signals.indices {
      let difference = logProbabilities[n] - old[n]
      sum += signals[n] * (exponential(difference) - 1 - difference)
    }
    return sum
  }

  /// `f′ = w (ρ - 1)`
  public func writeSlopes(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into slopes: inout MutableSpan<Double>
  ) {
    for n in signals.indices {
      slopes[n] = signals[n] * (exponential(logProbabilities[n] - old[n]) - 1)
    }
  }

  /// `f″ = w ρ`
  public func writeCurvatures(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into curvatures: inout MutableSpan<Double>
  ) {
    for n in signals.indices {
      curvatures[n] = signals[n] * exponential(logProbabilities[n] - old[n])
    }
  }
}
