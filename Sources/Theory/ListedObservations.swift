import LinearAlgebra

/// Tasks whose states can be listed.
public protocol ListedObservations: TaskDistribution {
  /// What the policy sees of each state of every task, `[states, observationSize]`.
  var listedObservations: Matrix { get }
}

extension TabularTaskDistribution {
  /// One-hot vectors.
  public var listedObservations: Matrix { .identity(stateCount) }
}

extension TabularTasks: ListedObservations {}
extension Bandits: ListedObservations {}
extension RandomProcesses: ListedObservations {}

extension ProblemConstants {
  /// The constants of a policy on tasks, as far as policy and tasks state them.
  ///
  /// - Parameters:
  ///   - policy: states `G`, `L` and `ρ`, or does not.
  ///   - tasks: state the range of their rewards and list what the policy sees, or do not.
  ///   - settings: the adaptation.
  /// - Returns: The constants, or why the statements do not cover the problem.
  public static func of(
    _ policy: any Policy, on tasks: any TaskDistribution, settings: MetaSettings
  ) -> Coverage<ProblemConstants> {
    of(
      policy, over: (tasks as? any ListedObservations)?.listedObservations,
      rewards: tasks.statedRewardBounds, horizon: tasks.horizon - 1, settings: settings)
  }
}
