import ChainSupport
import RolloutSupport
import SGMRL
import Testing

/// The estimators that training runs, averaged over every possible batch, against an independent
/// enumeration.
@Suite struct CertificateTests {
  @Test(arguments: Certificate.all) func meansOfAllPresets(_ c: Certificate) {
    let names = c.estimatorMeans.keys.sorted()
    let result = CertificateMeans(c, names.compactMap(Estimator.preset))
    #expect((result.probability - 1).magnitude < 1e-12)
    #expect((result.objective - c.objective).magnitude < 1e-10)
    #expect(result.means.count == names.count)
    for (name, mean) in zip(names, result.means) {
      #expect(distance(mean, c.estimatorMeans[name] ?? []) < 1e-10, "\(name)")
      if name == "sg-mrl" { #expect(distance(mean, c.gradient) < 1e-9) }
      if name == "sg-mrl-equation-9" { #expect(distance(mean, c.gradient) > 1e-3) }
    }
  }

  @Test func fileHasTenCasesAndTenPresets() {
    #expect(Certificate.all.count == 10)
    for c in Certificate.all {
      #expect(c.estimatorMeans.count == 10)
      for name in c.estimatorMeans.keys { #expect(Estimator.preset(name) != nil, "\(name)") }
    }
    #expect(Set(Estimator.presets.map(\.name)).count == Estimator.presets.count)
    #expect(Estimator.preset("no such estimator") == nil)
  }

  /// A baseline from the other trajectories of the batch has to be tested at `|D| = 2` at least.
  @Test(arguments: Certificate.all.filter { $0.batch > 1 })
  func ownBatchBaselineIsUnbiased(_ c: Certificate) {
    let result = CertificateMeans(c, [.sgMRLOwnBatch])
    #expect(distance(result.means[0], c.gradient) < 1e-9)
  }

  /// What makes a baseline biased: the mean return with the trajectory itself among the others.
  @Test func baselineThatSeesItsOwnTrajectoryIsBiased() {
    let estimator = Estimator(
      name: "test", summary: "", jacobian: InnerStepJacobian(), score: .sum,
      baseline: WholeBatchMean())
    // two steps of two trajectories
    let c = Certificate.all[7]
    let result = CertificateMeans(c, [estimator])
    #expect(distance(result.means[0], c.gradient) > 1e-3)
  }

  /// One state, rewards 0 and 1, a sigmoid policy at 0, `α = 1`, `|D| = 1`.
  ///
  /// By hand: action 0 leaves the parameter and gives 1/4 - 1/4 = 0. Action 1 moves it to 1/2 and
  /// gives, with p = σ(1/2), (1 - 1/4) p (1 - p) + p / 2. The mean is half of that, 0.243741.
  /// Equation 9 cancels the Hessian -1/4 by the square of the score: (p (1 - p) + p / 2) / 2.
  @Test(arguments: [(Estimator.sgMRL, 0.243741), (.sgMRLEquation9, 0.273117)])
  func sigmoidPolicyOfOneState(_ estimator: Estimator, _ expected: Double) {
    let policy = SoftmaxPolicy(observationSize: 1, actionCount: 2, featureCount: 1) { action, _ in
      [Double(action)]
    }
    let chain = ChainWalk(
      policy,
      settings: MetaSettings(innerStepSize: 1, innerEpisodes: 1, discount: 1, estimator: estimator))
    var mean = 0.0
    for action in 0..<2 {
      chain.begin(at: [0])
      chain.takeInnerStep(
        TrajectoryBatch(
          observations: Matrix([[1]]), actions: Matrix([[Double(action)]]),
          rewards: [Double(action)], offsets: [0, 1]))
      let p = policy.probabilities([1], chain.adapted)[1]
      var v = [p * (1 - p)]
      chain.propagate(&v, coefficient: p)
      mean += v[0] / 2
    }
    #expect((mean - expected).magnitude < 5e-7)
  }
}

/// The mean return of the whole batch, which must not be used.
private struct WholeBatchMean: ScoreBaseline {
  func values(_ context: BaselineContext) -> [Double] {
    guard let batch = context.batches.last else { return [] }
    return [Double](
      repeating: batch.meanReturn(discount: context.discount), count: batch.episodeCount)
  }
}
