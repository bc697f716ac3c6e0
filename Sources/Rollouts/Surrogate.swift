import Environments

/// How a batch's rewards become the weights `w` of its log-likelihood `ν(θ; w) = wᵀ ℓ(θ)`.
///
/// The default is the paper's equation 5: `w_{τ,h} = R^h(τ) / |D|`, so that `∇ν` is the policy
/// gradient estimate `∇̃J(θ, D)`.
public struct Surrogate: Equatable, Sendable {
  /// What a sample's action is credited with.
  public enum Signal: String, CaseIterable, Sendable {
    /// The return from the sample on, `R^h(τ)` (equation 4).
    case returns
    /// The return from the sample on less a value fitted to the *other* trajectories,
    /// `R^h(τ) - γ^h V_{-τ}(s_h)`: the policy gradient stays unbiased, with less variance.
    case centeredReturns = "centered-returns"
    /// The generalized advantage estimate with a linear value function.
    case advantages
  }

  /// What the sum over samples is divided by.
  public enum Average: String, CaseIterable, Sendable {
    /// The number of trajectories, as in equation 5.
    case trajectories
    /// The number of samples: losses averaged over time as well.
    case samples
  }

  /// What a sample's action is credited with.
  public var signal: Signal
  /// The decay `λ` of the advantage estimate.
  public var gaeDecay: Double
  /// Whether the signal is shifted and scaled to mean 0 and standard deviation 1 over the batch.
  ///
  /// It is zero instead where there is nothing to scale but rounding or the misfit of a baseline: if
  /// the returns at each step agree over all trajectories, or the signal's deviation is no more than
  /// the rounding of the returns that it was made from.
  public var isNormalized: Bool
  /// What the sum over samples is divided by.
  public var average: Average

  /// Creates a surrogate; the default is equation 5.
  public init(
    signal: Signal = .returns, gaeDecay: Double = 1, isNormalized: Bool = false,
    average: Average = .trajectories
  ) {
    self.signal = signal
    self.gaeDecay = gaeDecay
    self.isNormalized = isNormalized
    self.average = average
  }

  /// The signal of every sample, before averaging: `[N]`.
  ///
  /// A signal that is normalised is zero where the batch holds none: see ``isNormalized``.
  public func signals(of batch: TrajectoryBatch, discount: Double) -> [Double] {
    guard isNormalized else { return rawSignals(of: batch, discount: discount) }
    let contrast = ReturnContrast(of: batch, signal, discount: discount)
    guard contrast.tellsActionsApart else {
      return [Double](repeating: 0, count: batch.sampleCount)
    }
    return contrast.normalized(rawSignals(of: batch, discount: discount))
  }

  private func rawSignals(of batch: TrajectoryBatch, discount: Double) -> [Double] {
    switch signal {
    case .returns: return batch.returns(discount: discount)
    case .centeredReturns: return Self.centeredReturns(batch, discount: discount)
    case .advantages:
      let values = LinearValueFunction(fittedTo: batch, discount: discount)
      return values.advantages(of: batch, discount: discount, decay: gaeDecay)
    }
  }

  /// `R^h - γ^h V_h`
  private static func centeredReturns(
    _ batch: TrajectoryBatch, discount: Double
  ) -> [Double] {
    let values = LinearValueFunction(leavingOneOutOf: batch, discount: discount).predictions
    var result = batch.returns(discount: discount)
    for episode in 0..<batch.episodeCount {
      var power = 1.0
      for row in batch.rows(ofEpisode: episode) {
        result[row] -= power * values[row]
        power *= discount
      }
    }
    return result
  }

  /// The weights `w` of every sample: `[N]`.
  public func weights(of batch: TrajectoryBatch, discount: Double) -> [Double] {
    let divisor = average == .trajectories ? batch.episodeCount : batch.sampleCount
    return signals(of: batch, discount: discount).map { $0 / Double(divisor) }
  }
}
