import Environments
import Policies
import Requirements

/// Collects episodes of one task with one policy.
///
/// Every random number is keyed by its place (epoch, task, phase, episode, step), so an episode does
/// not depend on what else is sampled. The policy is asked for all episodes at once, also for those
/// that have ended: the shapes of its matrices, and with them the rounding, stay the same.
public final class TrajectorySampler {
  /// Where a batch stands in an experiment.
  public struct Place: Sendable {
    /// The seed of the experiment.
    public var seed: UInt64
    /// The meta-epoch.
    public var epoch: Int
    /// The task within its meta-batch.
    public var task: Int
    /// The number of inner steps that the policy has taken.
    public var phase: Int
    /// The chain of the task: 0 if there is one.
    public var chain: Int

    /// Creates a place.
    public init(seed: UInt64, epoch: Int = 0, task: Int = 0, phase: Int = 0, chain: Int = 0) {
      self.seed = seed
      self.epoch = epoch
      self.task = task
      self.phase = phase
      self.chain = chain
    }

    func stream(_ purpose: Purpose, episode: Int, step: Int) -> RandomStream {
      RandomStream(
        seed: seed, purpose: purpose,
        at: StreamPlace(
          epoch: epoch, task: task, phase: phase, episode: episode, step: step, chain: chain))
    }
  }

  private let environment: any Environment
  private let actionSampler: ActionSampler
  private let horizon: Int
  private let actionSpace: Space?
  private var current: Matrix
  private var chosen: Matrix
  private var result: StepResult
  /// The environment if its states are to be recorded, and room for those of one step.
  private let stateful: (any StatefulEnvironment)?
  private var states: Matrix
  /// The time that the environment has taken since the sampler was made, in seconds.
  public private(set) var environmentSeconds = 0.0

  /// Creates a sampler.
  ///
  /// - Parameters:
  ///   - environment: the batch of episodes; its task is set by the caller.
  ///   - policy: the policy.
  ///   - parameters: its parameters, used as they are at each call.
  ///   - horizon: the greatest number of steps of an episode.
  ///   - recordsStates: whether full states are recorded, if the environment has them.
  ///   - actionSpace: where it is discrete, actions that are not its indices are refused.
  ///   - precision: with which actions are computed.
  public init(
    _ environment: any Environment, _ policy: any Policy, _ parameters: Parameters, horizon: Int,
    recordsStates: Bool = false, actionSpace: Space? = nil, precision: Precision = .double
  ) {
    require(
      horizon > 0 && environment.count > 0,
      "\(environment.count) episodes of at most \(horizon) steps are no batch.")
    self.actionSpace = actionSpace
    self.environment = environment
    self.horizon = horizon
    actionSampler = ActionSampler(policy, parameters, precision: precision)
    current = Matrix(rows: environment.count, columns: policy.observationSize)
    chosen = Matrix(rows: environment.count, columns: policy.actionSize)
    result = StepResult(count: environment.count)
    stateful = recordsStates ? environment as? any StatefulEnvironment : nil
    let stateSize = stateful?.stateParts.reduce(0) { $0 + $1.size } ?? 0
    states = Matrix(rows: environment.count, columns: stateSize)
  }

  /// Samples one batch.
  ///
  /// - Throws: ``SamplingError`` if the policy or the environment gives a number that is not finite,
  ///   or no episode is left.
  public func sample(at place: Place) throws(SamplingError) -> TrajectoryBatch {
    let count = environment.count
    var recorder = EpisodeRecorder(
      count: count, horizon: horizon, observationSize: current.columns, actionSize: chosen.columns,
      stateSize: states.columns)
    result = StepResult(count: count)
    current.withMutableView { view in
      environment.reset(into: view) { place.stream(.environment, episode: $0, step: 0) }
    }
    try EpisodeRecorder.checkStart(current, place)
    for step in 0..<horizon {
      current.withView { observations in
        chosen.withMutableView { actions in
          actionSampler.sample(observations, into: actions) {
            place.stream(.actions, episode: $0, step: step)
          }
        }
      }
      try recorder.checkActions(&chosen, actionSpace, step: step, place)
      if let stateful { states.withMutableView { stateful.copyStates(into: $0) } }
      recorder.write(observations: current, actions: chosen, states: states, step: step)
      let start = ContinuousClock.now
      chosen.withView { actions in
        current.withMutableView { observations in
          environment.step(actions, observations: observations, result: &result) {
            place.stream(.environment, episode: $0, step: step + 1)
          }
        }
      }
      environmentSeconds += (ContinuousClock.now - start) / .seconds(1)
      try recorder.write(result, current, step: step, place)
      if recorder.allEnded { break }
    }
    var batch = try recorder.batch(place)
    if let stateful { batch.stateParts = stateful.stateParts } else { batch.states = nil }
    return batch
  }
}

/// Why a batch could not be sampled.
public struct SamplingError: ReportedError {
  /// The run fails.
  public var exitStatus: ExitStatus { .failure }

  /// What was found, with seed, epoch, task, episode and step, and what to do.
  public let description: String

  /// An error with a sentence of its own.
  package init(description: String) { self.description = description }

  init(_ what: String, _ place: TrajectorySampler.Place, episode: Int? = nil, step: Int? = nil) {
    var text = "\(what) (seed \(place.seed), epoch \(place.epoch), task \(place.task)"
    if place.chain > 0 { text += ", chain \(place.chain)" }
    text += ", after \(place.phase) inner steps"
    if let episode { text += ", episode \(episode)" }
    if let step { text += ", step \(step)" }
    description = text + ")."
  }
}
