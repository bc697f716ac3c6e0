import Foundation
import RolloutSupport
import Rollouts
import Testing

@Suite struct LinearValueFunctionTests {
  /// `min |X c - y|² + ridge |c|²`, the intercept not penalised, by the normal equations and Gaussian
  /// elimination.
  private func naive(_ batch: TrajectoryBatch, discount: Double, ridge: Double) -> [Double] {
    var (features, targets) = ([[Double]](), [Double]())
    for episode in 0..<batch.episodeCount {
      let rows = batch.rows(ofEpisode: episode)
      for (h, row) in rows.enumerated() {
        let clipped = batch.observations.row(row).map { min(max($0, -10), 10) }
        let time = Double(h) / 100
        features.append(
          clipped + clipped.map { $0 * $0 } + [time, time * time, time * time * time, 1])
        targets.append(
          (row..<rows.upperBound).reduce(0) {
            $0 + pow(discount, Double($1 - row)) * batch.rewards[$1]
          })
      }
    }
    let width = features[0].count
    var system = (0..<width).map { i in
      (0..<width).map { j in
        features.reduce(0) { $0 + $1[i] * $1[j] } + (i == j && i < width - 1 ? ridge : 0)
      } + [zip(features, targets).reduce(0) { $0 + $1.0[i] * $1.1 }]
    }
    for i in 0..<width {
      for k in 0..<width where k != i {
        let factor = system[k][i] / system[i][i]
        for j in i...width { system[k][j] -= factor * system[i][j] }
      }
    }
    let coefficients = (0..<width).map { system[$0][width] / system[$0][$0] }
    return features.map { zip($0, coefficients).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  @Test func predictionsAreThoseOfANaiveRidgeRegression() {
    var batch = normalBatch(lengths: [100, 60, 100, 1, 33], seed: 5)
    // beyond the clipping bound of ±10
    batch.observations[3, 0] = 25
    batch.observations[40, 1] = -1000
    for discount in [0.9, 1] {
      let values = LinearValueFunction(fittedTo: batch, discount: discount)
      // the powers of time make the normal equations' condition about 1e6: 1e-16 becomes 1e-10
      #expect(
        distance(values.predictions, naive(batch, discount: discount, ridge: 1e-5)) < 1e-9)
    }
  }

  @Test func ridgeIsTheWeightOfTheSquares() {
    let batch = normalBatch(lengths: [20, 20, 20], seed: 6)
    let values = LinearValueFunction(fittedTo: batch, discount: 0.95, ridge: 3)
    #expect(distance(values.predictions, naive(batch, discount: 0.95, ridge: 3)) < 1e-11)
    let flat = LinearValueFunction(fittedTo: batch, discount: 0.95, ridge: 1e12)
    // only the intercept is left, the mean of the returns
    let mean = naive(batch, discount: 0.95, ridge: 1e12)[0]
    #expect(mean.magnitude > 0.01)
    #expect(distance(flat.predictions, flat.predictions.map { _ in mean }) < 1e-6)
  }

  @Test func returnsThatAreLinearInTheFeaturesArePredicted() {
    var batch = normalBatch(lengths: [40, 40, 25], seed: 7)
    // without discount, a reward at the last step alone makes the return-to-go constant
    for episode in 0..<3 {
      for row in batch.rows(ofEpisode: episode) { batch.rewards[row] = 0 }
      batch.rewards[batch.rows(ofEpisode: episode).upperBound - 1] = 5
    }
    for ridge in [1e-9, 1e-5, 10] {
      let values = LinearValueFunction(fittedTo: batch, discount: 1, ridge: ridge)
      #expect(distance(values.predictions, [Double](repeating: 5, count: 105)) < 1e-14)
      let others = LinearValueFunction(leavingOneOutOf: batch, discount: 1, ridge: ridge)
      #expect(distance(others.predictions, [Double](repeating: 5, count: 105)) < 1e-14)
    }
  }

  @Test func constantObservationsAreNoObstacle() {
    var batch = normalBatch(lengths: [5, 5], seed: 8)
    for row in 0..<10 { for j in 0..<2 { batch.observations[row, j] = 0 } }
    let values = LinearValueFunction(fittedTo: batch, discount: 0.9)
    #expect(!values.predictions.contains { !$0.isFinite })
    #expect(norm(values.predictions) > 0)
  }

  @Test func leavingOneOutFitsToTheOthers() throws {
    let batch = normalBatch(lengths: [20, 7, 30], seed: 9)
    let values = LinearValueFunction(leavingOneOutOf: batch, discount: 0.9)
    for episode in 0..<3 {
      // a trajectory whose rewards are anything else has the same predictions
      var other = batch
      for row in batch.rows(ofEpisode: episode) { other.rewards[row] = 100 }
      let changed = LinearValueFunction(leavingOneOutOf: other, discount: 0.9)
      let rows = batch.rows(ofEpisode: episode)
      #expect(Array(changed.predictions[rows]) == Array(values.predictions[rows]))
      #expect(changed.predictions != values.predictions)
    }
    // the others' fit, at features that stand in both batches
    let first = batch.rows(ofEpisode: 0)
    let others = try #require(batch.without(episode: 0))
    let alone = naive(others, discount: 0.9, ridge: 1e-5)
    var copied = batch
    let second = batch.rows(ofEpisode: 1)
    for (target, source) in zip(first, second) {
      for j in 0..<2 { copied.observations[target, j] = batch.observations[source, j] }
    }
    let predicted = LinearValueFunction(leavingOneOutOf: copied, discount: 0.9).predictions
    #expect(distance(Array(predicted[first].prefix(7)), Array(alone.prefix(7))) < 1e-9)
    let one = normalBatch(lengths: [4], seed: 10)
    #expect(
      LinearValueFunction(leavingOneOutOf: one, discount: 0.9).predictions == [0, 0, 0, 0])
  }
}
