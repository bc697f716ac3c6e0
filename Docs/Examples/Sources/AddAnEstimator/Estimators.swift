import MetaTape

extension Estimator {
  /// SG-MRL with the median return of the batch's other trajectories as the baseline of each score.
  public static let median = Estimator(
    name: "sg-mrl-median", summary: "SG-MRL minus the median of the others; unbiased",
    jacobian: InnerStepJacobian(), score: .sum, baseline: MedianBaseline(),
    isDeclaredUnbiased: true)

  /// The same with a mistake: the median includes the trajectory's own return.
  public static let medianWithSlip = Estimator(
    name: "sg-mrl-median-with-slip", summary: "declared unbiased by mistake",
    jacobian: InnerStepJacobian(), score: .sum, baseline: MedianBaseline(seesItself: true),
    isDeclaredUnbiased: true)

  /// SG-MRL with a symmetric estimate of the policy's Hessian.
  public static let symmetrized = Estimator(
    name: "sg-mrl-symmetrized", summary: "SG-MRL with equation 9 made symmetric; biased, O(α)",
    jacobian: SymmetrizedHessian(), score: .sum)
}
