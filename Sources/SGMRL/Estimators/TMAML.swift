/// DiCE with a baseline for the products of different steps' scores.
///
/// It is ``DiCE`` less `b_h Σ_{j<h} ℓ̇_j + Σ_{k>h} b_k ℓ̇_k`: off the diagonal a weight meets scores with
/// its baseline subtracted, on the diagonal without. For a given direction the subtracted term has mean
/// zero, since in each of its products the later action's score meets only what was known before it; a
/// product of a score with itself would not have. So the mean of the Hessian is that of DiCE.
///
/// The baseline `b_h` is what the inner step's weight is at the observation and time of step `h`,
/// predicted by a regression on the *other* trajectories of the batch (`LinearValueFunction`), and
/// zero if there are none. A baseline that is fitted to the trajectory itself biases: it knows the
/// action. With weights that are centred or fitted already, little is left to predict. Such weights of
/// the other trajectories depend on the trajectory itself, so that for them, unlike for returns, the
/// mean is zero up to `O(1/|D|)` only.
///
/// The authors' public program shifts the baseline's scores over the episodes of the batch where it
/// should shift them over time; this is not reproduced.
///
/// - Source: Liu, Socher and Xiong (2019), "Taming MAML: efficient unbiased meta-reinforcement
///   learning".
public struct TMAML: BatchJacobianRule {
  /// Creates the rule.
  public init() {}

  /// The baselines in the units of the weights, `b/|D|`: `[N]`.
  public func prepare(_ context: JacobianContext) -> [Double] {
    LinearValueFunction(leavingOneOutOf: context.batch, targets: context.weights).predictions
  }

  /// `ẇ_h = w_h ℓ̇_h + (w_h - b_h) Σ_{j<h} ℓ̇_j + Σ_{k>h} (w_k - b_k) ℓ̇_k`
  ///
  /// - Complexity: `O(H)`; no allocation.
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, prepared: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    var past = 0.0
    for h in weights.indices {
      weightTangents[h] = weights[h] * tangents[h] + (weights[h] - prepared[h]) * past
      past += tangents[h]
    }
    var future = 0.0
    for h in weights.indices.reversed() {
      weightTangents[h] += future
      future += (weights[h] - prepared[h]) * tangents[h]
    }
  }

  /// Without baselines: DiCE.
  public func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    DiCE().writeWeightTangents(weights: weights, tangents: tangents, into: &weightTangents)
  }
}

extension Estimator {
  /// MAML with DiCE's Hessian and a baseline for it.
  public static let tmaml = Estimator(
    name: "tmaml",
    summary: "MAML with DiCE's Hessian and a baseline for it (TMAML); biased, O(α²)",
    jacobian: TMAML(), score: .none)
}
