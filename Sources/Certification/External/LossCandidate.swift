import CLibrary

/// A loss whose gradient a policy gradient may be, among them those that are written by mistake.
///
/// Its gradient is `Σ_{τ,h} w_{τ,h} ∇ log π(a_h | s_h) / |D|`.
struct LossCandidate: Sendable {
  /// What it is, to follow "the outer gradient is that of …".
  let name: String
  /// What is wrong with it; nil for one that is unbiased.
  let mistake: String?
  /// The weights of the samples, from the rewards of each trajectory and the discount.
  let weights: @Sendable (_ rewards: [[Double]], _ discount: Double) -> [[Double]]

  /// `Σ_{k ≥ h} γ^(power k + shift h) r_k`
  private static func toGo(
    _ rewards: [Double], _ discount: Double, _ exponent: (_ k: Int, _ h: Int) -> Int
  ) -> [Double] {
    rewards.indices.map { h in
      (h..<rewards.count).reduce(0) {
        $0 + CLibrary.pow(discount, Double(exponent($1, h))) * rewards[$1]
      }
    }
  }

  private static func returns(_ rewards: [[Double]], _ discount: Double) -> [[Double]] {
    rewards.map { toGo($0, discount) { k, _ in k } }
  }

  /// Divides the centred returns by a power of their deviation over all samples.
  private static func scaled(
    _ rewards: [[Double]], _ discount: Double, power: Double, restarts: Bool = false
  ) -> [[Double]] {
    let all = restarts ? rewards.map { toGo($0, discount) { $0 - $1 } } : returns(rewards, discount)
    let flat = all.flatMap(\.self)
    let mean = flat.reduce(0, +) / Double(flat.count)
    let variance = flat.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(flat.count)
    let divisor = CLibrary.pow(variance, power / 2)
    return all.map { $0.map { divisor > 0 ? ($0 - mean) / divisor : 0 } }
  }

