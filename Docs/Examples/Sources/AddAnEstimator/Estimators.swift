import MetaTape

extension Estimator {
  /// SG-MRL, each score meeting the median return of its batch's others.
  public static let median = Estimator(
    name: "sg-mrl-median", summary: "SG-MRL less the median of the others; unbiased",
    jacobian: InnerStepJacobian(), score: .sum, baseline: MedianBaseline(),
    isDeclaredUnbiased: true)

  /// The same with a slip: the trajectory's own return is among those of the median.
  public static let medianWithSlip = Estimator(
    name: "sg-mrl-median-with-slip", summary: "declared unbiased by mistake",
    jacobian: InnerStepJacobian(), score: .sum, baseline: MedianBaseline(seesItself: true),
    isDeclaredUnbiased: true)

  /// SG-MRL with a symmetric estimate of the policy's Hessian.
  public static let symmetrized = Estimator(
    name: "sg-mrl-symmetrized", summary: "SG-MRL with equation 9 made symmetric; biased, O(α)",
    jacobian: SymmetrizedHessian(), score: .sum)
}
