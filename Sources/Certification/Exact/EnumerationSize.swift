/// How much an enumeration has to visit, known before it starts.
public struct EnumerationSize: Equatable, Sendable {
  /// The trajectories that the dynamics allow, summed over the tasks.
  public let trajectories: Double
  /// The inner batches up to the order of their trajectories, summed over the tasks.
  public let batches: Double
  /// The inner batches as they are drawn, in order.
  public let orderedBatches: Double
  /// The outer batches that must be enumerated too, up to order; 0 where their mean has a closed
  /// form.
  public let outerBatches: Double
  /// The chains of `ζ` inner batches up to order.
  public let chains: Double
  /// The chains as they are drawn.
  public let orderedChains: Double

  /// Counts, without enumerating.
  public init(_ problem: CertificateProblem) {
    self.init(problem, needsOuter: problem.needsOuterBatches)
  }

  init(_ problem: CertificateProblem, needsOuter: Bool) {
    let settings = problem.settings
    var (trajectories, batches, ordered, outer) = (0.0, 0.0, 0.0, 0.0)
    var (chains, orderedChains) = (0.0, 0.0)
    for process in problem.processes {
      let n = Self.trajectories(process, horizon: problem.horizon)
      let sequences = Self.power(n, settings.innerEpisodes)
      let multisets =
        problem.mergesOrders ? Self.multisets(n, settings.innerEpisodes) : sequences
      trajectories += n
      batches += multisets
      ordered += sequences
      chains += Self.power(multisets, settings.innerSteps)
      orderedChains += Self.power(sequences, settings.innerSteps)
      if needsOuter {
        outer +=
          problem.mergesOrders
          ? Self.multisets(n, settings.outerEpisodes) : Self.power(n, settings.outerEpisodes)
      }
    }
    (self.trajectories, self.batches, orderedBatches) = (trajectories, batches, ordered)
    (self.chains, self.orderedChains, outerBatches) = (chains, orderedChains, outer)
  }

  /// What has to be held or visited, compared with a limit.
  var largest: Double { max(trajectories, batches, outerBatches, chains) }

  /// Whether nothing that has to be held or visited is more than a limit.
  public func isWithin(_ limit: Int) -> Bool { largest <= Double(limit) }

  /// The number of paths with a probability above zero.
  private static func trajectories(_ process: TabularMDP, horizon: Int) -> Double {
    // an action has several successors if its reward is drawn
    let rewards = process.reward.map { row in
      row.map { Double(process.rewardNoise.outcomes(mean: $0)?.count ?? 1) }
    }
    var counts = process.initial.map { $0 > 0 ? 1.0 : 0 }
    var ended = 0.0
    for _ in 0..<horizon {
      var next = [Double](repeating: 0, count: counts.count)
      for (s, count) in counts.enumerated() where count > 0 {
        for (row, rewards) in zip(process.transition[s], rewards[s]) {
          let count = count * rewards
          if zip(row, process.isTerminal).contains(where: { $0 > 0 && $1 }) { ended += count }
          for (t, p) in row.enumerated() where p > 0 && !process.isTerminal[t] { next[t] += count }
        }
      }
      counts = next
    }
    return zip(counts, rewards).reduce(ended) { $0 + $1.0 * $1.1.reduce(0, +) }
  }

  /// `n + k - 1` over `k`
  private static func multisets(_ n: Double, _ k: Int) -> Double {
    var result = 1.0
    for i in 0..<k {
      result *= (n + Double(i)) / Double(i + 1)
      if !result.isFinite { break }
    }
    return result.rounded()
  }

  private static func power(_ x: Double, _ k: Int) -> Double {
    var result = 1.0
    for _ in 0..<k { result *= x }
    return result
  }
}

extension CertificateProblem {
  /// Whether the mean over outer batches has no closed form, so that they are enumerated as well.
  var needsOuterBatches: Bool {
    settings.outer != Surrogate() || settings.scoreCoefficient != .meanReturn
  }
}