  /// All candidates, the right ones first.
  static let all = [
    LossCandidate(name: "the discounted return from each action on", mistake: nil) {
      returns($0, $1)
    },
    LossCandidate(name: "the whole discounted return", mistake: nil) { rewards, discount in
      rewards.map { rewards in
        let whole = toGo(rewards, discount) { k, _ in k }[0]
        return rewards.map { _ in whole }
      }
    },
    LossCandidate(
      name: "the return without discount",
      mistake: "The discount is missing: multiply each reward by γ^h."
    ) { rewards, _ in returns(rewards, 1) },
    LossCandidate(
      name: "the return with a discount that starts anew at each action",
      mistake:
        "The weight of an action is Σ γ^(k-h) r_k; without the factor γ^h in front, the mean is the gradient of no discounted return."
    ) { rewards, discount in rewards.map { toGo($0, discount) { $0 - $1 } } },
    LossCandidate(
      name: "the return with an inverted discount",
      mistake:
        "The discount is inverted: rewards are multiplied by γ^-h, and later ones count more."
    ) { rewards, discount in rewards.map { toGo($0, discount) { k, _ in -k } } },
    LossCandidate(
      name: "the return with an inverted discount from each action on",
      mistake:
        "The discount is inverted: rewards are multiplied by γ^(h-k), and later ones count more."
    ) { rewards, discount in rewards.map { toGo($0, discount) { $1 - $0 } } },
    LossCandidate(
      name: "the return with a discount that runs backwards",
      mistake: "The discount is inverted: it counts the steps from the end of the episode."
    ) { rewards, discount in
      rewards.map { rewards in toGo(rewards, discount) { k, _ in rewards.count - 1 - k } }
    },
    LossCandidate(
      name: "the rewards up to each action",
      mistake:
        "Rewards are cumulated from the start of the episode up to the action; they should be from the action on."
    ) { rewards, discount in
      rewards.map { rewards in
        rewards.indices.map { h in
          (0...h).reduce(0) { $0 + CLibrary.pow(discount, Double($1)) * rewards[$1] }
        }
      }
    },
    LossCandidate(
      name: "the reward of each action alone",
      mistake: "Each action is credited with its own reward alone; later rewards are missing."
    ) { rewards, discount in
      rewards.map { $0.enumerated().map { CLibrary.pow(discount, Double($0)) * $1 } }
    },
    LossCandidate(
      name: "returns less their mean over the batch",
      mistake:
        "The baseline is the mean of the batch and sees the trajectory that it is subtracted from: leave that trajectory out."
    ) { rewards, discount in
      scaled(rewards, discount, power: 0)
    },
    LossCandidate(
      name: "returns less their mean over the batch at the same step",
      mistake:
        "The baseline is the mean of the batch and sees the trajectory that it is subtracted from: leave that trajectory out."
    ) { rewards, discount in
      let all = returns(rewards, discount)
      return all.map { own in
        own.indices.map { h in
          let others = all.filter { $0.count > h }.map { $0[h] }
          return own[h] - others.reduce(0, +) / Double(others.count)
        }
      }
    },
    LossCandidate(
      name: "returns that are normalised over the batch",
      mistake:
        "Returns are divided by their standard deviation over the batch, which they change themselves: the mean is the gradient of no return."
    ) { rewards, discount in scaled(rewards, discount, power: 1) },
    LossCandidate(
      name: "returns that are divided by their variance",
      mistake:
        "Returns are divided by their variance instead of the standard deviation: ten times larger rewards make the step ten times smaller."
    ) { rewards, discount in scaled(rewards, discount, power: 2) },
    LossCandidate(
      name: "normalised returns whose discount starts anew at each action",
      mistake:
        "Returns are normalised over the batch, and the discount starts anew at each action: the mean is the gradient of no return."
    ) { rewards, discount in scaled(rewards, discount, power: 1, restarts: true) },
    LossCandidate(
      name: "returns less that of the trajectory before",
      mistake:
        "The baseline is the return of another trajectory, shifted over episodes: it is unbiased, but depends on their order and misses its purpose of comparing equal steps."
    ) { rewards, discount in
      let all = returns(rewards, discount)
      return all.indices.map { i in
        let before = all[(i + all.count - 1) % all.count]
        return all[i].indices.map { all[i][$0] - ($0 < before.count ? before[$0] : 0) }
      }
    },
  ]

  /// Its gradients for outer batches at the parameters of the problem, without inner steps.
  ///
  /// - Parameters:
  ///   - enumeration: the chains.
  ///   - pairs: whose outer batches.
  ///   - isPerSample: whether sums are divided by the number of samples instead of trajectories.
  /// - Returns: The gradients: `[pairs][d]`.
  func gradients(
    _ enumeration: ExternalEnumeration, _ pairs: [ExternalEnumeration.Pair], isPerSample: Bool
  ) -> [[Double]] {
    let problem = enumeration.problem
    let nodes = enumeration.tasks.map {
      Walker(problem, $0).node(problem.parameters, hasHessians: false)
    }
    var known: [[[Double]?]] = enumeration.tasks.map { task in task.outer.map { _ in nil } }
    return pairs.map { pair in
      let task = enumeration.chains[pair.chain].task
      if let found = known[task][pair.outer] { return found }
      let (tasks, batch) = (enumeration.tasks[task], enumeration.tasks[task].outer[pair.outer])
      let actions = problem.actionCount
      let pairsOf = batch.members.map { Array(tasks.pairs(of: $0)) }
      let rewards = pairsOf.map { $0.map { tasks.process.reward[$0 / actions][$0 % actions] } }
      let weights = weights(rewards, problem.settings.discount)
      let divisor = isPerSample ? pairsOf.reduce(0) { $0 + $1.count } : pairsOf.count
      var sums = [Double](repeating: 0, count: problem.stateCount * actions)
      for (numbers, weights) in zip(pairsOf, weights) {
        for (number, weight) in zip(numbers, weights) { sums[number] += weight / Double(divisor) }
      }
      let result = nodes[task].gradient(sums)
      known[task][pair.outer] = result
      return result
    }
  }
}
