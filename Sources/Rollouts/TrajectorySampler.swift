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
  public init(
    _ environment: any Environment, _ policy: any Policy, _ parameters: Parameters, horizon: Int,
    recordsStates: Bool = false, actionSpace: Space? = nil
  ) {
    require(
      horizon > 0 && environment.count > 0,
      "\(environment.count) episodes of at most \(horizon) steps are no batch.")
    self.actionSpace = actionSpace
    self.environment = environment
    self.horizon = horizon
    actionSampler = ActionSampler(policy, parameters)
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
    var recorder = Recorder(
      count: count, horizon: horizon, observationSize: current.columns, actionSize: chosen.columns,
      stateSize: states.columns)
    result = StepResult(count: count)
    current.withMutableView { view in
      environment.reset(into: view) { place.stream(.environment, episode: $0, step: 0) }
    }
    try Recorder.checkStart(current, place)
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

/// Episodes in the making: fixed places for all steps, closed up at the end.
private struct Recorder {
  let horizon: Int
  var observations: Matrix
  var actions: Matrix
  var states: Matrix
  var rewards: [Double]
  var lengths: [Int]
  var hasEnded: [Bool]
  var terminated: [Bool]
  var isInvalid: [Bool]
  var firstFailure: String?

  init(count: Int, horizon: Int, observationSize: Int, actionSize: Int, stateSize: Int) {
    self.horizon = horizon
    observations = Matrix(rows: count * horizon, columns: observationSize)
    actions = Matrix(rows: count * horizon, columns: actionSize)
    states = Matrix(rows: count * horizon, columns: stateSize)
    rewards = [Double](repeating: 0, count: count * horizon)
    lengths = [Int](repeating: 0, count: count)
    hasEnded = [Bool](repeating: false, count: count)
    terminated = hasEnded
    isInvalid = hasEnded
  }

  var allEnded: Bool { hasEnded.allSatisfy(\.self) }

  /// Refuses a start that is not finite, before the policy sees it.
  static func checkStart(
    _ current: Matrix, _ place: TrajectorySampler.Place
  ) throws(SamplingError) {
    for i in 0..<current.rows where !current.row(i).allSatisfy(\.isFinite) {
      throw SamplingError(
        "The environment started with the observation \(current.row(i)); fix its start", place,
        episode: i)
    }
  }

  /// Refuses actions that are not finite, or not the index of an action where these are discrete,
  /// before the environment sees them.
  ///
  /// The observation of an ended episode may be anything, and so its action: it is replaced by zero
  /// where it is not finite, since an environment may take it for an index.
  func checkActions(
    _ chosen: inout Matrix, _ space: Space?, step: Int, _ place: TrajectorySampler.Place
  ) throws(SamplingError) {
    for i in 0..<chosen.rows {
      if case .discrete(let count) = space, !hasEnded[i], chosen[i, 0].isFinite {
        let action = chosen[i, 0]
        guard action == action.rounded() && action >= 0 && action < Double(count) else {
          throw SamplingError(
            "The policy chose the action \(action), and actions are the indices 0 to \(count - 1): use a policy over discrete actions, such as a categorical one",
            place, episode: i, step: step)
        }
      }
      for j in 0..<chosen.columns where !chosen[i, j].isFinite {
        guard hasEnded[i] else {
          throw SamplingError(
            "The policy chose the action \(chosen.row(i)): its parameters have diverged; use a smaller step size",
            place, episode: i, step: step)
        }
        chosen[i, j] = 0
      }
    }
  }

  mutating func write(
    observations current: Matrix, actions chosen: Matrix, states full: Matrix, step: Int
  ) {
    for i in 0..<lengths.count where !hasEnded[i] {
      let row = i * horizon + step
      for j in 0..<current.columns { observations[row, j] = current[i, j] }
      for j in 0..<chosen.columns { actions[row, j] = chosen[i, j] }
      for j in 0..<full.columns { states[row, j] = full[i, j] }
    }
  }

  mutating func write(
    _ result: StepResult, _ current: Matrix, step: Int,
    _ place: TrajectorySampler.Place
  ) throws(SamplingError) {
    for i in 0..<lengths.count where !hasEnded[i] {
      lengths[i] = step + 1
      rewards[i * horizon + step] = result.rewards[i]
      if let failure = result.failures[i] {
        (isInvalid[i], hasEnded[i]) = (true, true)
        firstFailure =
          firstFailure ?? SamplingError(failure, place, episode: i, step: step).description
        continue
      }
      guard result.rewards[i].isFinite else {
        throw SamplingError(
          "The environment gave the reward \(result.rewards[i]); fix its reward function", place,
          episode: i, step: step)
      }
      for j in 0..<current.columns where !current[i, j].isFinite {
        throw SamplingError(
          "The environment gave the observation \(current.row(i)); fix its dynamics", place,
          episode: i, step: step)
      }
      terminated[i] = result.terminated[i]
      hasEnded[i] = result.terminated[i] || result.truncated[i]
    }
  }

  consuming func batch(_ place: TrajectorySampler.Place) throws(SamplingError) -> TrajectoryBatch {
    let kept = lengths.indices.filter { !isInvalid[$0] }
    let invalidCount = lengths.count - kept.count
    guard !kept.isEmpty else {
      throw SamplingError(
        "The simulation of every episode failed, first: \(firstFailure ?? "")", place)
    }
    var offsets = [0]
    for i in kept { offsets.append(offsets[offsets.count - 1] + lengths[i]) }
    let samples = offsets[offsets.count - 1]
    if samples == rewards.count {
      var batch = TrajectoryBatch(
        observations: observations, actions: actions, rewards: rewards, offsets: offsets,
        terminated: terminated)
      batch.states = states
      return batch
    }
    func closed(_ elements: [Double], columns: Int) -> [Double] {
      var result: [Double] = []
      result.reserveCapacity(samples * columns)
      for i in kept {
        let start = i * horizon * columns
        result += elements[start..<start + lengths[i] * columns]
      }
      return result
    }
    func closed(_ matrix: Matrix) -> Matrix {
      Matrix(
        rows: samples, columns: matrix.columns,
        elements: closed(matrix.elements, columns: matrix.columns))
    }
    var batch = TrajectoryBatch(
      observations: closed(observations), actions: closed(actions),
      rewards: closed(rewards, columns: 1), offsets: offsets,
      terminated: kept.map { terminated[$0] }, invalidCount: invalidCount)
    batch.states = closed(states)
    batch.firstFailure = firstFailure
    return batch
  }
}
