import MetaTape

/// Low-variance curvature whose weight falls along the episode: `ẇ_h = δ^h w_h ℓ̇_h`.
struct DecayedCurvature: JacobianRule {
  let decay: Double

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, into weightTangents: inout MutableSpan<Double>
  ) {
    var factor = 1.0
    for h in weights.indices {
      weightTangents[h] = factor * weights[h] * tangents[h]
      factor *= decay
    }
  }
}

/// The options of MAML with ``DecayedCurvature``.
struct DecayedCurvatureOptions: EstimatorOptions {
  /// `δ`
  var decay = 0.9

  let name = "decayed-curvature"
  let summary = "MAML with low-variance curvature that decays along the episode; biased"
  var fields: [Field<Self>] {
    [
      .number(
        "curvature-decay", "The factor of the curvature from one step to the next.", \.decay,
        0...1, symbol: "δ")
    ]
  }

  func makeEstimator() -> Estimator {
    Estimator(
      name: name, summary: summary, jacobian: DecayedCurvature(decay: decay), score: .none)
  }
}
