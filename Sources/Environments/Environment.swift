@_exported import Components
@_exported import LinearAlgebra
@_exported import RandomNumbers
@_exported import Simulator

/// A batch of episodes of one task, simulated side by side.
///
/// Row `i` of every matrix belongs to episode `i`. After an episode has ended, its row may hold
/// anything until the next ``reset(into:using:)``; whoever collects the episodes ignores it.
/// An instance belongs to one task at a time.
public protocol Environment: AnyObject {
  /// The number of episodes.
  var count: Int { get }
  /// The task that the episodes belong to; setting it takes effect at the next reset.
  var task: TaskParameters { get set }

  /// Starts all episodes anew.
  ///
  /// - Parameters:
  ///   - observations: `[count, observations]`, to be written.
  ///   - stream: the random stream of an episode's start.
  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream)

  /// Advances every episode by one step.
  ///
  /// - Parameters:
  ///   - actions: `[count, actions]`
  ///   - observations: `[count, observations]`: those after the step, to be written.
  ///   - result: rewards, ends and failures, to be written for every episode that has not ended.
  ///     At the first step after a reset it comes with rewards of zero, no ends and no failures.
  ///   - stream: the random stream of an episode's transition.
  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream)
}

/// An environment whose full states can be read, so that its episodes can be replayed elsewhere.
public protocol StatefulEnvironment: Environment {
  /// The parts of a state, in order.
  var stateParts: [StatePart] { get }

  /// Copies the states of all episodes.
  ///
  /// - Parameter states: `[count, size]`, to be written; the size is that of all parts together.
  func copyStates(into states: MutableMatrixView)
}

/// A named part of a state, such as the positions.
public struct StatePart: Equatable, Sendable {
  /// The name.
  public let name: String
  /// The number of elements.
  public let size: Int

  /// Creates a part.
  public init(_ name: String, size: Int) {
    self.name = name
    self.size = size
  }
}

/// What a task is made of: a goal, a direction, an index; its distribution says which.
public typealias TaskParameters = [Double]

/// The outcome of one step of every episode.
public struct StepResult: Sendable {
  /// The rewards.
  public var rewards: [Double]
  /// Whether the episode reached an end that belongs to its task.
  public var terminated: [Bool]
  /// Whether the episode was cut off for another reason.
  public var truncated: [Bool]
  /// Why the episode's state is no longer usable, if it is not; the episode is then left out.
  public var failures: [String?]

  /// Creates a result with rewards of zero and no ends.
  public init(count: Int) {
    rewards = [Double](repeating: 0, count: count)
    terminated = [Bool](repeating: false, count: count)
    truncated = [Bool](repeating: false, count: count)
    failures = [String?](repeating: nil, count: count)
  }
}

/// A distribution over tasks that share observations, actions and horizon.
public protocol TaskDistribution: Sendable {
  /// The name by which it is configured.
  var name: String { get }
  /// The set of observations.
  var observationSpace: Space { get }
  /// The set of actions; actions outside of it are the environment's to interpret.
  var actionSpace: Space { get }
  /// The greatest number of steps of an episode, `H + 1` in the paper's notation.
  var horizon: Int { get }

  /// Draws a task.
  func sampleTask(using stream: inout RandomStream) -> TaskParameters

  /// Creates a batch of episodes; its task is to be set before the first reset.
  func makeEnvironment(count: Int) -> any Environment

  /// What a task asks for, as in "go forwards"; "earn reward" unless the type says otherwise.
  func goal(of task: TaskParameters) -> String

  /// The reward of a step of standing still in a task, a yardstick for results; nil, unless the type says
  /// otherwise, where it is not known.
  func standingStillReward(_ task: TaskParameters) -> Double?

  /// What the environment multiplies actions by; 1 unless the type says otherwise.
  var actionScale: Double { get }
}

extension TaskDistribution {
  /// "earn reward"
  public func goal(of task: TaskParameters) -> String { "earn reward" }

  /// nil
  public func standingStillReward(_ task: TaskParameters) -> Double? { nil }

  /// 1
  public var actionScale: Double { 1 }
}

/// Tasks whose observations are positions in the plane and whose parameters are a goal there, so that episodes
/// can be drawn.
public protocol PlanarTasks: TaskDistribution {}

/// What tasks are made of.
///
/// One file with a distribution of tasks and its options is all that a new environment takes; an element of the
/// catalog makes it known to files, command lines and reports. A distribution that is a plain value can be its own
/// options.
public protocol TaskOptions: ComponentOptions {
  /// Makes the distribution.
  ///
  /// - Parameter horizon: the greatest number of steps of an episode, at least 1.
  /// - Returns: The tasks.
  /// - Throws: `ConfigurationError` if values do not go together.
  func makeTasks(horizon: Int) throws(ConfigurationError) -> any TaskDistribution
}
