import LinearAlgebra
@_exported import MessagePassing

/// A baseline for the coefficient of the score term.
///
/// One that needs the batches alone has a single function to write, ``values(_:)``. One that looks
/// further computes its evidence from the chain, ``evidence(of:)``; the others are for baselines that
/// learn from other chains.
public protocol ScoreBaseline: Sendable {
  /// Whether it looks at the other chains of the meta-batch.
  ///
  /// If so, all chains are sampled before the first of them is differentiated.
  var looksAtPeers: Bool { get }

  /// What it wants to know of a chain beside batches and returns, as named arrays: directional scores,
  /// predictions, returns at other parameters.
  ///
  /// Evidence is small: chains exchange it, also between processes, and ``memory(after:_:)`` learns from
  /// it. What it says of the outer batch has to be a mean over that batch's trajectories, and
  /// ``values(_:)`` affine in it; a certificate tries that.
  ///
  /// - Parameter chain: the chain; one without an outer batch stands for the mean over outer batches,
  ///   of which only what is known beforehand can be said, such as zero for a mean score.
  /// - Returns: The arrays, by names of the baseline's own.
  func evidence(of chain: Chain) -> NamedArrays

  /// The mean of the evidence over the outer batch, given the inner batches.
  ///
  /// By default the trajectories' evidence is averaged with their probabilities. A baseline that knows the
  /// mean, or has to take ratios of small probabilities into account, says it itself.
  ///
  /// - Parameters:
  ///   - chain: the chain, without an outer batch.
  ///   - trajectories: every outer trajectory.
  /// - Returns: The arrays of ``evidence(of:)``.
  func meanEvidence(of chain: Chain, over trajectories: OuterTrajectories) -> NamedArrays

  /// The numbers to subtract, one for each trajectory of the context's last batch.
  func values(_ context: BaselineContext) -> [Double]

  /// What it keeps for later epochs.
  ///
  /// - Parameters:
  ///   - chains: the chains of an epoch.
  ///   - memory: what it kept before; empty at first.
  /// - Returns: Arrays, which are saved with the state of a training run.
  func memory(after chains: [ChainStatistics], _ memory: NamedArrays) -> NamedArrays
}

extension ScoreBaseline {
  /// False
  public var looksAtPeers: Bool { false }

  /// None
  public func evidence(of chain: Chain) -> NamedArrays { NamedArrays() }

  /// `Σ_τ p(τ) evidence(τ)`
  public func meanEvidence(
    of chain: Chain, over trajectories: OuterTrajectories
  ) -> NamedArrays {
    var result = NamedArrays()
    for index in 0..<trajectories.count {
      let trajectory = trajectories[index]
      let part = evidence(of: chain.with(outer: trajectory.batch))
      if part.isEmpty { break }
      result.add(trajectory.probability, part)
    }
    return result
  }

  /// As before: nothing is learnt.
  public func memory(after chains: [ChainStatistics], _ memory: NamedArrays) -> NamedArrays {
    memory
  }
}

extension NamedArrays {
  /// Adds a multiple of other arrays to those of the same names.
  mutating func add(_ weight: Double, _ other: NamedArrays) {
    for entry in other.entries {
      var sum = self[entry.name] ?? entry.elements.map { _ in 0 }
      LinearAlgebra.add(weight, entry.elements, to: &sum)
      set(entry.name, shape: entry.shape, sum)
    }
  }
}
