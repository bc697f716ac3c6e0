@_exported import Environments
@_exported import Policies
import Requirements

/// A batch `D` of trajectories of one task, sampled with one policy.
///
/// The samples of an episode stand in consecutive rows, in the order of time. Episodes may have
/// different lengths: `N` is the true number of samples.
public struct TrajectoryBatch: Sendable {
  /// `[N, observationSize]`
  public var observations: Matrix
  /// `[N, actionSize]`
  public var actions: Matrix
  /// The rewards: `[N]`
  public var rewards: [Double]
  /// The first row of each episode, and `N` at the end.
  public var offsets: [Int]
  /// Whether each episode ended by its task's own rule (else it was cut off).
  public var terminated: [Bool]
  /// How many episodes were left out because their simulation failed.
  public var invalidCount: Int
  /// What failed first, with its place, if anything did.
  public var firstFailure: String?
  /// The full states before each step, if they were recorded: `[N, size of all parts]`.
  public var states: Matrix?
  /// The parts of a state, in the order of the columns of ``states``.
  public var stateParts: [StatePart] = []

  /// Creates a batch from its parts.
  ///
  /// - Precondition: the sizes agree.
  public init(
    observations: Matrix, actions: Matrix, rewards: [Double], offsets: [Int],
    terminated: [Bool]? = nil, invalidCount: Int = 0
  ) {
    let samples = rewards.count
    require(
      observations.rows == samples && actions.rows == samples && offsets.first == 0
        && offsets.last == samples && zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 },
      "A batch with \(observations.rows) observations, \(actions.rows) actions, \(samples) rewards and the offsets \(offsets) is not one."
    )
    self.observations = observations
    self.actions = actions
    self.rewards = rewards
    self.offsets = offsets
    self.terminated = terminated ?? [Bool](repeating: false, count: offsets.count - 1)
    self.invalidCount = invalidCount
  }

  /// The number of samples, `N`.
  public var sampleCount: Int { rewards.count }
  /// The number of episodes, `|D|`.
  public var episodeCount: Int { offsets.count - 1 }
  /// The rows of an episode.
  public func rows(ofEpisode episode: Int) -> Range<Int> {
    require(
      episode >= 0 && episode < episodeCount,
      "There is no episode \(episode) in a batch of \(episodeCount).")
    return offsets[episode]..<offsets[episode + 1]
  }

  /// The batch without one of its episodes; nil if there is no other.
  ///
  /// States and counts of failures are not kept.
  public func without(episode: Int) -> TrajectoryBatch? {
    guard episodeCount > 1 else { return nil }
    let left = rows(ofEpisode: episode)
    func rest(of matrix: Matrix) -> Matrix {
      var elements = matrix.elements
      let columns = matrix.columns
      elements.removeSubrange(left.lowerBound * columns..<left.upperBound * columns)
      return Matrix(rows: matrix.rows - left.count, columns: columns, elements: elements)
    }
    var (rewards, terminated) = (rewards, terminated)
    rewards.removeSubrange(left)
    terminated.remove(at: episode)
    return TrajectoryBatch(
      observations: rest(of: observations), actions: rest(of: actions), rewards: rewards,
      offsets: offsets[...episode] + offsets[(episode + 2)...].map { $0 - left.count },
      terminated: terminated)
  }

  /// The return from each step on, `R^h(τ) = Σ_{t ≥ h} γ^t r_t` (equation 4).
  ///
  /// The power is that of the time since the episode's start, not since step `h`.
  ///
  /// - Returns: `[N]`
  public func returns(discount: Double) -> [Double] {
    var result = rewards
    for episode in 0..<episodeCount {
      let rows = rows(ofEpisode: episode)
      var power = 1.0
      for row in rows {
        result[row] *= power
        power *= discount
      }
      var sum = 0.0
      for row in rows.reversed() {
        sum += result[row]
        result[row] = sum
      }
    }
    return result
  }

  /// The return from each step on, discounted from there, `Σ_{t ≥ h} γ^(t-h) r_t`.
  ///
  /// - Returns: `[N]`
  func returnsToGo(discount: Double) -> [Double] {
    var result = rewards
    for episode in 0..<episodeCount {
      var sum = 0.0
      for row in rows(ofEpisode: episode).reversed() {
        sum = result[row] + discount * sum
        result[row] = sum
      }
    }
    return result
  }

  /// The return of each episode, `R^0(τ)`: `[|D|]`.
  public func episodeReturns(discount: Double) -> [Double] {
    let returns = returns(discount: discount)
    return (0..<episodeCount).map { returns[offsets[$0]] }
  }

  /// The estimate `J̃(θ, D) = (1/|D|) Σ_τ R^0(τ)` of the objective.
  public func meanReturn(discount: Double) -> Double {
    episodeReturns(discount: discount).reduce(0, +) / Double(episodeCount)
  }
}
