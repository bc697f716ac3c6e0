import RolloutSupport
import SGMRL
import Testing

/// DiCE's Hessian with a baseline for products of different steps' scores.
@Suite struct TMAMLTests {
  @Test(arguments: [1, 2, 7, 40]) func subtractsTheTermFromDiCE(_ count: Int) {
    let (w, t, b) = (
      normals(count, seed: 71), normals(count, seed: 72), normals(count, seed: 73)
    )
    let dice = weightTangents(DiCE(), w, t)
    var expected = dice
    for h in 0..<count {
      for k in 0..<count where k != h { expected[h] -= b[max(h, k)] * t[k] }
    }
    var result = [Double](repeating: .nan, count: count)
    var target = result.mutableSpan
    TMAML().writeWeightTangents(
      weights: w.span, tangents: t.span, prepared: b.span, into: &target)
    #expect(relativeError(result, expected) < 1e-13)
    #expect(weightTangents(TMAML(), w, t) == dice)
  }

  @Test(arguments: [(2, 2), (1, 3)])
  func hasDiCEsMeanForAGivenDirection(_ horizon: Int, _ batch: Int) {
    let problem = FixedDirection(horizon: horizon, batch: batch)
    #expect(problem.distance(TMAML(), DiCE()) < 1e-13)
    // two sums of the same numbers in different orders, or not the same numbers
    #expect(problem.distance(TMAML(), LowVarianceCurvature()) > 1e-3)
  }

  /// What makes the baseline biased: a fit to the trajectory itself.
  @Test func fittedToTheTrajectoryItselfItIsBiased() {
    let problem = FixedDirection(horizon: 2, batch: 2)
    #expect(problem.distance(FittedToItself(), DiCE()) > 1e-3)
  }

  /// A lone trajectory has no others to predict its returns.
  @Test func loneTrajectoryGetsDiCE() {
    let policy = NavigationProblem.policy
    let batch = normalBatch(lengths: [7], seed: 74)
    let v = normals(policy.layout.count, seed: 75)
    let dice = propagate(policy, DiCE(), [batch], v)
    #expect(relativeError(propagate(policy, TMAML(), [batch], v), dice) < 1e-14)
    // with others there is a baseline
    let three = normalBatch(lengths: [7, 4, 9], seed: 76)
    let swept = propagate(policy, TMAML(), [three], v)
    #expect(relativeError(swept, propagate(policy, DiCE(), [three], v)) > 1e-3)
  }

  @Test func presetIsNotDeclaredUnbiased() {
    #expect(Estimator.preset("tmaml")?.isDeclaredUnbiased == false)
  }
}

/// TMAML with a regression on all trajectories, which must not be used.
private struct FittedToItself: BatchJacobianRule {
  func prepare(_ context: JacobianContext) -> [Double] {
    LinearValueFunction(fittedTo: context.batch, targets: context.weights).predictions
  }

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, prepared: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    TMAML().writeWeightTangents(
      weights: weights, tangents: tangents, prepared: prepared, into: &weightTangents)
  }

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, into weightTangents: inout MutableSpan<Double>
  ) {
    TMAML().writeWeightTangents(weights: weights, tangents: tangents, into: &weightTangents)
  }
}
