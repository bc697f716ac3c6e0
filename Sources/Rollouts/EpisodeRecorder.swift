import Environments
import LinearAlgebra

/// Episodes in the making: fixed places for all steps, closed up at the end.
struct EpisodeRecorder {
  let horizon: Int
  var observations: Matrix
  var actions: Matrix
  var states: Matrix
  var rewards: [Double]
  var lengths: [Int]
  var hasEnded: [Bool]
  var terminated: [Bool]
  var isInvalid: [Bool]
  /// Whether all elements of a row are finite: room for one step's observations or actions.
  private var isFinite: [Bool]
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
    isFinite = hasEnded
  }

  private static func writeFiniteness(of matrix: Matrix, into result: inout [Bool]) {
    matrix.withView { view in
      for i in 0..<view.rows {
        let row = view.row(i)
        // the sum of products with zero is NaN exactly where an element is not finite
        var sum = 0.0
        for j in 0..<view.columns { sum += 0 * row[j] }
        result[i] = sum == 0
      }
    }
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
  mutating func checkActions(
    _ chosen: inout Matrix, _ space: Space?, step: Int, _ place: TrajectorySampler.Place
  ) throws(SamplingError) {
    Self.writeFiniteness(of: chosen, into: &isFinite)
    for i in 0..<chosen.rows {
      if case .discrete(let count) = space, !hasEnded[i], chosen[i, 0].isFinite {
        let action = chosen[i, 0]
        guard action == action.rounded() && action >= 0 && action < Double(count) else {
          throw SamplingError(
            "The policy chose the action \(action), and actions are the indices 0 to \(count - 1): use a policy over discrete actions, such as a categorical one",
            place, episode: i, step: step)
        }
      }
      if isFinite[i] { continue }
      guard hasEnded[i] else {
        throw SamplingError(
          "The policy chose the action \(chosen.row(i)): its parameters have diverged; use a smaller step size",
          place, episode: i, step: step)
      }
      for j in 0..<chosen.columns where !chosen[i, j].isFinite { chosen[i, j] = 0 }
    }
  }

  mutating func write(
    observations current: Matrix, actions chosen: Matrix, states full: Matrix, step: Int
  ) {
    let place = (step: step, horizon: horizon)
    Self.write(current, into: &observations, at: place, except: hasEnded)
    Self.write(chosen, into: &actions, at: place, except: hasEnded)
    if full.columns > 0 { Self.write(full, into: &states, at: place, except: hasEnded) }
  }

  /// Copies the rows of the episodes that go on to their places.
  private static func write(
    _ source: Matrix, into target: inout Matrix, at place: (step: Int, horizon: Int),
    except hasEnded: [Bool]
  ) {
    source.withView { source in
      target.withMutableView { target in
        for i in 0..<source.rows where !hasEnded[i] {
          target.row(i * place.horizon + place.step).update(
            from: source.row(i), count: source.columns)
        }
      }
    }
  }

  mutating func write(
    _ result: StepResult, _ current: Matrix, step: Int,
    _ place: TrajectorySampler.Place
  ) throws(SamplingError) {
    Self.writeFiniteness(of: current, into: &isFinite)
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
      guard isFinite[i] else {
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
