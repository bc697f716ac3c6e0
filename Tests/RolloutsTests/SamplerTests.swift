import RolloutSupport
import Rollouts
import Testing

@Suite struct SamplerTests {
  private func batch(count: Int, seed: UInt64 = 5, epoch: Int = 0) throws -> TrajectoryBatch {
    let policy = SoftmaxPolicy(observationSize: 2, actionCount: 2)
    let sampler = TrajectorySampler(
      CountdownTasks().makeEnvironment(count: count), policy, Parameters(policy.layout), horizon: 6)
    return try sampler.sample(at: TrajectorySampler.Place(seed: seed, epoch: epoch))
  }

  @Test func episodesEndWhereTheEnvironmentSaysOrAtTheHorizon() throws {
    let batch = try batch(count: 40)
    #expect(batch.episodeCount == 40)
    var ends: Set<String> = []
    for episode in 0..<40 {
      let rows = batch.rows(ofEpisode: episode)
      let length = batch.observations[rows.lowerBound, 1]
      #expect(rows.count == min(Int(length), 6))
      let isTerminated = length <= 6 && Int(length) % 2 == 0
      #expect(batch.terminated[episode] == isTerminated)
      ends.insert(isTerminated ? "terminated" : length > 6 ? "horizon" : "truncated")
      for (h, row) in rows.enumerated() {
        // observation and action before the step, reward after it
        #expect(batch.observations.row(row) == [Double(h), length])
        #expect(batch.rewards[row] == Double(10 * (h + 1)) + batch.actions[row, 0])
      }
    }
    #expect(ends.count == 3)
    #expect(batch.sampleCount == batch.rewards.count && batch.sampleCount < 240)
  }

  @Test func episodeDoesNotDependOnTheSizeOfTheBatch() throws {
    let (few, many) = (try batch(count: 3), try batch(count: 11))
    let samples = few.sampleCount
    #expect(many.offsets.prefix(4) == few.offsets[...])
    #expect(many.rewards.prefix(samples) == few.rewards[...])
    #expect(many.actions.elements.prefix(samples) == few.actions.elements[...])
  }

  @Test func placeDecidesTheNumbers() throws {
    let first = try batch(count: 20)
    #expect(first.rewards == (try batch(count: 20)).rewards)
    #expect(first.rewards != (try batch(count: 20, seed: 6)).rewards)
    #expect(first.rewards != (try batch(count: 20, epoch: 1)).rewards)
  }
}
