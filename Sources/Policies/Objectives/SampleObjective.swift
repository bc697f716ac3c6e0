/// A function `f(ℓ, ℓ^old, w)` of a sample's log-probability, summed over the samples of a batch.
///
/// `ℓ` is the log-probability at the parameters in question, `ℓ^old` that at the parameters with which
/// the batch was drawn, `w` the sample's signal over the size of the batch. Gradients need the slope
/// `f′ = ∂f/∂ℓ`, which takes the place of weights; second derivatives the curvature `f″`, which adds
/// `f″ ℓ̇` to the tangents of the weights.
///
/// The functions get all samples of a batch or of a block at once, so that their loops have no dynamic
/// calls. All spans have the same length.
public protocol SampleObjective: Sendable {
  /// Whether `f = w ℓ`, so that slopes are the signals and curvatures zero; false by default.
  var isLinear: Bool { get }

  /// `Σ_n f(ℓ_n, ℓ_n^old, w_n)`
  func value(logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>) -> Double

  /// Writes `f′` of each sample.
  func writeSlopes(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into slopes: inout MutableSpan<Double>)

  /// Writes `f″` of each sample.
  func writeCurvatures(
    logProbabilities: Span<Double>, old: Span<Double>, signals: Span<Double>,
    into curvatures: inout MutableSpan<Double>)
}

extension SampleObjective {
  /// False
  public var isLinear: Bool { false }
}
