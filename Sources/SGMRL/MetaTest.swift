import Scheduling
@_exported import Statistics

/// The returns on fresh tasks after 0, 1, … adaptation steps.
public struct MetaTest: Sendable {
  /// The distribution of the tasks.
  public let distribution: any TaskDistribution
  /// The tasks.
  public let tasks: [TaskParameters]
  /// The returns, indexed `[task][number of adaptation steps]`.
  public let returns: [[AdaptedReturns]]

  /// Adapts given parameters to fresh tasks.
  ///
  /// The tasks and all random numbers are keyed by the seed in a range of epochs of its own, so they
  /// are never those of training.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - parameters: those to adapt.
  ///   - distribution: the distribution of the tasks.
  ///   - settings: the inner steps; those of the meta-gradient do not matter.
  ///   - taskCount: the number of tasks.
  ///   - steps: the greatest number of adaptation steps.
  ///   - seed: of every random number.
  ///   - threads: how many tasks run side by side.
  ///   - keepsTrajectories: whether the episodes are kept, with full states where there are any.
  /// - Throws: `SamplingError` if a batch could not be sampled, ``TrainingError`` if more than 1 %
  ///   of the episodes failed.
  public init(
    policy: any Policy, parameters: [Double], distribution: any TaskDistribution,
    settings: MetaSettings, taskCount: Int, steps: Int, seed: UInt64, threads: Int,
    keepsTrajectories: Bool = false
  ) async throws {
    // no training run has this many epochs
    let epoch = 1 << 31
    var settings = settings
    settings.estimator = .firstOrderMAML
    let tasks = (0..<taskCount).map { index in
      var stream = RandomStream(
        seed: seed, purpose: .tasks, at: StreamPlace(epoch: epoch, task: index))
      return distribution.sampleTask(using: &stream)
    }
    let pool = WorkerPool(
      WorkerSetup(
        policy: policy, tasks: distribution, settings: settings, seed: seed,
        recordsStates: keepsTrajectories),
      threads: threads)
    returns = try await inOrder(
      taskCount, threads: threads, makeState: { pool.workers[$0] }
    ) { worker, index throws(SamplingError) in
      try await worker.adapt(
        tasks[index], index: index, epoch: epoch, parameters: parameters, steps: steps,
        keepsTrajectories: keepsTrajectories)
    }
    (self.distribution, self.tasks) = (distribution, tasks)
    let episodes = taskCount * (steps + 1) * settings.innerEpisodes
    guard 100 * invalidEpisodes <= episodes else {
      throw TrainingError(
        description:
          "The simulation of \(invalidEpisodes) of \(episodes) episodes of the test failed (seed \(seed)), more than 1 %; first: \(returns.joined().lazy.compactMap(\.firstFailure).first ?? "") Fix the environment or reduce the action scale."
      )
    }
  }

  /// How many episodes were left out because their simulation failed.
  public var invalidEpisodes: Int {
    returns.reduce(0) { $0 + $1.reduce(0) { $0 + $1.invalidEpisodes } }
  }

  /// The greatest number of adaptation steps.
  public var steps: Int { (returns.first?.count ?? 1) - 1 }

  /// The mean undiscounted return over the tasks after a number of steps.
  public func undiscounted(after step: Int) -> Estimate {
    Estimate(returns.map { $0[step].summary.undiscounted })
  }

  /// The mean discounted return over the tasks after a number of steps.
  public func discounted(after step: Int) -> Estimate {
    Estimate(returns.map { $0[step].summary.discounted })
  }

  /// The mean gain in undiscounted return from no step to a number of steps, paired by task.
  public func gain(after step: Int) -> Estimate {
    Estimate(returns.map { $0[step].summary.undiscounted - $0[0].summary.undiscounted })
  }
}
