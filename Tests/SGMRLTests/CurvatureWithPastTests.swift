// More than 300 lines: the parts of the score term for one fixed direction, each against an enumeration.

import ChainSupport
import Foundation
import RolloutSupport
import Testing

@testable import SGMRL

/// Low-variance curvature with what earlier and later steps add.
@Suite struct CurvatureWithPastTests {
  /// Both parts with nothing shortened: the mean of the linearised score function.
  static func whole(isCrossFitted: Bool = true) -> CurvatureWithPast {
    CurvatureWithPast(
      traceDecay: 1, trace: .sampled, futureDecay: 1, isCrossFitted: isCrossFitted)
  }

  @Test(arguments: [(2, 2), (1, 3)])
  func wholeTermHasTheMeanOfTheLinearizedScore(_ horizon: Int, _ batch: Int) {
    let problem = FixedDirection(horizon: horizon, batch: batch)
    #expect(problem.distance(Self.whole(), LinearizedScoreFunction()) < 1e-12)
    #expect(problem.distance(LowVarianceCurvature(), LinearizedScoreFunction()) > 1e-3)
  }

  /// A prediction of the future that was fitted to the trajectory itself knows the action.
  @Test func withoutCrossFittingTheMeanIsAnother() {
    let problem = FixedDirection(horizon: 2, batch: 2)
    #expect(
      problem.distance(Self.whole(isCrossFitted: false), LinearizedScoreFunction()) > 1e-2)
  }

  /// The part of earlier steps, sampled or with its exact mean given state and time, for both signals
  /// that may be certified.
  @Test(arguments: [Surrogate.Signal.returns, .centeredReturns])
  func pastHasTheMeanOfThePartBelowTheDiagonal(_ signal: Surrogate.Signal) {
    let problem = FixedDirection(horizon: 2, batch: 2, signal: signal)
    let sampled = CurvatureWithPast(traceDecay: 1, trace: .sampled)
    #expect(problem.distance(sampled, LowerPart()) < 1e-12)
    let exact = ExactTrace(means: problem.meanTraces(decay: 1))
    #expect(problem.distance(exact, LowerPart()) < 1e-12)
    // predicted from one other trajectory it is not exact
    let predicted = problem.distance(CurvatureWithPast(traceDecay: 1), LowerPart())
    #expect(predicted > 1e-6 && predicted < 1)
  }

  /// With `q` a step's weight meets `Σ_{k<h} (κq)^(h-k) ℓ̇_k` with shortened weights.
  @Test(arguments: [Surrogate.Signal.returns, .advantages])
  func shorterDecayIsTheDoubleSum(_ signal: Surrogate.Signal) {
    let batch = normalBatch(lengths: [5, 1, 8], seed: 21)
    let (weights, tangents) = (normals(14, seed: 22), normals(14, seed: 23))
    let surrogate = Surrogate(signal: signal, gaeDecay: 0.8)
    let context = JacobianContext(
      batch: batch, weights: weights, surrogate: surrogate, discount: 0.9
    ) { tangents }
    let kappa = signal == .advantages ? 0.9 * 0.8 : 1
    #expect(context.weightDecay == kappa)
    let (q, future) = (0.7, 0.6)
    let result = CurvatureWithPast(traceDecay: q, trace: .sampled).prepare(context)
    let both = CurvatureWithPast(traceDecay: q, trace: .sampled, futureDecay: future)
      .prepare(context)
    var (expected, targets) = ([Double](), [Double]())
    for episode in 0..<3 {
      let rows = batch.rows(ofEpisode: episode)
      func weight(_ row: Int) -> Double { row < rows.upperBound ? weights[row] : 0 }
      func short(_ row: Int) -> Double {
        var sum = 0.0
        for later in row..<rows.upperBound {
          let difference = weight(later) - kappa * weight(later + 1)
          sum += pow(kappa * q, Double(later - row)) * difference
        }
        return sum
      }
      for row in rows {
        var trace = 0.0
        for earlier in rows.lowerBound..<row {
          trace += pow(kappa * q, Double(row - earlier)) * tangents[earlier]
        }
        expected.append(short(row) * trace)
        var target = 0.0
        for later in rows where later > row {
          target += pow(future, Double(later - row)) * short(later) * tangents[later]
        }
        targets.append(target)
      }
    }
    #expect(relativeError(result, expected) < 1e-13)
    let predicted = LinearValueFunction(leavingOneOutOf: batch, targets: targets).predictions
    let rest = targets.indices.map { expected[$0] + targets[$0] - predicted[$0] }
    #expect(relativeError(both, rest) < 1e-9)
  }

  // MARK: Where there is nothing to fit

  @Test func loneTrajectoryGetsLowVarianceCurvature() {
    let policy = NavigationProblem.policy
    let (batch, v) = (normalBatch(lengths: [9], seed: 24), normals(policy.layout.count, seed: 25))
    let curvature = propagate(policy, LowVarianceCurvature(), [batch], v)
    #expect(propagate(policy, CurvatureWithPast(), [batch], v) == curvature)
    let three = normalBatch(lengths: [9, 5, 6], seed: 26)
    let swept = propagate(policy, CurvatureWithPast(), [three], v)
    #expect(swept.allSatisfy { $0.isFinite })
    #expect(
      relativeError(swept, propagate(policy, LowVarianceCurvature(), [three], v)) > 1e-3)
  }

  @Test func episodesOfOneStepHaveNoPast() {
    let policy = NavigationProblem.policy
    let v = normals(policy.layout.count, seed: 27)
    let batch = normalBatch(lengths: [1, 1, 1], seed: 28)
    #expect(
      propagate(policy, CurvatureWithPast(), [batch], v)
        == propagate(policy, LowVarianceCurvature(), [batch], v))
  }

  /// Observations that never change, and equations that determine nothing.
  @Test(arguments: [0, 0.001]) func constantFeaturesGiveNumbers(_ ridge: Double) {
    var batch = normalBatch(lengths: [4, 4, 4], seed: 29)
    for row in 0..<12 { (batch.observations[row, 0], batch.observations[row, 1]) = (0, 3) }
    let tangents = normals(12, seed: 30)
    let regression = TraceRegression(
      batch, tangents: tangents, decay: 0.95, lambda: 0.9, ridge: ridge, leavesOut: true)
    #expect(regression.predictions.allSatisfy { $0.isFinite })
    #expect([0, 4, 8].allSatisfy { regression.predictions[$0] == 0 })
    if ridge == 0 { #expect(regression.predictions.allSatisfy { $0 == 0 }) }
    let nothing = TraceRegression(
      batch, tangents: tangents.map { _ in 0 }, decay: 0.95, lambda: 0.9, ridge: ridge,
      leavesOut: true)
    #expect(nothing.predictions.allSatisfy { $0 == 0 })
  }

  // MARK: The regression

  /// Tangents that are the same at all steps add up to a trace that is linear in time.
  @Test(arguments: [0, 0.5, 0.9, 1], [true, false])
  func linearTraceIsFound(_ lambda: Double, _ leavesOut: Bool) {
    let batch = normalBatch(lengths: [30, 20, 25, 30], seed: 31)
    let regression = TraceRegression(
      batch, tangents: [Double](repeating: 0.7, count: 105), decay: 1, lambda: lambda,
      ridge: 1e-9, leavesOut: leavesOut)
    for episode in 0..<4 {
      for (h, row) in batch.rows(ofEpisode: episode).enumerated() {
        #expect((regression.predictions[row] - 0.7 * Double(h)).magnitude < 1e-3)
      }
    }
  }

  /// With `λ = 1` it is the ridge regression on the sampled traces, features scaled.
  @Test func withoutBootstrappingItIsARegressionOnTraces() throws {
    let batch = normalBatch(lengths: [30, 20, 25], seed: 32)
    let (tangents, ridge) = (normals(75, seed: 33), 0.01)
    let regression = TraceRegression(
      batch, tangents: tangents, decay: 0.9, lambda: 1, ridge: ridge, leavesOut: false)
    var (rows, features, traces) = ([Int](), [[Double]](), [Double]())
    for episode in 0..<3 {
      var trace = 0.0
      for (h, row) in batch.rows(ofEpisode: episode).enumerated() {
        let (x, time) = (batch.observations.row(row), Double(h) / 100)
        if h > 0 {
          rows.append(row)
          features.append(x + x.map { $0 * $0 } + [time, time * time, time * time * time, 1])
          traces.append(trace)
        }
        trace = 0.9 * (trace + tangents[row])
      }
    }
    let count = Double(rows.count)
    let scales = features[0].indices.map { j in
      (features.reduce(0) { $0 + $1[j] * $1[j] } / count).squareRoot()
    }
    let scaled = features.map { zip($0, scales).map { $0 / $1 } }
    var normal = Matrix(rows: 8, columns: 8)
    var right = Matrix(rows: 8, columns: 1)
    for (x, trace) in zip(scaled, traces) {
      for i in 0..<8 {
        for j in 0..<8 { normal[i, j] += x[i] * x[j] / count }
        right[i, 0] += x[i] * trace / count
      }
    }
    for i in 0..<8 { normal[i, i] += ridge }
    let isSolved = normal.withMutableView { a in
      right.withMutableView { solvePositiveDefinite(a, inPlace: $0) }
    }
    try #require(isSolved)
    let expected = scaled.map { zip($0, right.elements).reduce(0) { $0 + $1.0 * $1.1 } }
    #expect(relativeError(rows.map { regression.predictions[$0] }, expected) < 1e-9)
  }

  /// A prediction changes with other trajectories, not with its own tangents.
  @Test func ownTrajectoryIsLeftOut() {
    let batch = normalBatch(lengths: [6, 9, 7], seed: 34)
    var tangents = normals(22, seed: 35)
    func predictions(_ leavesOut: Bool) -> [Double] {
      TraceRegression(
        batch, tangents: tangents, decay: 0.95, lambda: 0.9, ridge: 0.001, leavesOut: leavesOut
      ).predictions
    }
    let (left, kept) = (predictions(true), predictions(false))
    for row in 6..<15 { tangents[row] += 1 }
    #expect(Array(predictions(true)[6..<15]) == Array(left[6..<15]))
    #expect(Array(predictions(true)[..<6]) != Array(left[..<6]))
    #expect(Array(predictions(false)[6..<15]) != Array(kept[6..<15]))
  }

  @Test func tooFewPreparedNumbersAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let policy = NavigationProblem.policy
      let v = [Double](repeating: 1, count: policy.layout.count)
      _ = propagate(policy, TooFewNumbers(), [normalBatch(lengths: [3, 2], seed: 39)], v)
    }
    await #expect(processExitsWith: .failure) { _ = CurvatureWithPast(traceDecay: 1.5) }
    await #expect(processExitsWith: .failure) { _ = CurvatureWithPast(ridge: -1) }
    await #expect(processExitsWith: .failure) { _ = LoadedDiCE(traceDecay: -0.1) }
  }

  // MARK: The estimator

  @Test func optionsMakeTheRule() throws {
    var options = LVCPastOptions()
    #expect(try #require(options.makeEstimator().jacobian as? CurvatureWithPast) == .init())
    options.trace = .sampled
    options.traceDecay = 0.5
    options.predictionDecay = 0.4
    options.ridge = 0.3
    options.futureDecay = 0.2
    options.isCrossFitted = false
    let rule = try #require(options.makeEstimator().jacobian as? CurvatureWithPast)
    #expect(
      rule
        == CurvatureWithPast(
          traceDecay: 0.5, trace: .sampled, predictionDecay: 0.4, ridge: 0.3, futureDecay: 0.2,
          isCrossFitted: false))
    #expect(!options.makeEstimator().isDeclaredUnbiased)
  }

  /// A rule that looks at the batch may stand for part of the score term.
  @Test func standsForPartOfTheScore() {
    let policy = NavigationProblem.policy
    let batch = normalBatch(lengths: [4, 9, 2], seed: 36)
    let v = normals(policy.layout.count, seed: 37)
    func propagated(_ estimator: Estimator) -> [Double] {
      let chain = ChainWalk(
        policy, settings: MetaSettings(innerStepSize: 0.01, estimator: estimator, blockRows: 4))
      chain.begin(at: normals(policy.layout.count, seed: 38).map { 0.3 * $0 })
      chain.takeInnerStep(batch)
      var result = v
      chain.propagate(&result, coefficient: 1.3)
      return result
    }
    var mixed = Estimator.sgMRL
    (mixed.scoreWeight, mixed.complement) = (0.25, CurvatureWithPast())
    let (whole, past) = (propagated(.sgMRL), propagated(.lvcPast))
    let expected = zip(whole, past).map { 0.25 * $0 + 0.75 * $1 }
    #expect(relativeError(propagated(mixed), expected) < 1e-12)
    #expect(ScoreComplement.lvcPast.rule is CurvatureWithPast)
  }
}

