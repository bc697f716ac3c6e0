/// The objective `J` of one process and its gradient, by dynamic programming.
///
/// `∇J = Σ_n w_n ∇ log π_n` over pairs of states and actions, with
/// `w_{s,a} = Σ_h P(s_h = s) π(a | s) Q_h(s, a)` and `Q_h(s, a) = γ^h r(s, a) + Σ_s' P(s' | s, a)
/// Σ_a' π(a' | s') Q_{h+1}(s', a')`: the mean over all trajectories of equation 5's weights.
///
/// Without terminal states, rewards are counted from the middle of their range. What an offset adds to `J` is the same for every
/// policy, ``offset``, and is kept out of sums and differences, in which it would leave only its
/// rounding.
struct ExactReturn {
  private let states: Int
  private let actions: Int
  private let horizon: Int
  private let initial: [Double]
  private let transition: [Double]
  private let reward: [Double]
  private let powers: [Double]
  private let terminal: [Int]
  /// What the middle of the rewards' range adds to `J`.
  let offset: Double
  /// The greatest magnitude of `J` without the offset.
  let range: Double
  /// `Q_h`: `[H + 1][pairs]`
  private var values: [Double]
  /// `Σ_a π(a | s) Q_{h+1}`
  private var next: [Double]
  private var occupancy: [Double]
  private var moved: [Double]
  /// `w_{s,a}` after ``evaluateWeights(_:)``.
  private(set) var weights: [Double]

  init(_ process: TabularMDP, horizon: Int, discount: Double) {
    (states, actions, self.horizon) = (process.stateCount, process.actionCount, horizon)
    initial = process.initial
    transition = process.transition.flatMap { $0.flatMap(\.self) }
    let rewards = process.reward.flatMap(\.self)
    let (low, high) = (rewards.min() ?? 0, rewards.max() ?? 0)
    terminal = process.isTerminal.indices.filter { process.isTerminal[$0] }
    // episodes of different lengths do not all get the same offset
    let middle = process.endsEarly ? 0 : low / 2 + high / 2
    reward = rewards.map { $0 - middle }
    var powers = [1.0]
    for h in 0..<horizon { powers.append(powers[h] * discount) }
    self.powers = powers
    let sum = powers.reduce(0, +)
    offset = middle * sum
    range = (process.endsEarly ? max(high.magnitude, low.magnitude) : high / 2 - low / 2) * sum
    values = [Double](repeating: 0, count: (horizon + 1) * states * actions)
    next = [Double](repeating: 0, count: states)
    (occupancy, moved) = (next, next)
    weights = [Double](repeating: 0, count: states * actions)
  }

  /// `J` without ``offset``, given `π(a | s)` of every pair.
  mutating func objective(_ policy: [Double]) -> Double {
    let pairs = states * actions
    for s in 0..<states { next[s] = 0 }
    for h in stride(from: horizon, through: 0, by: -1) {
      for n in 0..<pairs {
        var q = powers[h] * reward[n]
        for s in 0..<states { q += transition[n * states + s] * next[s] }
        values[h * pairs + n] = q
      }
      for s in 0..<states {
        var sum = 0.0
        for n in s * actions..<(s + 1) * actions { sum += policy[n] * values[h * pairs + n] }
        next[s] = sum
      }
      for s in terminal { next[s] = 0 }
    }
    var result = 0.0
    for s in 0..<states { result += initial[s] * next[s] }
    return result
  }

  /// `J` without ``offset`` from the transitions between states alone, for which no value of an action is kept.
  ///
  /// - Complexity: `S² (A + H)` instead of `S² A H`.
  func stateObjective(_ policy: [Double]) -> Double {
    var moves = [Double](repeating: 0, count: states * states)
    var rewards = [Double](repeating: 0, count: states)
    for n in 0..<states * actions where policy[n] != 0 {
      let s = n / actions
      rewards[s] += policy[n] * reward[n]
      for t in 0..<states { moves[s * states + t] += policy[n] * transition[n * states + t] }
    }
    var next = [Double](repeating: 0, count: states)
    var current = next
    for h in stride(from: horizon, through: 0, by: -1) {
      for s in 0..<states {
        var value = powers[h] * rewards[s]
        for t in 0..<states { value += moves[s * states + t] * next[t] }
        current[s] = value
      }
      for s in terminal { current[s] = 0 }
      swap(&current, &next)
    }
    return dot(initial, next)
  }

  /// `J` without ``offset``, as well as ``weights``.
  mutating func evaluateWeights(_ policy: [Double]) -> Double {
    let result = objective(policy)
    let pairs = states * actions
    for s in 0..<states { occupancy[s] = initial[s] }
    for n in 0..<pairs { weights[n] = 0 }
    for h in 0...horizon {
      for s in 0..<states { moved[s] = 0 }
      for n in 0..<pairs {
        let visits = occupancy[n / actions] * policy[n]
        weights[n] += visits * values[h * pairs + n]
        for s in 0..<states { moved[s] += visits * transition[n * states + s] }
      }
      for s in terminal { moved[s] = 0 }
      swap(&occupancy, &moved)
    }
    return result
  }

  /// The derivative of ``weights`` along a direction, with which `∇²J v = Σ_n w_n ∇² log π_n v + Σ_n ẇ_n
  /// ∇ log π_n`.
  ///
  /// - Parameters:
  ///   - policy: `π(a | s)` of every pair.
  ///   - tangents: its derivative.
  /// - Returns: `ẇ`: `[pairs]`
  /// - Precondition: ``evaluateWeights(_:)`` has run with this policy.
  func weightTangents(_ policy: [Double], _ tangents: [Double]) -> [Double] {
    let pairs = states * actions
    var valueTangents = [Double](repeating: 0, count: values.count)
    var nextTangent = [Double](repeating: 0, count: states)
    for h in stride(from: horizon, through: 0, by: -1) {
      for n in 0..<pairs {
        var q = 0.0
        for s in 0..<states { q += transition[n * states + s] * nextTangent[s] }
        valueTangents[h * pairs + n] = q
      }
      for s in 0..<states {
        var sum = 0.0
        for n in s * actions..<(s + 1) * actions {
          sum += policy[n] * valueTangents[h * pairs + n] + tangents[n] * values[h * pairs + n]
        }
        nextTangent[s] = sum
      }
      for s in terminal { nextTangent[s] = 0 }
    }
    var result = [Double](repeating: 0, count: pairs)
    var (visits, visitTangents) = (initial, [Double](repeating: 0, count: states))
    for h in 0...horizon {
      var moved = [Double](repeating: 0, count: states)
      var movedTangents = moved
      for n in 0..<pairs {
        let (s, place) = (n / actions, h * pairs + n)
        let visit = visits[s] * policy[n]
        let tangent = visitTangents[s] * policy[n] + visits[s] * tangents[n]
        result[n] += tangent * values[place] + visit * valueTangents[place]
        for s in 0..<states {
          moved[s] += visit * transition[n * states + s]
          movedTangents[s] += tangent * transition[n * states + s]
        }
      }
      for s in terminal { (moved[s], movedTangents[s]) = (0, 0) }
      (visits, visitTangents) = (moved, movedTangents)
    }
    return result
  }
}
