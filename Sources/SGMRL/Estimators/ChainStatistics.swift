/// The numbers of one chain `D_1 … D_ζ, D_o` from which baselines are made.
///
/// They are small: chains exchange them, also between processes.
public struct ChainStatistics: Equatable, Sendable {
  /// The task of the chain, its place in the meta-batch.
  public var task: Int
  /// The score's coefficient before baselines, `J̃(θ^ζ, D_o)` unless set otherwise.
  public var coefficient: Double
  /// The returns `R^0(τ)` of the inner batches: `[ζ][|D|]`
  public var returns: [[Double]]
  /// The gradients `Σ_h R^h(τ) ∇ℓ_h` of the trajectories of the inner batches along the baseline's
  /// directions: `[ζ][|D|][directions]`; empty without directions.
  public var gradients: [[[Double]]]
  /// The mean scores `S/|D|` of the inner batches and, last, the outer one along the directions:
  /// `[ζ + 1][directions]`; empty without directions.
  public var scores: [[Double]]
  /// Estimates of `J` at the parameters that the last inner step would have reached without each of
  /// its first trajectories, as many as the baseline asks for; empty if it asks for none.
  public var leftOutReturns: [Double]

  /// Creates the numbers of a chain.
  public init(
    task: Int = 0, coefficient: Double = 0, returns: [[Double]] = [],
    gradients: [[[Double]]] = [], scores: [[Double]] = [], leftOutReturns: [Double] = []
  ) {
    (self.task, self.coefficient) = (task, coefficient)
    (self.returns, self.gradients, self.scores) = (returns, gradients, scores)
    self.leftOutReturns = leftOutReturns
  }
}
