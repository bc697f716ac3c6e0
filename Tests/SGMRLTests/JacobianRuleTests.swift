import ChainSupport
import RolloutSupport
import SGMRL
import Testing

/// The sweep of every rule against the dense matrix that it stands for.
@Suite struct JacobianRuleTests {
  /// Rules by the name of their term beside `∇²ν`.
  static let rules: [(rule: any JacobianRule, term: DenseTerm)] = [
    (InnerStepJacobian(), .none), (PolicyHessian(), .policyHessian),
    (LinearizedScoreFunction(), .transposed), (DiCE(), .dice),
    (LowVarianceCurvature(), .lowVariance), (LoadedDiCE(traceDecay: 0), .lowVariance),
    (LoadedDiCE(traceDecay: 1), .dice), (LoadedDiCE(traceDecay: 0.7), .loaded(0.7)),
  ]
  static let policy = GaussianNetworkPolicy(
    observationSize: 2, actionSize: 2, hiddenSizes: [3], activation: .tanh,
    initialLogStandardDeviation: -0.3)
  static let lengths = [3, 1, 4, 2, 5, 1]
  static let count = policy.layout.count

  static func settings(_ estimator: Estimator, steps: Int = 1) -> MetaSettings {
    // four rows a block: several blocks, some of several episodes
    MetaSettings(
      innerSteps: steps, innerStepSize: 0.3, innerEpisodes: lengths.count, discount: 0.9,
      estimator: estimator, blockRows: 4)
  }

  @Test func batchIsDividedIntoSeveralBlocks() {
    let blocks = EpisodeBlock.partition([0, 3, 4, 8, 10, 15, 16], target: 4)
    #expect(blocks.map(\.episodes) == [0..<2, 2..<3, 3..<5, 5..<6])
    #expect(blocks.map(\.rows) == [0..<4, 4..<8, 8..<15, 15..<16])
  }

  @Test(arguments: rules.indices, ScoreRule.allCases)
  func sweepEqualsTheDenseMatrix(_ index: Int, _ score: ScoreRule) {
    let (rule, term) = Self.rules[index]
    let batch = normalBatch(lengths: Self.lengths, seed: 31)
    let parameters = normals(Self.count, seed: 32)
    for baseline in [nil, OwnBatchBaseline()] {
      let estimator = Estimator(
        name: "test", summary: "", jacobian: rule, score: score, baseline: baseline)
      let chain = ChainWalk(Self.policy, settings: Self.settings(estimator))
      chain.begin(at: parameters)
      chain.takeInnerStep(batch)
      let dense = DenseStep(Self.policy, parameters, batch, discount: 0.9)
      var expected = parameters
      add(0.3, dense.gradient, to: &expected)
      #expect(distance(chain.adapted, expected) < 1e-12)
      for seed: UInt64 in 33..<36 {
        let v = normals(Self.count, seed: seed)
        var swept = v
        chain.propagate(&swept, coefficient: 1.7)
        let others = baseline?.values(BaselineContext(batches: [batch], discount: 0.9))
        let scale = score == .none ? 0 : score == .sum ? 1 : 1 / Double(batch.episodeCount)
        let coefficients = (0..<batch.episodeCount).map { scale * (1.7 - (others?[$0] ?? 0)) }
        let target = dense.propagated(v, stepSize: 0.3, term: term, coefficients: coefficients)
        #expect(relativeError(swept, target) < 1e-10)
      }
    }
  }

  @Test(arguments: rules.indices) func twoStepsAreOneAfterTheOther(_ index: Int) {
    let (rule, term) = Self.rules[index]
    let batches = [
      normalBatch(lengths: Self.lengths, seed: 41), normalBatch(lengths: [5, 2, 9], seed: 42),
    ]
    let estimator = Estimator(name: "test", summary: "", jacobian: rule, score: .sum)
    let chain = ChainWalk(Self.policy, settings: Self.settings(estimator, steps: 2))
    let start = normals(Self.count, seed: 43).map { 0.5 * $0 }
    chain.begin(at: start)
    chain.takeInnerStep(batches[0])
    let first = DenseStep(Self.policy, start, batches[0], discount: 0.9)
    let second = DenseStep(Self.policy, chain.adapted, batches[1], discount: 0.9)
    chain.takeInnerStep(batches[1])
    #expect(chain.stepCount == 2)
    let v = normals(Self.count, seed: 44)
    var swept = v
    chain.propagate(&swept, coefficient: -0.6)
    let middle = second.propagated(
      v, stepSize: 0.3, term: term, coefficients: [Double](repeating: -0.6, count: 3))
    let target = first.propagated(
      middle, stepSize: 0.3, term: term, coefficients: [Double](repeating: -0.6, count: 6))
    #expect(relativeError(swept, target) < 1e-10)
  }

  /// Without a Jacobian rule only the scores are added, with the score's own coefficients.
  @Test(arguments: ScoreRule.allCases) func firstOrderAddsScoresAlone(_ score: ScoreRule) {
    let batch = normalBatch(lengths: Self.lengths, seed: 51)
    let parameters = normals(Self.count, seed: 52)
    let estimator = Estimator(name: "test", summary: "", jacobian: nil, score: score)
    let chain = ChainWalk(Self.policy, settings: Self.settings(estimator))
    chain.begin(at: parameters)
    chain.takeInnerStep(batch)
    var swept = normals(Self.count, seed: 53)
    var target = swept
    chain.propagate(&swept, coefficient: 2.5)
    let dense = DenseStep(Self.policy, parameters, batch, discount: 0.9)
    let scale = score == .none ? 0 : score == .sum ? 2.5 : 2.5 / 6
    for score in dense.scores { add(scale, score, to: &target) }
    #expect(relativeError(swept, target) < 1e-10)
  }

  /// The rules on a softmax policy, whose scores and Hessians have closed forms without a tape.
  @Test(arguments: rules.indices) func sweepEqualsClosedFormsOfTheSoftmax(_ index: Int) {
    let (rule, term) = Self.rules[index]
    let policy = SoftmaxPolicy(observationSize: 3, actionCount: 3)
    var batch = normalBatch(lengths: Self.lengths, observationSize: 3, actionSize: 1, seed: 61)
    for row in 0..<batch.sampleCount { batch.actions[row, 0] = Double(row * row % 3) }
    let parameters = normals(9, seed: 62)
    let estimator = Estimator(name: "test", summary: "", jacobian: rule, score: .sum)
    let chain = ChainWalk(policy, settings: Self.settings(estimator))
    chain.begin(at: parameters)
    chain.takeInnerStep(batch)
    var v = normals(9, seed: 63)
    let dense = DenseStep(softmax: policy, parameters, batch, discount: 0.9)
    let target = dense.propagated(
      v, stepSize: 0.3, term: term, coefficients: [Double](repeating: 0.8, count: 6))
    chain.propagate(&v, coefficient: 0.8)
    #expect(relativeError(v, target) < 1e-10)
  }
}
