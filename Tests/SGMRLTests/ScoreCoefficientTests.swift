import ChainSupport
import RolloutSupport
import SGMRL
import Testing

/// What the score is multiplied by, and how it is summed: the two places where published code left
/// the formula.
@Suite struct ScoreCoefficientTests {
  static let policy = GaussianNetworkPolicy(
    observationSize: 2, actionSize: 2, hiddenSizes: [4], activation: .tanh)
  static let parameters = normals(policy.layout.count, seed: 71)
  static let lengths = [5, 9, 3, 7]
  static let inner = normalBatch(lengths: lengths, seed: 72)
  static let outer = normalBatch(lengths: [6, 2, 8], seed: 73)
  /// The practical recipe: normalised advantages, averaged over time.
  static let recipe = Surrogate(
    signal: .advantages, gaeDecay: 0.97, isNormalized: true, average: .samples)

  private func settings(
    _ estimator: Estimator, surrogate: Surrogate = recipe
  ) -> MetaSettings {
    MetaSettings(
      innerEpisodes: 4, discount: 0.95, inner: surrogate, outer: surrogate, estimator: estimator)
  }

  private func chain(_ settings: MetaSettings) -> ChainWalk {
    let chain = ChainWalk(Self.policy, settings: settings)
    chain.begin(at: Self.parameters)
    chain.takeInnerStep(Self.inner)
    return chain
  }

  private func estimate(_ settings: MetaSettings) -> [Double] {
    chain(settings).estimate(outer: Self.outer)
  }

  /// The estimate through several inner steps with part of the score term.
  private func estimate(
    _ estimator: Estimator, steps: Int, weight: Double, complement: (any JacobianRule)? = nil
  ) -> [Double] {
    var settings = settings(estimator)
    settings.innerSteps = steps
    settings.estimator.scoreWeight = weight
    settings.estimator.complement = complement
    let chain = ChainWalk(Self.policy, settings: settings)
    chain.begin(at: Self.parameters)
    for step in 0..<steps {
      chain.takeInnerStep(normalBatch(lengths: Self.lengths, seed: 80 + UInt64(step)))
    }
    return chain.estimate(outer: Self.outer)
  }

  /// `Σ_τ ∇ log π(τ; θ)` over the inner batch.
  private var score: [Double] {
    DenseStep(Self.policy, Self.parameters, Self.inner, discount: 1).scores
      .reduce(into: [Double](repeating: 0, count: Self.parameters.count)) {
        add(1, $1, to: &$0)
      }
  }

  private func difference(_ x: [Double], _ y: [Double]) -> [Double] { zip(x, y).map { $0 - $1 } }

