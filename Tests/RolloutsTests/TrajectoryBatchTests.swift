import Foundation
import RolloutSupport
import Rollouts
import Testing

@Suite struct TrajectoryBatchTests {
  static let batch = TrajectoryBatch(
    observations: Matrix(rows: 6, columns: 1), actions: Matrix(rows: 6, columns: 1),
    rewards: [1, 2, 3, 4, -5, 6], offsets: [0, 3, 4, 6])

  @Test func sizesOfARaggedBatch() {
    let batch = Self.batch
    #expect(batch.sampleCount == 6)
    #expect(batch.episodeCount == 3)
    #expect((0..<3).map { batch.rows(ofEpisode: $0) } == [0..<3, 3..<4, 4..<6])
    #expect(batch.terminated == [false, false, false])
    #expect(batch.invalidCount == 0)
  }

  /// Equation 4: the power counts from the start of the episode, `R^h = Σ_{t ≥ h} γ^t r_t`.
  @Test func returnsDiscountFromTheStartOfTheEpisode() {
    // 3/4 = 0.5² · 3; the second step brings 0.5 · 2, the first 1
    #expect(Self.batch.returns(discount: 0.5) == [2.75, 1.75, 0.75, 4, -2, 3])
    #expect(Self.batch.returns(discount: 1) == [6, 5, 3, 4, 1, 6])
    // with no discount at all, a power of zero is one at the first step alone
    #expect(Self.batch.returns(discount: 0) == [1, 0, 0, 4, -5, 0])
  }

  @Test func returnsOfARandomBatch() {
    let batch = normalBatch(lengths: [1, 30, 7, 2, 100], seed: 1)
    var expected: [Double] = []
    for episode in 0..<5 {
      let rewards = Array(batch.rewards[batch.rows(ofEpisode: episode)])
      for h in rewards.indices {
        expected.append((h..<rewards.count).reduce(0) { $0 + pow(0.97, Double($1)) * rewards[$1] })
      }
    }
    #expect(distance(batch.returns(discount: 0.97), expected) < 1e-12)
  }

  @Test func meanReturnIsThatOfTheEpisodes() {
    #expect(Self.batch.episodeReturns(discount: 0.5) == [2.75, 4, -2])
    #expect(Self.batch.meanReturn(discount: 0.5) == 4.75 / 3)
  }

  @Test func summaryAveragesOverEpisodes() {
    let summary = ReturnSummary(Self.batch, discount: 0.5)
    #expect(summary.discounted == 4.75 / 3)
    #expect(summary.undiscounted == 11.0 / 3)
    #expect(summary.length == 2)
    #expect(summary.samples == 6)
  }

  @Test func withoutAnEpisode() throws {
    var batch = normalBatch(lengths: [3, 1, 4], seed: 3)
    batch.terminated = [true, false, true]
    let rest = try #require(batch.without(episode: 1))
    #expect(rest.offsets == [0, 3, 7] && rest.terminated == [true, true])
    #expect(rest.rewards == Array(batch.rewards[0..<3] + batch.rewards[4..<8]))
    for (row, source) in zip(0..<7, [0, 1, 2, 4, 5, 6, 7]) {
      #expect(rest.observations.row(row) == batch.observations.row(source))
      #expect(rest.actions.row(row) == batch.actions.row(source))
    }
    #expect(batch.without(episode: 0)?.offsets == [0, 1, 5])
    #expect(batch.without(episode: 2)?.offsets == [0, 3, 4])
    #expect(normalBatch(lengths: [3], seed: 3).without(episode: 0) == nil)
  }
}
