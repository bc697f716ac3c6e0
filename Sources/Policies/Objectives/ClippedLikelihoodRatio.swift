import LinearAlgebra
import Requirements

/// `f = min(w ρ, w clip(ρ, 1 - ε, 1 + ε))` with the likelihood ratio `ρ = exp(ℓ - ℓ^old)`.
///
/// A sample whose action has become as much likelier as is wanted, or as much less likely, counts no
/// more: slope and curvature are zero there. At the kink `ρ = 1 ± ε` itself they are those of `w ρ`.
///
/// - Source: Schulman et al. (2017), "Proximal policy optimization algorithms".
public struct ClippedLikelihoodRatio: SampleObjective {
  /// How far a ratio may go from 1, `ε`.
  public let clip: Double

  /// Creates the objective.
  ///
  /// - Precondition: `ε` is positive.
  public init(clip: Double) {
    require(clip > 0, "Ratios clipped at a distance of \(clip) from 1; it has to be positive.")
    self.clip = clip
  }

  /// `Σ min(w ρ, w clip(ρ))`
  public func value(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>
  ) -> Double {
    var sum = 0.0
    for n in signals.indices {
      let ratio = exponential(logProbabilities[n] - old[n])
      sum += min(signals[n] * ratio, signals[n] * min(max(ratio, 1 - clip), 1 + clip))
    }
    return sum
  }

  /// `f′ = w ρ`, or 0 where the clipped product is the smaller one.
  public func writeSlopes(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into slopes: inout MutableSpan<Double>
  ) {
    for n in signals.indices {
      let ratio = exponential(logProbabilities[n] - old[n])
      let isClipped = signals[n] > 0 ? ratio > 1 + clip : ratio < 1 - clip
      slopes[n] = isClipped ? 0 : signals[n] * ratio
    }
  }

  /// `f″ = f′`
  public func writeCurvatures(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into curvatures: inout MutableSpan<Double>
  ) {
    writeSlopes(logProbabilities: logProbabilities, old: old, signals: signals, into: &curvatures)
  }
}
