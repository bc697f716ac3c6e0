import Environments

/// A walk on a line that ends at a bound or is cut off after a drawn number of steps, written for
/// one episode.
struct RandomWalk: SingleEnvironment {
  private var drift = 0.0
  private var position = 0.0
  private var stepsLeft = 0

  mutating func reset(task: TaskParameters, using stream: inout RandomStream) -> [Double] {
    drift = task[0]
    position = stream.normal()
    stepsLeft = 3 + Int.random(in: 0..<20, using: &stream)
    return [position, Double(stepsLeft)]
  }

  mutating func step(_ action: [Double], using stream: inout RandomStream) -> Transition {
    position += drift + action[0] + 0.1 * stream.normal()
    stepsLeft -= 1
    return Transition(
      observation: [position, Double(stepsLeft)], reward: -position * position,
      terminated: position.magnitude > 3, truncated: stepsLeft == 0)
  }
}

/// The same walk, written for a batch: the adapter has to give the same bits.
final class RandomWalkBatch: Environment {
  var task: TaskParameters = [0]
  let count: Int
  private var drift = 0.0
  private var positions: [Double]
  private var stepsLeft: [Int]

  init(count: Int) {
    self.count = count
    positions = [Double](repeating: 0, count: count)
    stepsLeft = [Int](repeating: 0, count: count)
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    drift = task[0]
    for i in 0..<count {
      var stream = stream(i)
      positions[i] = stream.normal()
      stepsLeft[i] = 3 + Int.random(in: 0..<20, using: &stream)
      (observations[i, 0], observations[i, 1]) = (positions[i], Double(stepsLeft[i]))
    }
  }

  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    for i in 0..<count {
      var stream = stream(i)
      positions[i] += drift + actions[i, 0] + 0.1 * stream.normal()
      stepsLeft[i] -= 1
      result.rewards[i] = -positions[i] * positions[i]
      result.terminated[i] = positions[i].magnitude > 3
      result.truncated[i] = stepsLeft[i] == 0
      (observations[i, 0], observations[i, 1]) = (positions[i], Double(stepsLeft[i]))
    }
  }
}

/// Random walks with a drift drawn between -0.2 and 0.2.
struct RandomWalkTasks: TaskDistribution {
  let horizon: Int
  var isBatched = false
  let name = "random-walk"
  let observationSpace = Space.unbounded(size: 2)
  let actionSpace = Space.box(size: 1, in: -1...1)

  func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [stream.uniform(in: -0.2..<0.2)]
  }

  func makeEnvironment(count: Int) -> any Environment {
    isBatched
      ? RandomWalkBatch(count: count)
      : BatchedEnvironment(RandomWalk(), count: count, observationSize: 2)
  }
}
