/// Mean magnitudes of terms that sum to much less where they cancel: rounding is a part of them, not of
/// the sum.
///
/// A score is itself a difference: that of a likely action is small and has the rounding of those of
/// unlikely ones. All scores count as the largest there is at the start of the chains.
struct TermSizes: Sendable {
  /// The terms of the exact gradient.
  var gradient = 0.0
  /// What estimates carry back from the outer batch.
  var outer = 0.0
  /// The score terms of estimates before a baseline is subtracted.
  var score = 0.0

  mutating func add(_ weight: Double, _ other: TermSizes) {
    gradient += weight * other.gradient
    outer += weight * other.outer
    score += weight * other.score
  }

  /// `E‖ĝ‖` of an estimator, or what its terms and those of the exact gradient are if that is more.
  func largest(_ estimator: Estimator, meanNorm: Double) -> Double {
    max(meanNorm, gradient, estimator.score == .none ? outer : outer + score)
  }
}
