/// Turns the sums of a study into estimates with intervals.
struct StudyComparison {
  let plan: StudyPlan
  let groups: [StudySampler.Group]
  /// The groups of the reference run; empty if the gradient is exact.
  let reference: [GradientSums]
  let exact: [Double]?
  private let totals: [GradientSums]
  private let withoutGroup: [[GradientSums]]
  /// The reference with all groups, then without each of them.
  private let truth: Truth
  private let truths: [Truth]

  /// `∇V_ζ` and what its own noise adds to squared norms.
  private struct Truth {
    let gradient: [Double]
    let noise: Double

    init(exact: [Double]) { (gradient, noise) = (exact, 0) }

    init(_ sums: GradientSums) { (gradient, noise) = (sums.mean, sums.variance / sums.count) }

    var squaredNorm: Double { dot(gradient, gradient) - noise }
  }

  init(
    plan: StudyPlan, groups: [StudySampler.Group], reference: [GradientSums], exact: [Double]?
  ) {
    (self.plan, self.groups) = (plan, groups)
    (self.reference, self.exact) = (reference, exact)
    func total(_ sums: [GradientSums]) -> GradientSums {
      var result = sums[0]
      for other in sums.dropFirst() { result.add(1, other) }
      return result
    }
    func leavingOut(_ sums: [GradientSums], _ total: GradientSums) -> [GradientSums] {
      sums.map { group in
        var result = total
        result.add(-1, group)
        return result
      }
    }
    let estimators = groups[0].sums.indices
    let totals = estimators.map { k in total(groups.map { $0.sums[k] }) }
    self.totals = totals
    withoutGroup = estimators.map { k in leavingOut(groups.map { $0.sums[k] }, totals[k]) }
    if let exact {
      (truth, truths) = (Truth(exact: exact), [])
    } else {
      let sums = total(reference)
      (truth, truths) = (Truth(sums), leavingOut(reference, sums).map { Truth($0) })
    }
  }

  /// `‖∇V_ζ‖`
  var gradientNorm: IntervalEstimate {
    IntervalEstimate(truth.squaredNorm, leavingOut: [truths.map(\.squaredNorm)])
      .map { max(0, $0).squareRoot() }
  }

  /// What was found about an estimator.
  func row(_ k: Int, _ estimator: Estimator) -> EstimatorStudy.Row {
    let chains = Double(plan.tasks)
    let variance = interval(k) { sums, _ in sums.variance }
    let ratio = IntervalEstimate(
      totals[0].variance / totals[k].variance,
      leavingOut: [
        groups.indices.map { withoutGroup[0][$0].variance / withoutGroup[k][$0].variance }
      ])
    let bias = interval(k, Self.squaredBias)
    let noise = interval(k) { sums, truth in
      (max(0, truth.squaredNorm) * chains / sums.variance).squareRoot()
    }
    let length = norm(truth.gradient)
    let cosines = groups.map { group in
      let mean = group.sums[k].mean
      return dot(mean, truth.gradient) / (norm(mean) * length)
    }
    let cosine = Estimate(cosines)
    let seconds = groups.reduce(0) { $0 + $1.seconds[k] }
    let isResolved = gradientNorm.low > 0
    let allowed =
      plan.accuracy * plan.accuracy * truth.squaredNorm - (bias.low > 0 ? bias.value : 0)
    return EstimatorStudy.Row(
      estimator: estimator, variance: variance, varianceRatio: ratio, squaredBias: bias,
      relativeBias: isResolved
        ? bias.map { (max(0, $0) / truth.squaredNorm).squareRoot() } : nil,
      signalToNoise: noise,
      cosine: IntervalEstimate(
        value: cosine.mean, low: cosine.interval95.lowerBound,
        high: cosine.interval95.upperBound),
      seconds: seconds / totals[k].count,
      chainsNeeded: isResolved
        ? (allowed > 0 ? (variance.value / allowed).rounded(.up) : .infinity) : nil)
  }

  /// A function of an estimator's sums and the truth, with the uncertainty of both.
  private func interval(
    _ k: Int, _ function: (GradientSums, Truth) -> Double
  ) -> IntervalEstimate {
    IntervalEstimate(
      function(totals[k], truth),
      leavingOut: [
        withoutGroup[k].map { function($0, truth) }, truths.map { function(totals[k], $0) },
      ])
  }

  /// `‖E ĝ - ∇V‖²`, without what the noise of the two means adds.
  private static func squaredBias(_ sums: GradientSums, _ truth: Truth) -> Double {
    let mean = sums.mean
    var difference = mean
    add(-1, truth.gradient, to: &difference)
    return dot(difference, difference) - sums.variance / sums.count - truth.noise
  }
}