  @Test func defaultCoefficientIsTheMeanReturnWhateverTheSurrogate() {
    #expect(MetaSettings().scoreCoefficient == .meanReturn)
    let expected = Self.outer.meanReturn(discount: 0.95)
    #expect(expected.magnitude > 0.1)
    #expect(chain(settings(.sgMRL)).scoreCoefficient(Self.outer) == expected)
    #expect(
      chain(settings(.sgMRL, surrogate: Surrogate())).scoreCoefficient(Self.outer) == expected)
  }

  /// Fails if normalised advantages become the coefficient: the difference would be rounding.
  /// Fails if the sum over trajectories becomes a mean: the difference would be a quarter.
  @Test(arguments: [recipe, Surrogate()]) func scoreTermIsTheReturnTimesTheSum(_ s: Surrogate) {
    let term = difference(
      estimate(settings(.sgMRL, surrogate: s)), estimate(settings(.maml, surrogate: s)))
    let expected = score.map { Self.outer.meanReturn(discount: 0.95) * $0 }
    #expect(norm(expected) > 1)
    #expect(relativeError(term, expected) < 1e-12)
  }

  @Test func firstOrderScoreTermIsTheReturnTimesTheSum() {
    let term = difference(
      estimate(settings(.firstOrderSGMRL)), estimate(settings(.firstOrderMAML)))
    let expected = score.map { Self.outer.meanReturn(discount: 0.95) * $0 }
    #expect(relativeError(term, expected) < 1e-12)
  }

  @Test func eMAMLAveragesTheScoreOverTheTrajectories() {
    let term = difference(estimate(settings(.eMAML)), estimate(settings(.maml)))
    let expected = score.map { Self.outer.meanReturn(discount: 0.95) * $0 / 4 }
    #expect(relativeError(term, expected) < 1e-12)
  }

  @Test func ownBatchBaselineMeetsEachTrajectoryWithItsOwnNumber() {
    let term = difference(estimate(settings(.sgMRLOwnBatch)), estimate(settings(.maml)))
    let returns = Self.inner.episodeReturns(discount: 0.95)
    var expected = [Double](repeating: 0, count: Self.parameters.count)
    let scores = DenseStep(Self.policy, Self.parameters, Self.inner, discount: 1).scores
    for (episode, score) in scores.enumerated() {
      let others = (returns.reduce(0, +) - returns[episode]) / 3
      add(Self.outer.meanReturn(discount: 0.95) - others, score, to: &expected)
    }
    #expect(relativeError(term, expected) < 1e-12)
  }

  @Test func ownBatchBaselineLeavesTheTrajectoryOut() {
    let batch = TrajectoryBatch(
      observations: Matrix(rows: 6, columns: 1), actions: Matrix(rows: 6, columns: 1),
      rewards: [1, 2, 3, 4, -5, 6], offsets: [0, 3, 4, 6])
    let baseline = OwnBatchBaseline()
    let context = BaselineContext(batches: [batch], discount: 0.5)
    #expect(baseline.values(context) == [1, 0.375, 3.375])
    let single = normalBatch(lengths: [4], seed: 2)
    #expect(baseline.values(BaselineContext(batches: [single], discount: 1)) == [0])
    // the last batch is that of the step
    let two = BaselineContext(batches: [single, batch], discount: 0.5)
    #expect(baseline.values(two) == [1, 0.375, 3.375])
  }

  /// The explicit setting of the published code makes SG-MRL equal MAML to rounding, as documented.
  @Test func meanOfNormalizedSignalsVanishes() {
    var published = settings(.sgMRL)
    published.scoreCoefficient = .meanSignal
    #expect(chain(published).scoreCoefficient(Self.outer).magnitude < 1e-14)
    #expect(relativeError(estimate(published), estimate(settings(.maml))) < 1e-12)
  }

  @Test func meanOfRawSignalsDoesNotVanish() {
    var published = settings(.sgMRL, surrogate: Surrogate())
    published.scoreCoefficient = .meanSignal
    let returns = Self.outer.returns(discount: 0.95)
    let mean = returns.reduce(0, +) / Double(returns.count)
    #expect((chain(published).scoreCoefficient(Self.outer) - mean).magnitude < 1e-15)
  }

  /// A weight mixes the whole estimate with the one without a score term, for any number of steps.
  @Test(arguments: [1, 2, 3]) func weightOfTheScoreMixesSGMRLWithMAML(_ steps: Int) {
    func estimate(_ estimator: Estimator, weight: Double = 1) -> [Double] {
      self.estimate(estimator, steps: steps, weight: weight)
    }
    for estimator in [Estimator.sgMRL, .sgMRLOwnBatch, .sgMRLJackknife] {
      var half = estimator
      half.scoreWeight = 0.5
      #expect(estimator.isDeclaredUnbiased && !half.isDeclaredUnbiased)
      let (whole, without) = (estimate(estimator), estimate(.maml))
      #expect(relativeError(whole, without) > 0.1)
      let expected = zip(whole, without).map { 0.3 * $0 + 0.7 * $1 }
      #expect(relativeError(estimate(estimator, weight: 0.3), expected) < 1e-12)
      #expect(relativeError(estimate(estimator, weight: 0), without) < 1e-12)
    }
  }

  /// Low-variance curvature in place of what the weight leaves out: of a single step a mixture, and for
  /// any number of steps the one or the other at the ends.
  @Test(arguments: [1, 2, 3]) func complementStandsForTheRest(_ steps: Int) {
    func estimate(
      _ estimator: Estimator, weight: Double = 1, complement: (any JacobianRule)? = nil
    ) -> [Double] {
      self.estimate(estimator, steps: steps, weight: weight, complement: complement)
    }
    let rules: [(any JacobianRule, Estimator)] = [
      (LowVarianceCurvature(), .lvc), (LinearizedScoreFunction(), .lsf), (DiCE(), .diceMAML),
    ]
    for estimator in [Estimator.sgMRL, .sgMRLJackknife] {
      let whole = estimate(estimator)
      for (rule, other) in rules {
        let rest = estimate(other)
        #expect(relativeError(whole, rest) > 0.1)
        #expect(estimate(estimator, complement: rule) == whole)
        #expect(relativeError(estimate(estimator, weight: 0, complement: rule), rest) < 1e-12)
        let mixed = estimate(estimator, weight: 0.3, complement: rule)
        // the same Jacobian of each step, by a rule that has the weight inside
        let part = Estimator(
          name: "part", summary: "", jacobian: ScaledRule(rule: rule, scale: 0.7), score: .sum,
          baseline: estimator.baseline)
        #expect(relativeError(mixed, estimate(part, weight: 0.3)) < 1e-12)
        if steps > 1 { continue }
        let expected = zip(whole, rest).map { 0.3 * $0 + 0.7 * $1 }
        #expect(relativeError(mixed, expected) < 1e-12)
      }
    }
    #expect(!Estimator.sgMRLEquation9.takesComplement)
    #expect(Estimator.sgMRL.takesComplement && !Estimator.eMAML.takesComplement)
    #expect(!Estimator.maml.takesComplement && !Estimator.firstOrderSGMRL.takesComplement)
  }

  /// The score term rides along in the Hessian's sweep: equal counts of sweeps and nodes.
  @Test(arguments: [1, 2, 3]) func scoreTermCostsNoSweep(_ steps: Int) {
    func statistics(_ estimator: Estimator) -> [Tape.Statistics] {
      var settings = settings(estimator)
      settings.innerSteps = steps
      settings.blockRows = 8
      let chain = ChainWalk(Self.policy, settings: settings)
      chain.begin(at: Self.parameters)
      for _ in 0..<steps { chain.takeInnerStep(Self.inner) }
      let whole = chain.chain(outer: Self.outer)
      _ = EstimatorRecursion(settings).estimate(whole)
      return whole.steps.flatMap(\.statistics) + (whole.outer?.statistics ?? [])
    }
    let (sgMRL, maml) = (statistics(.sgMRL), statistics(.maml))
    #expect(sgMRL == maml)
    #expect(sgMRL.map(\.nodes).reduce(0, +) > 0)
    // an inner batch is two blocks
    #expect(sgMRL.map(\.sweeps.reverseTangent).reduce(0, +) == 2 * steps)
  }
}

/// A part of another rule.
private struct ScaledRule: JacobianRule {
  let rule: any JacobianRule
  let scale: Double

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    rule.writeWeightTangents(weights: weights, tangents: tangents, into: &weightTangents)
    for h in weightTangents.indices { weightTangents[h] *= scale }
  }
}
