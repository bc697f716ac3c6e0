import ChainSupport
import Foundation
import RolloutSupport
import SGMRL
import Testing

/// Loaded DiCE between low-variance curvature and DiCE.
@Suite struct LoadedDiCETests {
  @Test(arguments: [0, 0.3, 0.95, 1], [1, 2, 7, 40])
  func isTheDoubleSum(_ decay: Double, _ count: Int) {
    let (w, t) = (normals(count, seed: 91), normals(count, seed: 92))
    let swept = weightTangents(LoadedDiCE(traceDecay: decay), w, t)
    var expected = [Double](repeating: 0, count: count)
    for h in 0..<count {
      for k in 0..<count {
        let factor = k == h ? 1 : pow(decay, Double((k - h).magnitude))
        expected[h] += factor * w[max(h, k)] * t[k]
      }
    }
    #expect(relativeError(swept, expected) < 1e-14)
  }

  @Test(arguments: [1, 2, 7, 40]) func withoutTraceItIsLowVarianceCurvature(_ count: Int) {
    let (w, t) = (normals(count, seed: 93), normals(count, seed: 94))
    #expect(
      weightTangents(LoadedDiCE(traceDecay: 0), w, t)
        == weightTangents(LowVarianceCurvature(), w, t))
  }

  @Test(arguments: [1, 2, 7, 40]) func withTheWholeTraceItIsDiCE(_ count: Int) {
    let (w, t) = (normals(count, seed: 95), normals(count, seed: 96))
    let loaded = weightTangents(LoadedDiCE(traceDecay: 1), w, t)
    #expect(relativeError(loaded, weightTangents(DiCE(), w, t)) < 1e-14)
  }

  /// The Hessian of DiCE with a baseline for both derivatives is DiCE's on centred weights.
  @Test func onCentredWeightsItIsDiCEWithBothBaselines() {
    let policy = NavigationProblem.policy
    let batch = normalBatch(lengths: [4, 9, 2, 6], seed: 97)
    let v = normals(policy.layout.count, seed: 98)
    let signals = Surrogate(signal: .centeredReturns)
    func propagated(_ rule: any JacobianRule) -> [Double] {
      propagate(policy, rule, [batch], v, inner: signals)
    }
    let dice = propagated(DiCE())
    #expect(relativeError(propagated(LoadedDiCE(traceDecay: 1)), dice) < 1e-13)
    #expect(relativeError(propagated(LoadedDiCE(traceDecay: 0.9)), dice) > 1e-3)
    // the scores of a step's past and future meet R^h - γ^h b
    let values = LinearValueFunction(leavingOneOutOf: batch, discount: 0.9).predictions
    let returns = batch.returns(discount: 0.9)
    let weights = signals.weights(of: batch, discount: 0.9)
    for row in batch.rows(ofEpisode: 1) {
      let power = pow(0.9, Double(row - batch.rows(ofEpisode: 1).lowerBound))
      #expect((weights[row] - (returns[row] - power * values[row]) / 4).magnitude < 1e-14)
    }
  }

  @Test func optionsMakeTheRule() throws {
    let estimator = LoadedDiCEOptions(traceDecay: 0.4).makeEstimator()
    let rule = try #require(estimator.jacobian as? LoadedDiCE)
    #expect(rule.traceDecay == 0.4 && estimator.name == "loaded-dice")
    #expect(!estimator.isDeclaredUnbiased)
  }
}

/// The tangents that a rule writes for one episode.
func weightTangents(_ rule: any JacobianRule, _ weights: [Double], _ tangents: [Double])
  -> [Double]
{
  var result = [Double](repeating: .nan, count: weights.count)
  var target = result.mutableSpan
  rule.writeWeightTangents(weights: weights.span, tangents: tangents.span, into: &target)
  return result
}

/// A vector carried back through inner steps by a rule, from parameters with a seed.
func propagate(
  _ policy: any Policy, _ rule: any JacobianRule, _ batches: [TrajectoryBatch], _ v: [Double],
  inner: Surrogate = Surrogate()
) -> [Double] {
  let estimator = Estimator(name: "test", summary: "", jacobian: rule, score: .none)
  let chain = ChainWalk(
    policy,
    settings: MetaSettings(
      innerSteps: batches.count, innerStepSize: 0.01, discount: 0.9, inner: inner,
      estimator: estimator, blockRows: 4))
  chain.begin(at: normals(policy.layout.count, seed: 81).map { 0.3 * $0 })
  for batch in batches { chain.takeInnerStep(batch) }
  var result = v
  chain.propagate(&result, coefficient: 0)
  return result
}
