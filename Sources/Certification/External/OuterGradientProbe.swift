/// What an external estimator is without inner steps, where it should be a policy gradient: this tells a wrong
/// loss from a wrong Jacobian or score.
struct OuterGradientProbe {
  /// Whether the inner step vanishes with its size; else the rest says nothing.
  let isWithoutSteps: Bool
  /// The greatest error that passes.
  let tolerance: Double
  /// The distance of the mean to the gradient of the discounted return, over that gradient.
  let error: Double
  /// The same for the return without discount.
  let undiscountedError: Double
  /// The loss whose gradient it is, with the factor that multiplies it; nil if none of the known ones.
  let loss: LossCandidate?
  /// What multiplies the loss's gradient.
  let factor: Double
  /// Whether there is no outer gradient at all, for this problem.
  let isZero: Bool

  init(
    _ estimator: any ExternalEstimator, _ problem: CertificateProblem, _ plan: ExternalPlan
  ) async throws {
    var problem = problem
    problem.settings.innerStepSize = 0
    let evaluation = try await ExternalEvaluation(problem, estimator, plan)
    isWithoutSteps = evaluation.step.factor != nil
    tolerance = plan.tolerance(estimator.identity, evaluation)
    error = evaluation.bias.relative
    var undiscounted = evaluation.gradient.map { _ in 0.0 }
    var plain = problem
    plain.settings.discount = 1
    for (p, task) in zip(problem.probabilities, evaluation.enumeration.tasks) {
      var walker = Walker(plain, task)
      add(p, walker.plainObjective(problem.parameters).gradient, to: &undiscounted)
    }
    undiscountedError =
      ScaledDifference(evaluation.mean, undiscounted, meanNorm: evaluation.moments.meanNorm)
      .relative
    let (enumeration, pairs) = (evaluation.enumeration, evaluation.pairs)
    let scores = KnownEstimates.parts(enumeration, pairs, factor: 1)
      .filter { $0.name.hasPrefix("score") }.map(\.estimates)
    // coarser than equality: deviations are often raised by 1e-8
    let coarse = max(1e-6, 10 * plan.accuracy(estimator.identity).equality)
    var found: (LossCandidate, Double)?
    search: for loss in LossCandidate.all {
      for isPerSample in [false, true] {
        let gradients = loss.gradients(enumeration, pairs, isPerSample: isPerSample)
        let fit = LeastSquares(
          evaluation.estimates, parts: [gradients] + scores, weights: pairs.map(\.probability))
        if fit.relativeResidual <= coarse, let factor = fit.coefficients[0],
          factor.magnitude > 1e-6
        {
          found = (loss, factor)
          break search
        }
      }
    }
    (loss, factor) = (found?.0, found?.1 ?? 1)
    let rest = LeastSquares(evaluation.estimates, parts: scores, weights: pairs.map(\.probability))
    isZero = found == nil && rest.relativeResidual <= coarse
  }
}
