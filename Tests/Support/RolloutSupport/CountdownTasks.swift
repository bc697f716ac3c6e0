@_exported import Rollouts

/// Episodes whose length is drawn at their start; the observation is (step, length).
package struct CountdownTasks: TaskDistribution {
  package let name = "countdown"
  package let observationSpace = Space.unbounded(size: 2)
  package let actionSpace = Space.discrete(2)
  package let horizon = 6

  package init() {}

  package func sampleTask(using stream: inout RandomStream) -> TaskParameters { [0] }

  package func makeEnvironment(count: Int) -> any Environment {
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
