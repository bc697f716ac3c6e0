/// Turns the sums of a study into estimates with intervals.
///
/// Meta-batches are independent; the chains of one need not be, since baselines may look at peers.
/// So the noise of means comes from the spread of the meta-batches.
struct StudyComparison {
  let plan: StudyPlan
  /// `[estimator]`
  private let estimators: [SampledMean]
  /// Nil if the gradient is exact.
  private let reference: SampledMean?
  private let exact: [Double]
  private let secondsPerChain: [Double]

  /// The estimates of one estimator: single ones, and the means of meta-batches.
  private struct SampledMean {
    let groups: [GradientSums]
    let chains: GradientSums
    /// The sums over the means of meta-batches.
    let means: GradientSums

    init(_ groups: [GradientSums]) {
      self.groups = groups
      var (chains, means) = (groups[0], GradientSums(parameters: groups[0].mean.count))
      for group in groups.dropFirst() { chains.add(1, group) }
      for group in groups { means.add(group.mean) }
      (self.chains, self.means) = (chains, means)
    }

    private init(_ groups: [GradientSums], _ chains: GradientSums, _ means: GradientSums) {
      (self.groups, self.chains, self.means) = (groups, chains, means)
    }

    /// The same without one meta-batch.
    func leavingOut(_ index: Int) -> SampledMean {
      var (chains, means) = (chains, means)
      chains.add(-1, groups[index])
      var single = GradientSums(parameters: groups[index].mean.count)
      single.add(groups[index].mean)
      means.add(-1, single)
      return SampledMean(groups, chains, means)
    }

    /// The direction of the mean of half of the meta-batches; nil if the mean has none.
    var direction: [Double]? {
      var first = GradientSums(parameters: groups[0].mean.count)
      for group in groups[..<(groups.count / 2)] { first.add(group.mean) }
      return StudyComparison.unit(first.mean)
    }

    /// The components along a direction: of the half that did not make it, or of all meta-batches.
    func slope(along direction: [Double], ofAll: Bool) -> Estimate {
      Estimate(groups[(ofAll ? 0 : groups.count / 2)...].map { dot($0.mean, direction) })
    }

    var mean: [Double] { means.mean }
    /// The trace of the covariance of the mean.
    var noise: Double { means.variance / means.count }
    /// The deviations of the meta-batches' means from their mean.
    var deviations: [[Double]] {
      let mean = mean
      return groups.map { group in zip(group.mean, mean).map { $0 - $1 } }
    }
  }

  /// `∇V_ζ` and what its own noise adds to squared norms.
  private struct Truth {
    let gradient: [Double]
    let noise: Double
    var squaredNorm: Double { dot(gradient, gradient) - noise }
    var norm: Double { max(0, squaredNorm).squareRoot() }
  }

  init(
    plan: StudyPlan, groups: [StudySampler.Group], reference: [GradientSums], exact: [Double]?
  ) {
    self.plan = plan
    let count = groups[0].sums.count
    estimators = (0..<count).map { k in SampledMean(groups.map { $0.sums[k] }) }
    self.reference = exact == nil ? SampledMean(reference) : nil
    self.exact = exact ?? []
    let chains = Double(groups.count * plan.tasks)
    secondsPerChain = (0..<count).map { k in groups.reduce(0) { $0 + $1.seconds[k] } / chains }
  }

  private var truth: Truth { truth(reference) }

  private func truth(_ reference: SampledMean?) -> Truth {
    reference.map { Truth(gradient: $0.mean, noise: $0.noise) } ?? Truth(gradient: exact, noise: 0)
  }

  private var truths: [Truth] {
    guard let reference else { return [] }
    return reference.groups.indices.map { truth(reference.leavingOut($0)) }
  }

  /// `‖∇V_ζ‖`
  var gradientNorm: IntervalEstimate {
    IntervalEstimate(
      truth.squaredNorm, leavingOut: [truths.map(\.squaredNorm)],
      extraVariance: reference.map { Self.degenerateVariance([$0]) } ?? 0
    ).map { max(0, $0).squareRoot() }
  }

