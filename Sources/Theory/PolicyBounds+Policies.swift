import LinearAlgebra

extension SoftmaxPolicy: BoundedPolicy {
  /// Those of a softmax over features; a tabular one has `D = √2`.
  public func bounds(over observations: Matrix) -> Coverage<PolicyBounds> {
    var diameter = 0.0
    for state in 0..<observations.rows {
      let row = observations.row(state)
      let features = (0..<actionCount).map { self.features($0, row) }
      for (a, first) in features.enumerated() {
        for second in features[..<a] {
          diameter = max(diameter, norm(zip(first, second).map { $0 - $1 }))
        }
      }
    }
    return .covered(PolicyBounds(softmaxFeatureDiameter: diameter))
  }
}

extension CategoricalNetworkPolicy: BoundedPolicy {
  /// Those of a softmax without hidden layers; none with them.
  public func bounds(over observations: Matrix) -> Coverage<PolicyBounds> {
    guard network.sizes.count == 2 else { return .notCovered(network.unboundedness) }
    // the logits are linear in (x, 1), each action with weights of its own
    let largest = (0..<observations.rows).map { dot(observations.row($0), observations.row($0)) }
    let square = network.sizes[1] > 1 ? 2 * ((largest.max() ?? 0) + 1) : 0
    return .covered(PolicyBounds(softmaxFeatureDiameter: square.squareRoot()))
  }
}

extension GaussianNetworkPolicy: BoundedPolicy {
  /// None: the score of a Gaussian is not bounded.
  public func bounds(over observations: Matrix) -> Coverage<PolicyBounds> {
    .notCovered([unboundedGaussianScore] + network.unboundedness)
  }
}

extension FullCovarianceGaussianPolicy: BoundedPolicy {
  /// None: the score of a Gaussian is not bounded.
  public func bounds(over observations: Matrix) -> Coverage<PolicyBounds> {
    .notCovered([unboundedGaussianScore] + network.unboundedness)
  }
}

private let unboundedGaussianScore =
  "Assumption 2 fails for a Gaussian: its score (a - μ)/σ² grows with the action, which has no bound."

extension FeedForwardNetwork {
  /// Why no constant bounds the derivatives of the outputs over all weights.
  fileprivate var unboundedness: [String] {
    guard sizes.count > 2 else { return [] }
    var reasons = [
      "Assumption 2 fails for a network with hidden layers: the derivative by one layer's weights grows with those of the next, which have no bound."
    ]
    if activation == .relu {
      reasons.append(
        "Assumption 3 fails for ReLU: its derivative jumps, so the Hessian is not even continuous.")
    }
    return reasons
  }
}
