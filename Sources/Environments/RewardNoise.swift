import RandomNumbers

/// How the reward of a pair of state and action is distributed about its mean.
public enum RewardNoise: Equatable, Sendable {
  /// The reward is the mean.
  case none
  /// The reward is 1 with the mean as its probability, else 0.
  case bernoulli
  /// The reward is Gaussian with this standard deviation, at least 0.
  case gaussian(standardDeviation: Double)

  /// Draws a reward; one without noise takes no random number.
  func draw(mean: Double, using stream: inout RandomStream) -> Double {
    switch self {
    case .none: mean
    case .bernoulli: stream.uniform() < mean ? 1 : 0
    case .gaussian(let deviation): mean + deviation * stream.normal()
    }
  }

  /// The rewards with a probability above 0, and their probabilities; nil if they cannot be listed.
  public func outcomes(mean: Double) -> [(reward: Double, probability: Double)]? {
    switch self {
    case .none: [(mean, 1)]
    case .bernoulli: [(0, 1 - mean), (1, mean)].filter { $0.1 > 0 }
    case .gaussian(let deviation): deviation == 0 ? [(mean, 1)] : nil
    }
  }

  /// Why a mean cannot have this distribution; nil if it can.
  func objection(toMean mean: Double) -> String? {
    switch self {
    case .none: nil
    case .bernoulli:
      (0...1).contains(mean)
        ? nil : "a reward of 0 or 1 needs a probability as its mean, not \(mean)."
    case .gaussian(let deviation):
      deviation >= 0 && deviation.isFinite
        ? nil : "a standard deviation cannot be \(deviation)."
    }
  }
}