  /// What was found about an estimator.
  func row(_ k: Int, _ estimator: Estimator) -> EstimatorStudy.Row {
    let (own, first) = (estimators[k], estimators[0])
    let ratio = IntervalEstimate(
      own.chains.variance / first.chains.variance,
      leavingOut: [
        own.groups.indices.map {
          own.leavingOut($0).chains.variance / first.leavingOut($0).chains.variance
        }
      ])
    let degenerate = Self.degenerateVariance([own] + (reference.map { [$0] } ?? []))
    let bias = interval(k, extraVariance: degenerate, Self.squaredBias)
      .map(upperBoundAtLeast: 0)
    let isResolved = gradientNorm.low > 0
    let squaredNorm = truth.squaredNorm
    let relativeBias = interval(k, extraVariance: degenerate / (squaredNorm * squaredNorm)) {
      Self.squaredBias($0, $1) / $1.squaredNorm
    }
    let signalToNoise = interval(k) { $1.squaredNorm / $0.means.variance }
    let cosine = interval(k) { own, truth in
      let cosines = own.groups.map { group in
        dot(group.mean, truth.gradient) / (norm(group.mean) * truth.norm)
      }
      return cosines.reduce(0, +) / Double(cosines.count)
    }
    let spread = Estimate(
      own.groups.map { dot($0.mean, truth.gradient) / (norm($0.mean) * truth.norm) })
    let allowed =
      plan.accuracy * plan.accuracy * squaredNorm - (bias.low > 0 ? bias.value : 0)
    let direction = direction(k)
    let isGiven = if case .vector = plan.direction { true } else { false }
    return EstimatorStudy.Row(
      estimator: estimator, variance: interval(k) { sums, _ in sums.chains.variance },
      varianceRatio: ratio, squaredBias: bias,
      relativeBias: isResolved
        ? relativeBias.map(upperBoundAtLeast: 0).map { max(0, $0).squareRoot() } : nil,
      signalToNoise: isResolved ? signalToNoise.map { max(0, $0).squareRoot() } : nil,
      cosine: isResolved ? cosine.widened(by: spread) : nil,
      seconds: secondsPerChain[k],
      chainsNeeded: isResolved
        ? (allowed > 0 ? (own.chains.variance / allowed).rounded(.up) : .infinity) : nil,
      direction: direction, slope: direction.map { own.slope(along: $0, ofAll: isGiven) })
  }

  /// The direction of an estimator's slope; nil if there is none.
  private func direction(_ k: Int) -> [Double]? {
    switch plan.direction {
    case .own: estimators[k].direction
    case .ofEstimator(let number): estimators[number].direction
    case .vector(let vector): Self.unit(vector)
    }
  }

  /// A vector of length 1; nil for one without direction.
  private static func unit(_ vector: [Double]) -> [Double]? {
    let length = norm(vector)
    return length > 0 && length.isFinite ? vector.map { $0 / length } : nil
  }

  /// A function of an estimator's sums and the truth, with the uncertainty of both.
  private func interval(
    _ k: Int, extraVariance: Double = 0, _ function: (SampledMean, Truth) -> Double
  ) -> IntervalEstimate {
    let own = estimators[k]
    return IntervalEstimate(
      function(own, truth),
      leavingOut: [
        own.groups.indices.map { function(own.leavingOut($0), truth) },
        truths.map { function(own, $0) },
      ], extraVariance: extraVariance)
  }

  /// `‖E ĝ - ∇V‖²`, without what the noise of the two means adds.
  private static func squaredBias(_ sums: SampledMean, _ truth: Truth) -> Double {
    var difference = sums.mean
    add(-1, truth.gradient, to: &difference)
    return dot(difference, difference) - sums.noise - truth.noise
  }

  /// The variance of the squared norm of a sum of independent means whose expectation is zero,
  /// `2 tr (Σ C_i)²` with their covariances `C_i`.
  ///
  /// The jackknife sees only what is linear in the deviations, and that vanishes there.
  private static func degenerateVariance(_ means: [SampledMean]) -> Double {
    // Σ C_i = Σ_j s_j s_jᵀ with the scaled deviations s_j
    let scaled = means.flatMap { mean in
      let count = Double(mean.groups.count)
      let scale = 1 / (count * (count - 1)).squareRoot()
      return mean.deviations.map { $0.map { scale * $0 } }
    }
    var sum = 0.0
    for (i, a) in scaled.enumerated() {
      for b in scaled[..<i] {
        let product = dot(a, b)
        sum += 2 * product * product
      }
    }
    return 2 * sum
  }
}

extension IntervalEstimate {
  /// The same with an upper end not below a bound.
  fileprivate func map(upperBoundAtLeast bound: Double) -> IntervalEstimate {
    IntervalEstimate(value: value, low: low, high: max(high, bound))
  }

  /// The same with the uncertainty of a mean added.
  fileprivate func widened(by mean: Estimate) -> IntervalEstimate {
    let extra =
      mean.standardError.map { studentQuantile(degrees: mean.count - 1) * $0 } ?? .infinity
    let half = ((high - low) * (high - low) / 4 + extra * extra).squareRoot()
    return IntervalEstimate(value: value, low: value - half, high: value + half)
  }
}
