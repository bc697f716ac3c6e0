import Requirements

/// Tasks that are tabular processes of equal sizes.
///
/// | action | meaning |
/// |---|---|
/// | 0 | the index of the action |
///
/// The observation is the state, one-hot. The reward is drawn about its mean `r(s, a)`. An episode starts from
/// the process's initial distribution, ends in a terminal state, and is truncated at the horizon. A type
/// says which process a task is; spaces, episodes and reference returns are derived from it.
public protocol TabularTaskDistribution: TaskDistribution {
  /// The number of states of every process.
  var stateCount: Int { get }
  /// The number of actions of every process.
  var actionCount: Int { get }

  /// The process of a task.
  ///
  /// - Parameter task: the task.
  /// - Returns: The process, of ``stateCount`` states and ``actionCount`` actions.
  /// - Throws: ``InvalidTask`` if the task is none.
  func process(of task: TaskParameters) throws(InvalidTask) -> TabularMDP
}

/// Why numbers are not a task.
public struct InvalidTask: ReportedError, Equatable {
  /// What a task is, and what the numbers are, to be read after "a task: ".
  public let description: String

  /// Creates a reason.
  public init(_ description: String) { self.description = description }
}

extension TabularTaskDistribution {
  /// One-hot vectors.
  public var observationSpace: Space { .box(size: stateCount, in: 0...1) }
  /// The indices of the actions.
  public var actionSpace: Space { .discrete(actionCount) }

  /// An objection unless it is the task of a process.
  public func objection(to task: TaskParameters) -> String? {
    do {
      _ = try process(of: task)
      return nil
    } catch { return error.description }
  }

  /// The returns of the best policy for the task and of uniformly random actions.
  public func referenceReturns(of task: TaskParameters) -> ReferenceReturns? {
    guard let process = try? process(of: task) else { return nil }
    return ReferenceReturns(
      best: process.bestReturn(steps: horizon), uniform: process.uniformReturn(steps: horizon))
  }

  /// Creates a batch of episodes.
  public func makeEnvironment(count: Int) -> any Environment {
    TabularBatch(self, count: count)
  }
}

/// Tabular processes of equal sizes in a list, all equally likely.
///
/// The task is the index of a process. Actions, observations and episodes are those of
/// ``TabularTaskDistribution``.
///
/// - Version history: 1, first version.
public struct TabularTasks: TabularTaskDistribution {
  /// The processes.
  public let processes: [TabularMDP]
  /// The number of steps of an episode, `H + 1`.
  public let horizon: Int

  /// Creates the distribution.
  ///
  /// - Precondition: there is a process, and all have the same sizes.
  public init(_ processes: [TabularMDP], horizon: Int) {
    guard let first = processes.first else { requirementFailure("There is no process.") }
    require(horizon > 0, "The horizon must be positive, not \(horizon).")
    for process in processes {
      require(
        process.stateCount == first.stateCount && process.actionCount == first.actionCount,
        "The processes must have the same numbers of states and actions.")
    }
    self.processes = processes
    self.horizon = horizon
  }

  /// `tabular`
  public var name: String { "tabular" }
  /// The number of states of every process.
  public var stateCount: Int { processes[0].stateCount }
  /// The number of actions of every process.
  public var actionCount: Int { processes[0].actionCount }

  /// The index of a process.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [Double(Int.random(in: 0..<processes.count, using: &stream))]
  }

  /// The process with the task's index.
  public func process(of task: TaskParameters) throws(InvalidTask) -> TabularMDP {
    guard task.count == 1, let index = Int(exactly: task[0]), processes.indices.contains(index)
    else {
      throw InvalidTask("it is the index of one of \(processes.count) processes, not \(task).")
    }
    return processes[index]
  }
}
