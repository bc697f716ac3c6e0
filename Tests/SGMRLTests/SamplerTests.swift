import SGMRL
import Testing

/// Episodes whose length is drawn at their start; the observation is (step, length).
struct CountdownTasks: TaskDistribution {
  let name = "countdown"
  let observationSpace = Space.unbounded(size: 2)
  let actionSpace = Space.discrete(2)
  let horizon = 6

  func sampleTask(using stream: inout RandomStream) -> TaskParameters { [0] }

  func makeEnvironment(count: Int) -> any Environment {
    BatchedEnvironment(Countdown(), count: count, observationSize: 2)
  }

  private struct Countdown: SingleEnvironment {
    var (step, length) = (0.0, 0.0)

    mutating func reset(task: TaskParameters, using stream: inout RandomStream) -> [Double] {
      (step, length) = (0, Double(1 + Int.random(in: 0..<9, using: &stream)))
      return [step, length]
    }

    mutating func step(_ action: [Double], using stream: inout RandomStream) -> Transition {
      step += 1
      return Transition(
        observation: [step, length], reward: 10 * step + action[0],
        terminated: step == length && length.truncatingRemainder(dividingBy: 2) == 0,
        truncated: step == length && length.truncatingRemainder(dividingBy: 2) == 1)
    }
  }
}

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
