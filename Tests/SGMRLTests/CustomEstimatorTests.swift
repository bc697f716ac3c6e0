import ChainSupport
import RolloutSupport
import SGMRL
import Testing

/// The mean of equation 9 and its transpose: a symmetric estimate of the Hessian.
private struct SymmetrizedPolicyHessian: JacobianRule {
  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    var (sum, product) = (0.0, 0.0)
    for k in tangents.indices {
      sum += tangents[k]
      product += weights[k] * tangents[k]
    }
    for h in weights.indices { weightTangents[h] = 0.5 * (weights[h] * sum + product) }
  }
}

/// The mean return of the batch before; zero at the first step.
private struct EarlierBatchBaseline: ScoreBaseline {
  func values(_ context: BaselineContext) -> [Double] {
    let earlier = context.batches.dropLast().last
    return [Double](
      repeating: earlier?.meanReturn(discount: context.discount) ?? 0,
      count: context.batches.last?.episodeCount ?? 0)
  }
}

/// An estimator that a user defines works like those of the package.
@Suite struct CustomEstimatorTests {
  static let custom = Estimator(
    name: "symmetrized", summary: "a test's own", jacobian: SymmetrizedPolicyHessian(),
    score: .sum, baseline: EarlierBatchBaseline())
  static let policy = NavigationProblem.policy

  private func propagated(
    _ estimator: Estimator, _ batches: [TrajectoryBatch], _ v: [Double], _ coefficient: Double
  ) -> [Double] {
    let chain = ChainWalk(
      Self.policy,
      settings: MetaSettings(innerSteps: batches.count, innerStepSize: 0.01, estimator: estimator))
    // standard deviations of about one keep the second derivatives small
    chain.begin(at: normals(Self.policy.layout.count, seed: 81).map { 0.3 * $0 })
    for batch in batches { chain.takeInnerStep(batch) }
    var result = v
    chain.propagate(&result, coefficient: coefficient)
    return result
  }

  @Test func ruleIsTheMeanOfTheTwoPresetsAtOneStep() {
    let batch = normalBatch(lengths: [4, 9, 2], seed: 82)
    let v = normals(Self.policy.layout.count, seed: 83)
    let presets = [Estimator.mamlEquation9, .lsf].map { propagated($0, [batch], v, 0) }
    let expected = zip(presets[0], presets[1]).map { 0.5 * ($0 + $1) }
    #expect(relativeError(propagated(Self.custom, [batch], v, 0), expected) < 1e-12)
  }

  /// The baseline sees the batches up to its step: none before the first, the first before the
  /// second.
  @Test func baselineSeesTheBatchesBeforeItsStep() {
    let batches = [
      normalBatch(lengths: [3, 5], seed: 84), normalBatch(lengths: [6, 2], seed: 85),
    ]
    let v = normals(Self.policy.layout.count, seed: 86)
    func estimator(_ baseline: (any ScoreBaseline)?) -> Estimator {
      Estimator(name: "test", summary: "", jacobian: nil, score: .sum, baseline: baseline)
    }
    let plain = propagated(estimator(nil), batches, v, 0)
    let baseline = propagated(estimator(EarlierBatchBaseline()), batches, v, 0)
    // to first order the scores add up: only that of the second step meets a baseline
    let chain = ChainWalk(Self.policy, settings: MetaSettings(innerStepSize: 0.01))
    chain.begin(at: normals(Self.policy.layout.count, seed: 81).map { 0.3 * $0 })
    chain.takeInnerStep(batches[0])
    let scores = DenseStep(Self.policy, chain.adapted, batches[1], discount: 0.99).scores
    var expected = plain
    for score in scores { add(-batches[0].meanReturn(discount: 0.99), score, to: &expected) }
    #expect(relativeError(baseline, expected) < 1e-12)
    #expect(distance(plain, baseline) > 1e-3)
  }

  @Test func trainsWithAnyNumberOfThreads() async throws {
    let settings = NavigationProblem.settings(Self.custom, steps: 2)
    let one = try await NavigationProblem.train(settings, threads: 1)
    let two = try await NavigationProblem.train(settings, threads: 2)
    #expect(one.parameters == two.parameters)
    let preset = try await NavigationProblem.train(NavigationProblem.settings(.sgMRL, steps: 2))
    #expect(one.parameters != preset.parameters)
  }
}
