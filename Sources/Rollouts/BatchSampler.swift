import Environments
import Policies

/// Samples the batches of chains of one distribution of tasks, for one thread.
///
/// Environments and the policy's memory are made once for each size of a batch.
package final class BatchSampler {
  private let policy: any Policy
  private let tasks: any TaskDistribution
  private let recordsStates: Bool
  private let precision: Precision
  private var samplers: [Int: Sampler] = [:]

  private struct Sampler {
    let environment: any Environment
    let parameters: Parameters
    let trajectories: TrajectorySampler
  }

  package init(
    _ policy: any Policy, _ tasks: any TaskDistribution, recordsStates: Bool = false,
    precision: Precision = .double
  ) {
    (self.policy, self.tasks) = (policy, tasks)
    (self.recordsStates, self.precision) = (recordsStates, precision)
  }

  /// What the environments have taken, in seconds.
  package var environmentSeconds: Double {
    samplers.values.reduce(0) { $0 + $1.trajectories.environmentSeconds }
  }

  /// Samples a batch of `count` episodes of a task with given parameters.
  package func sample(
    _ task: TaskParameters, _ parameters: [Double], count: Int, at place: TrajectorySampler.Place
  ) throws(SamplingError) -> TrajectoryBatch {
    let sampler = samplers[count] ?? makeSampler(count)
    sampler.environment.task = task
    sampler.parameters.value = parameters
    return try sampler.trajectories.sample(at: place)
  }

  private func makeSampler(_ count: Int) -> Sampler {
    let environment = tasks.makeEnvironment(count: count)
    let parameters = Parameters(policy.layout)
    let sampler = Sampler(
      environment: environment, parameters: parameters,
      trajectories: TrajectorySampler(
        environment, policy, parameters, horizon: tasks.horizon, recordsStates: recordsStates,
        actionSpace: tasks.actionSpace, precision: precision))
    samplers[count] = sampler
    return sampler
  }
}
