import MetaTape

/// A custom rule for the inner step's Jacobian: the mean of equation 9 and its transpose.
///
/// Biased: the score term already accounts for the change in the batch's probability.
public struct SymmetrizedHessian: JacobianRule {
  public init() {}

  /// `ẇ_h = ½ (w_h Σ_k ℓ̇_k + Σ_k w_k ℓ̇_k)`
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    var (sum, product) = (0.0, 0.0)
    for k in tangents.indices {
      sum += tangents[k]
      product += weights[k] * tangents[k]
    }
    for h in weights.indices { weightTangents[h] = (weights[h] * sum + product) / 2 }
  }
}
