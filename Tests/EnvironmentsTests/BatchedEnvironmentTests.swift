import Environments
import Testing

@Suite struct BatchedEnvironmentTests {
  @Test func agreesToTheBitWithABatchedImplementation() {
    let episodes = Array(0..<40)
    let single = RandomWalkTasks(horizon: 30)
    let batched = RandomWalkTasks(horizon: 30, isBatched: true)
    let paths = single.paths(task: [0.1], episodes: episodes, seed: 3)
    #expect(paths == batched.paths(task: [0.1], episodes: episodes, seed: 3))
    // the walk shows both kinds of ends, and ragged batches
    #expect(paths.contains { $0.terminated })
    #expect(paths.contains { $0.truncated && !$0.terminated })
    #expect(Set(paths.map(\.rewards.count)).count > 5)
  }

  @Test(arguments: [true, false]) func endedEpisodesAreNotSteppedAgain(terminates: Bool) {
    let environment = BatchedEnvironment(
      Counting(terminates: terminates), count: 3, observationSize: 1)
    // an action says how many steps its episode has
    let actions = Matrix([[2], [4], [3]])
    var result = StepResult(count: 3)
    for round in 0..<2 {
      _ = environment.start(columns: 1, using: streams())
      var last: [Double] = []
      for step in 1...6 {
        last =
          environment.advance(
            actions, columns: 1, result: &result, using: streams(step: step)
          ).elements
        // rows of ended episodes are left as they were
        let live = [2.0, 4, 3].map { Double(step) <= $0 }
        let isWritten = last.map { !$0.isNaN }
        #expect(isWritten == live, "round \(round), step \(step)")
      }
      let untouched = last.filter(\.isNaN)
      #expect(untouched.count == 3)
      #expect(result.rewards == [2, 4, 3])
      #expect(result.terminated == [terminates, terminates, terminates])
      #expect(result.truncated == [!terminates, !terminates, !terminates])
    }
  }
}

/// Counts its steps and ends after as many as its action says; a step after the end is an error.
private struct Counting: SingleEnvironment {
  let terminates: Bool
  private var steps = 0.0

  init(terminates: Bool) { self.terminates = terminates }

  mutating func reset(task: TaskParameters, using stream: inout RandomStream) -> [Double] {
    steps = 0
    return [0]
  }

  mutating func step(_ action: [Double], using stream: inout RandomStream) -> Transition {
    steps += 1
    #expect(steps <= action[0], "stepped after the end")
    let ends = steps == action[0]
    return Transition(
      observation: [steps], reward: steps, terminated: ends && terminates,
      truncated: ends && !terminates)
  }
}
