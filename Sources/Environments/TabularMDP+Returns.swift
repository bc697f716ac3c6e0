import Requirements

extension TabularMDP {
  /// The greatest expected return of an episode, summed without discount: `max_π E[Σ_h r(s_h, a_h)]`.
  ///
  /// By dynamic programming, `V_h(s) = max_a (r(s, a) + Σ_s' P(s' | s, a) V_{h+1}(s'))`, so the policy may
  /// depend on the step. An episode that ends earns nothing more.
  ///
  /// - Parameter steps: the steps of an episode, at least 1.
  /// - Returns: The return.
  /// - Complexity: `steps S² A`.
  public func bestReturn(steps: Int) -> Double {
    expectedReturn(steps: steps) { $0.max() ?? 0 }
  }

  /// The expected return of the policy that chooses all actions with equal probability, summed without discount.
  ///
  /// - Parameter steps: the steps of an episode, at least 1.
  /// - Returns: The return.
  /// - Complexity: `steps S² A`.
  public func uniformReturn(steps: Int) -> Double {
    expectedReturn(steps: steps) { $0.reduce(0, +) / Double($0.count) }
  }

  /// `Σ_s μ(s) V_0(s)` with the value of a state from those of its actions.
  private func expectedReturn(steps: Int, _ choice: ([Double]) -> Double) -> Double {
    require(steps > 0, "An episode needs at least one step, not \(steps).")
    var values = [Double](repeating: 0, count: stateCount)
    for _ in 0..<steps {
      let next = values
      for s in 0..<stateCount where !isTerminal[s] {
        values[s] = choice(
          zip(reward[s], transition[s]).map { reward, row in
            zip(row, next).reduce(reward) { $0 + $1.0 * $1.1 }
          })
      }
    }
    return zip(initial, values).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
