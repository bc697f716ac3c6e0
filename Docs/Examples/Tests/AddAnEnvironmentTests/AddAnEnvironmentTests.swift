import AddAnEnvironment
import MetaTape
import Testing

// snippet: path
/// The observations and rewards of an episode with constant heating power.
func path(seed: UInt64, power: Double) -> [Double] {
  var room = Room()
  var stream = RandomStream(seed: seed, purpose: .environment)
  var numbers = room.reset(task: [-5], using: &stream)
  for _ in 0..<HeatingTasks().horizon {
    let transition = room.step([power], using: &stream)
    numbers += transition.observation + [transition.reward]
  }
  return numbers
}

@Test func randomNumbersComeFromTheStreamAlone() {
  #expect(path(seed: 1, power: 1) == path(seed: 1, power: 1))
  #expect(path(seed: 1, power: 1) != path(seed: 2, power: 1))
}

@Test func powerIsClipped() {
  #expect(path(seed: 1, power: 3) == path(seed: 1, power: 100))
  #expect(path(seed: 1, power: 0) == path(seed: 1, power: -1))
}
// end snippet

@Test func resetForgetsWhatWasBefore() {
  let environment = HeatingTasks().makeEnvironment(count: 3)
  func start() -> Matrix {
    var observations = Matrix(rows: 3, columns: 1, repeating: .nan)
    observations.withMutableView {
      environment.reset(into: $0) {
        RandomStream(seed: 1, purpose: .environment, at: StreamPlace(episode: $0))
      }
    }
    return observations
  }
  environment.task = [-10]
  let first = start()
  var result = StepResult(count: 3)
  var after = first
  Matrix(rows: 3, columns: 1).withView { actions in
    after.withMutableView {
      environment.step(actions, observations: $0, result: &result) {
        RandomStream(seed: 1, purpose: .environment, at: StreamPlace(episode: $0, step: 1))
      }
    }
  }
  #expect(after != first)
  #expect(start() == first)
}

@Test func trainingTeachesToAdapt() async throws {
  let test = try await trainHeating(epochs: 60)
  #expect(try #require(test.gain(after: 1).interval95).lowerBound > 0)
}
