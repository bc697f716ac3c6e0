import Foundation
import SGMRL

/// A small tabular process, every trajectory of which is listed.
///
/// The policy's probabilities, the objective and its gradient are computed here from the logits
/// alone, without the tape.
struct Enumeration {
  /// A trajectory: states and actions of the steps `0 ... H`.
  struct Trajectory {
    let states: [Int]
    let actions: [Int]
    /// `μ(s_0) Π P(s_{h+1} | s_h, a_h)`, without the policy's part.
    let dynamics: Double
    /// `R^h`, with `γ^t`.
    let returns: [Double]
  }

  let stateCount: Int
  let actionCount: Int
  let reward: [[Double]]
  private(set) var trajectories: [Trajectory] = []

  init(_ c: Certificate) {
    stateCount = c.states
    actionCount = c.actions
    reward = c.reward
    func extend(_ states: [Int], _ actions: [Int], _ probability: Double) {
      guard states.count <= c.horizon else {
        var sum = 0.0
        var returns: [Double] = []
        for h in states.indices.reversed() {
          sum += pow(c.discount, Double(h)) * c.reward[states[h]][actions[h]]
          returns.append(sum)
        }
        trajectories.append(
          Trajectory(
            states: states, actions: actions, dynamics: probability, returns: returns.reversed()))
        return
      }
      for s in 0..<c.states {
        let p = states.last.map { c.transition[$0][actions[actions.count - 1]][s] } ?? c.initial[s]
        for a in 0..<c.actions { extend(states + [s], actions + [a], probability * p) }
      }
    }
    extend([], [], 1)
  }

  /// The probability of each trajectory.
  func probabilities(_ logits: [Double]) -> [Double] {
    let policy = policy(logits)
    return trajectories.map { trajectory in
      zip(trajectory.states, trajectory.actions).reduce(trajectory.dynamics) {
        $0 * policy[$1.0][$1.1]
      }
    }
  }

  /// `J` and `∇J`.
  func objective(_ logits: [Double]) -> (value: Double, gradient: [Double]) {
    let policy = policy(logits)
    var (value, gradient) = (0.0, [Double](repeating: 0, count: logits.count))
    for (p, trajectory) in zip(probabilities(logits), trajectories) {
      value += p * trajectory.returns[0]
      for (h, (s, a)) in zip(trajectory.states, trajectory.actions).enumerated() {
        let weight = p * trajectory.returns[h]
        gradient[s * actionCount + a] += weight
        for b in 0..<actionCount { gradient[s * actionCount + b] -= weight * policy[s][b] }
      }
    }
    return (value, gradient)
  }

  private func policy(_ logits: [Double]) -> [[Double]] {
    (0..<stateCount).map { s in
      let weights = (0..<actionCount).map { exp(logits[s * actionCount + $0]) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
  }

  /// The batch of the trajectories with given numbers, observations one-hot.
  func batch(_ members: [Int]) -> TrajectoryBatch {
    var (observations, actions, rewards) = ([Double](), [Double](), [Double]())
    var offsets = [0]
    for trajectory in members.map({ trajectories[$0] }) {
      for (s, a) in zip(trajectory.states, trajectory.actions) {
        observations += (0..<stateCount).map { $0 == s ? 1 : 0 }
        actions.append(Double(a))
        rewards.append(reward[s][a])
      }
      offsets.append(rewards.count)
    }
    return TrajectoryBatch(
      observations: Matrix(rows: rewards.count, columns: stateCount, elements: observations),
      actions: Matrix(rows: rewards.count, columns: 1, elements: actions), rewards: rewards,
      offsets: offsets)
  }

  /// All batches of a size up to the order of their trajectories, each with the number of orders.
  func batches(of size: Int) -> [(members: [Int], orders: Double)] {
    var result: [(members: [Int], orders: Double)] = []
    func extend(_ members: [Int], _ orders: Double, _ run: Int) {
      guard members.count < size else {
        result.append((members, orders))
        return
      }
      for next in (members.last ?? 0)..<trajectories.count {
        let run = next == members.last ? run + 1 : 1
        extend(members + [next], orders * Double(members.count + 1) / Double(run), run)
      }
    }
    extend([], 1, 0)
    return result
  }
}