/// A rule that prepares too few numbers.
private struct TooFewNumbers: BatchJacobianRule {
  func prepare(_ context: JacobianContext) -> [Double] { [1] }

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, prepared: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {}

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, into weightTangents: inout MutableSpan<Double>
  ) {}
}

/// The diagonal of the linearised score function and what is below it: `ẇ_h = Σ_{k ≤ h} w_k ℓ̇_k`.
private struct LowerPart: JacobianRule {
  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, into weightTangents: inout MutableSpan<Double>
  ) {
    var sum = 0.0
    for h in weights.indices {
      sum += weights[h] * tangents[h]
      weightTangents[h] = sum
    }
  }
}

/// The rule with the trace's exact mean given state and time.
private struct ExactTrace: BatchJacobianRule {
  /// `[h][state]`
  let means: [[Double]]

  func prepare(_ context: JacobianContext) -> [Double] {
    (0..<context.batch.episodeCount).flatMap { episode in
      context.batch.rows(ofEpisode: episode).enumerated().map { h, row in
        let state = context.batch.observations[row, 0] == 1 ? 0 : 1
        return context.weights[row] * means[h][state]
      }
    }
  }

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, prepared: Span<Double>,
    into weightTangents: inout MutableSpan<Double>
  ) {
    CurvatureWithPast().writeWeightTangents(
      weights: weights, tangents: tangents, prepared: prepared, into: &weightTangents)
  }

  func writeWeightTangents(
    weights: Span<Double>, tangents: Span<Double>, into weightTangents: inout MutableSpan<Double>
  ) {
    LowVarianceCurvature().writeWeightTangents(
      weights: weights, tangents: tangents, into: &weightTangents)
  }
}
