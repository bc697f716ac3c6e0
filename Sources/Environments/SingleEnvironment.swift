import Requirements

/// One episode at a time: the simplest way to write an environment.
///
/// ``BatchedEnvironment`` makes a batch of it.
public protocol SingleEnvironment {
  /// Starts an episode of a task and returns the first observation.
  mutating func reset(task: TaskParameters, using stream: inout RandomStream) -> [Double]

  /// Advances the episode by one step.
  mutating func step(_ action: [Double], using stream: inout RandomStream) -> Transition
}

/// The outcome of one step of one episode.
public struct Transition: Equatable, Sendable {
  /// The observation after the step.
  public var observation: [Double]
  /// The reward of the step.
  public var reward: Double
  /// Whether the episode reached a terminal state of its task.
  public var terminated: Bool
  /// Whether the episode was cut off for another reason.
  public var truncated: Bool

  /// Creates a transition.
  public init(
    observation: [Double], reward: Double, terminated: Bool = false, truncated: Bool = false
  ) {
    self.observation = observation
    self.reward = reward
    self.terminated = terminated
    self.truncated = truncated
  }
}

/// A batch of copies of an environment that handles one episode.
///
/// An episode that has ended is not stepped again until the next reset.
public final class BatchedEnvironment<Single: SingleEnvironment>: Environment {
  /// The task of the episodes.
  public var task: TaskParameters = []
  /// The number of episodes.
  public var count: Int { environments.count }
  private var environments: [Single]
  private var hasEnded: [Bool]
  private let observationSize: Int

  /// Creates a batch.
  ///
  /// - Parameters:
  ///   - prototype: the environment that is copied for every episode.
  ///   - count: the number of episodes.
  ///   - observationSize: the number of elements of an observation.
  public init(_ prototype: Single, count: Int, observationSize: Int) {
    environments = [Single](repeating: prototype, count: count)
    hasEnded = [Bool](repeating: true, count: count)
    self.observationSize = observationSize
  }

  /// Starts all episodes.
  public func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    for i in environments.indices {
      var stream = stream(i)
      write(environments[i].reset(task: task, using: &stream), to: observations, i)
      hasEnded[i] = false
    }
  }

  /// Advances every episode that has not ended.
  public func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    for i in environments.indices where !hasEnded[i] {
      var stream = stream(i)
      let action = Array(UnsafeBufferPointer(start: actions.row(i), count: actions.columns))
      let transition = environments[i].step(action, using: &stream)
      write(transition.observation, to: observations, i)
      result.rewards[i] = transition.reward
      result.terminated[i] = transition.terminated
      result.truncated[i] = transition.truncated
      hasEnded[i] = transition.terminated || transition.truncated
    }
  }

  private func write(_ observation: [Double], to observations: MutableMatrixView, _ i: Int) {
    require(
      observation.count == observationSize,
      "\(Single.self) returned an observation of \(observation.count) elements instead of \(observationSize)."
    )
    for (j, element) in observation.enumerated() { observations[i, j] = element }
  }
}
