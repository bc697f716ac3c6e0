@_exported import Components
@_exported import LinearAlgebra
@_exported import RandomNumbers

/// A batch of episodes of one task, simulated side by side.
///
/// Row `i` of every matrix belongs to episode `i`. After an episode has ended, its row is unspecified until
/// the next ``reset(into:using:)``; code that collects episodes must ignore it. An instance serves one task
/// at a time.
public protocol Environment: AnyObject {
  /// The number of episodes.
  var count: Int { get }
  /// The task of the episodes; setting it takes effect at the next reset.
  var task: TaskParameters { get set }

  /// Starts all episodes.
  ///
  /// - Parameters:
  ///   - observations: `[count, observations]`, the output.
  ///   - stream: the random stream for the start of an episode.
  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream)

  /// Advances every episode by one step.
  ///
  /// - Parameters:
  ///   - actions: `[count, actions]`
  ///   - observations: `[count, observations]`, the output: the observations after the step.
  ///   - result: the output: rewards, ends and failures of every episode that has not ended. At the first
  ///     step after a reset it holds zero rewards, no ends and no failures.
  ///   - stream: the random stream for the transition of an episode.
  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream)
}

/// An environment whose full states can be read, which allows its episodes to be replayed elsewhere.
public protocol StatefulEnvironment: Environment {
  /// The parts of a state, in order.
  var stateParts: [StatePart] { get }

  /// Copies the states of all episodes.
  ///
  /// - Parameter states: `[count, size]`, the output; `size` is the total size of all parts.
  func copyStates(into states: MutableMatrixView)
}

/// An environment whose episodes can be started one by one, from a drawn or from a given state.
///
/// They keep the task of the last ``Environment/reset(into:using:)``, which has to come first.
public protocol RestartableEnvironment: Environment {
  /// The parts of a state, in order.
  var stateParts: [StatePart] { get }

  /// Copies the states of all episodes.
  ///
  /// - Parameter states: `[count, size]`, the output; `size` is the total size of all parts.
  func copyStates(into states: MutableMatrixView)

  /// Starts some of the episodes.
  ///
  /// - Parameters:
  ///   - rows: the episodes.
  ///   - observations: `[count, observations]`, of which these rows are written.
  ///   - stream: the random stream for the start of an episode.
  func restart(
    _ rows: [Int], into observations: MutableMatrixView, using stream: (Int) -> RandomStream)

  /// Starts some of the episodes from given states.
  ///
  /// - Parameters:
  ///   - rows: the episodes.
  ///   - states: `[count, size]`, of which these rows are read.
  ///   - observations: `[count, observations]`, of which these rows are written.
  /// - Returns: The first row whose state is none of the environment's; nothing is changed then.
  func restart(
    _ rows: [Int], from states: MatrixView, observations: MutableMatrixView
  ) -> Int?
}

/// An environment that tells what its rewards are made of.
public protocol InformativeEnvironment: Environment {
  /// The names of the numbers, as Gymnasium's `info` has them.
  var infoNames: [String] { get }

  /// Copies the numbers of the last step.
  ///
  /// - Parameter infos: `[count, names]`, the output.
  func copyInfos(into infos: MutableMatrixView)
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

/// The parameters of a task: a goal, a direction, an index, as its distribution defines.
public typealias TaskParameters = [Double]

/// The outcome of one step of every episode.
public struct StepResult: Sendable {
  /// The rewards.
  public var rewards: [Double]
  /// Whether the episode reached a terminal state of its task.
  public var terminated: [Bool]
  /// Whether the episode was cut off for another reason.
  public var truncated: [Bool]
  /// Why the state of an episode is unusable, if it is; the episode is then discarded.
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
  /// The name that selects it in a configuration.
  var name: String { get }
  /// The set of observations.
  var observationSpace: Space { get }
  /// The set of actions; the environment decides how to treat actions outside of it.
  var actionSpace: Space { get }
  /// The maximum number of steps of an episode, `H + 1` in the paper's notation.
  var horizon: Int { get }

  /// Draws a task.
  func sampleTask(using stream: inout RandomStream) -> TaskParameters

  /// What is wrong with the numbers of a task that comes from outside; nil if nothing is.
  ///
  /// By default a task needs as many numbers as one that is drawn, all finite.
  func objection(to task: TaskParameters) -> String?

  /// Creates a batch of episodes; set its task before the first reset.
  func makeEnvironment(count: Int) -> any Environment

  /// The goal of a task, such as "go forwards"; "earn reward" by default.
  func goal(of task: TaskParameters) -> String

  /// The reward per step of standing still in a task, a baseline for results; nil, the default, if
  /// it is not known.
  func standingStillReward(_ task: TaskParameters) -> Double?

  /// The expected returns of the best and of a random policy in a task, references for results; nil, the
  /// default, if they are not known.
  func referenceReturns(of task: TaskParameters) -> ReferenceReturns?

  /// The factor by which the environment multiplies actions; 1 by default.
  var actionScale: Double { get }
}

/// The expected undiscounted returns of an episode of a task between which results are to be seen.
public struct ReferenceReturns: Equatable, Sendable {
  /// That of the best policy there is for the task, which knows it.
  public let best: Double
  /// That of choosing among all actions with equal probability.
  public let uniform: Double

  /// Creates a pair of references.
  public init(best: Double, uniform: Double) { (self.best, self.uniform) = (best, uniform) }
}

extension TaskDistribution {
  /// See the protocol.
  public func objection(to task: TaskParameters) -> String? { objectionToNumbers(of: task) }

  /// An objection to their count, or to numbers that are not finite.
  func objectionToNumbers(of task: TaskParameters) -> String? {
    var stream = RandomStream(seed: 0, purpose: .tasks)
    let count = sampleTask(using: &stream).count
    guard task.count == count else {
      return "it has \(count) numbers, not \(task.count)."
    }
    return task.allSatisfy(\.isFinite) ? nil : "its numbers are finite, unlike \(task)."
  }

  /// "earn reward"
  public func goal(of task: TaskParameters) -> String { "earn reward" }

  /// nil
  public func standingStillReward(_ task: TaskParameters) -> Double? { nil }

  /// nil
  public func referenceReturns(of task: TaskParameters) -> ReferenceReturns? { nil }

  /// 1
  public var actionScale: Double { 1 }
}

/// Tasks whose observations are positions in the plane, with a goal there. Their episodes can be drawn.
public protocol PlanarTasks: TaskDistribution {
  /// The goal of a task, `[x, y]`; its parameters by default.
  func place(of task: TaskParameters) -> [Double]
  /// Half the side of the square around the origin that goals lie in; 0.5 by default.
  var extent: Double { get }
}

extension PlanarTasks {
  /// The parameters of the task.
  public func place(of task: TaskParameters) -> [Double] { task }
  /// 0.5
  public var extent: Double { 0.5 }
}

/// The options of tasks.
///
/// A new environment takes one file, with a distribution of tasks and its options. Adding it to the catalog
/// makes it available to files, command lines and reports. A distribution that is a plain value can be its
/// own options.
public protocol TaskOptions: ComponentOptions {
  /// Makes the distribution.
  ///
  /// - Parameter horizon: the maximum number of steps of an episode, at least 1.
  /// - Returns: The tasks.
  /// - Throws: `ConfigurationError` if values contradict each other.
  func makeTasks(horizon: Int) throws(ConfigurationError) -> any TaskDistribution
}
