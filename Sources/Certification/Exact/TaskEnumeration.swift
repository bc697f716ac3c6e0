/// All trajectories of one process, and all batches of them, up to their order if that is asked for.
///
/// Trajectories that the dynamics exclude are left out. A batch is a multiset; `orders` says of how
/// many ordered batches it stands for, all of which have the same probability and estimates.
struct TaskEnumeration: Sendable {
  /// A multiset of trajectories.
  struct Batch: Sendable {
    let members: [Int]
    /// `|D|! / Π (multiplicities!)`
    let orders: Double
    let batch: TrajectoryBatch
    /// `Σ w_{τ,h}` of each pair of state and action, the weights being those of a surrogate.
    let weights: [Double]
    /// How often each pair occurs.
    let visits: [Double]

    /// The probability, all orders together, given those of the trajectories.
    func probability(_ trajectories: [Double]) -> Double {
      members.reduce(orders) { $0 * trajectories[$1] }
    }
  }

  let process: TabularMDP
  /// `μ(s_0) Π P(s_{h+1} | s_h, a_h)` of each trajectory, times the probabilities of its rewards.
  private(set) var dynamics: [Double] = []
  /// The pairs `s_h · actions + a_h` of the trajectories, one behind the other.
  private(set) var pairs: [Int] = []
  /// The rewards of the pairs.
  private(set) var rewards: [Double] = []
  /// Where each trajectory's pairs start; one number more than trajectories.
  private(set) var starts = [0]
  private(set) var inner: [Batch] = []
  /// Empty unless the mean over outer batches has no closed form.
  private(set) var outer: [Batch] = []
  private let length: Int
  /// The possible rewards of each pair, and their probabilities.
  private let outcomes: [[(reward: Double, probability: Double)]]

  init(_ process: TabularMDP, of problem: CertificateProblem, needsOuter: Bool) {
    self.process = process
    length = problem.horizon + 1
    outcomes = process.reward.flatMap { row in
      row.map { process.rewardNoise.outcomes(mean: $0) ?? [($0, 1)] }
    }
    extend([], [], 1)
    let settings = problem.settings
    if settings.innerSteps > 0 {
      inner = batches(of: settings.innerEpisodes, problem, settings.inner)
    }
    if needsOuter { outer = batches(of: settings.outerEpisodes, problem, settings.outer) }
  }

  /// The number of trajectories.
  var trajectoryCount: Int { dynamics.count }

  /// The rewards of a trajectory.
  func rewards(of trajectory: Int) -> ArraySlice<Double> {
    rewards[starts[trajectory]..<starts[trajectory + 1]]
  }

  /// The pairs of a trajectory.
  func pairs(of trajectory: Int) -> ArraySlice<Int> {
    pairs[starts[trajectory]..<starts[trajectory + 1]]
  }

  private mutating func append(_ chosen: [Int], _ earned: [Double], _ probability: Double) {
    dynamics.append(probability)
    pairs += chosen
    rewards += earned
    starts.append(pairs.count)
  }

  private mutating func extend(_ chosen: [Int], _ earned: [Double], _ probability: Double) {
    guard chosen.count < length else { return append(chosen, earned, probability) }
    let actions = process.actionCount
    let row = chosen.last.map { process.transition[$0 / actions][$0 % actions] } ?? process.initial
    let end = zip(row, process.isTerminal).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
    if end > 0 { append(chosen, earned, probability * end) }
    for s in 0..<process.stateCount {
      let p = row[s]
      if p == 0 || process.isTerminal[s] { continue }
      for a in 0..<actions {
        let pair = s * actions + a
        for outcome in outcomes[pair] {
          extend(
            chosen + [pair], earned + [outcome.reward], probability * p * outcome.probability)
        }
      }
    }
  }

  /// The probability of each trajectory, given `π(a | s)` of every pair.
  func probabilities(_ policy: [Double]) -> [Double] {
    (0..<trajectoryCount).map { probability(of: $0, policy) }
  }

  /// The probability of a trajectory, given `π(a | s)` of every pair.
  func probability(of trajectory: Int, _ policy: [Double]) -> Double {
    var p = dynamics[trajectory]
    for h in starts[trajectory]..<starts[trajectory + 1] { p *= policy[pairs[h]] }
    return p
  }

  private func batches(
    of size: Int, _ problem: CertificateProblem, _ surrogate: Surrogate
  ) -> [Batch] {
    var result: [Batch] = []
    func extend(_ members: [Int], _ orders: Double, _ run: Int) {
      guard members.count < size else {
        result.append(batch(members, orders: orders, problem, surrogate))
        return
      }
      guard problem.mergesOrders else {
        for next in 0..<trajectoryCount { extend(members + [next], 1, 1) }
        return
      }
      // nondecreasing numbers; each is the only one of its orders
      for next in (members.last ?? 0)..<trajectoryCount {
        let run = next == members.last ? run + 1 : 1
        extend(members + [next], orders * Double(members.count + 1) / Double(run), run)
      }
    }
    extend([], 1, 0)
    return result
  }

  /// The outer batch of one trajectory.
  func single(_ trajectory: Int, _ problem: CertificateProblem) -> TrajectoryBatch {
    batch([trajectory], orders: 1, problem, problem.settings.outer).batch
  }

  /// The batch of given trajectories, with the weights of a surrogate.
  func batch(
    _ members: [Int], orders: Double, _ problem: CertificateProblem, _ surrogate: Surrogate
  ) -> Batch {
    let actionCount = process.actionCount
    var (observations, actions, rewards) = ([Double](), [Double](), [Double]())
    var (offsets, visited) = ([0], [Int]())
    for i in members {
      rewards += self.rewards(of: i)
      for pair in pairs(of: i) {
        observations += problem.observations.row(pair / actionCount)
        actions.append(Double(pair % actionCount))
        visited.append(pair)
      }
      offsets.append(rewards.count)
    }
    let batch = TrajectoryBatch(
      observations: Matrix(
        rows: rewards.count, columns: problem.observations.columns, elements: observations),
      actions: Matrix(rows: rewards.count, columns: 1, elements: actions), rewards: rewards,
      offsets: offsets,
      terminated: members.map { starts[$0 + 1] - starts[$0] < length })
    var weights = [Double](repeating: 0, count: process.stateCount * actionCount)
    var visits = weights
    let perSample = surrogate.weights(of: batch, discount: problem.settings.discount)
    for (pair, weight) in zip(visited, perSample) {
      weights[pair] += weight
      visits[pair] += 1
    }
    return Batch(members: members, orders: orders, batch: batch, weights: weights, visits: visits)
  }
}
