import Requirements

/// The return without each trajectory: what `J̃` would have been, had the trajectory not been part of
/// the last inner step.
///
/// For the last step `b_{ζ,τ}` is an unbiased estimate of `J(θ^ζ_{-τ})`, made of the same outer batch
/// as `J̃` by reweighting. The score of `τ` then meets the difference that `τ` made,
/// `J(θ^ζ) - J(θ^ζ_{-τ})`, instead of the return as a whole: what the task, the other trajectories and
/// the outer batch add to the return is in both and goes away. The variance of the score term falls
/// with the size of the inner batch instead of growing with it.
///
/// Given `D_1 … D_ζ`, the mean of `b_{ζ,τ}` over `D_o` is a function of the other trajectories alone, so
/// the estimate stays unbiased. For earlier steps another baseline stands in, since the batches between
/// would have to be reweighted as well.
///
/// With fewer trajectories left out than there are, those that are stand for all: their scores count
/// as many times more, and the others' have the coefficient zero. All trajectories of a batch are
/// alike, so the mean is the same; variance grows by as much as the cost falls.
public struct JackknifeBaseline: ScoreBaseline {
  /// The greatest number of trajectories that are left out in turn.
  public let limit: Int
  /// The baseline of the steps before the last.
  public let earlier: ControlVariateBaseline

  /// Creates the baseline.
  ///
  /// - Parameters:
  ///   - limit: the greatest number of trajectories that are left out in turn.
  ///   - earlier: the baseline of the steps before the last.
  /// - Precondition: the limit is at least 1.
  public init(limit: Int = .max, earlier: ControlVariateBaseline = ControlVariateBaseline()) {
    require(limit > 0, "A jackknife leaves at least 1 trajectory out, not \(limit).")
    (self.limit, self.earlier) = (limit, earlier)
  }

  /// Those of the baseline of earlier steps.
  public func directions(parameterCount: Int) -> [[Double]] {
    earlier.directions(parameterCount: parameterCount)
  }

  /// As many as there are trajectories, up to ``limit``.
  public func leftOutCount(episodeCount: Int) -> Int { min(limit, episodeCount) }

  /// The returns with each trajectory left out; those of ``earlier`` where they are not known.
  public func values(_ context: BaselineContext) -> [Double] {
    let leftOut = context.leftOutReturns
    if leftOut.isEmpty { return earlier.values(context) }
    let (count, whole) = (context.ownReturns.count, context.coefficient)
    let scale = Double(count) / Double(leftOut.count)
    return (0..<count).map { $0 < leftOut.count ? whole - scale * (whole - leftOut[$0]) : whole }
  }

  /// That of the baseline of earlier steps.
  public func memory(after chains: [ChainStatistics], _ memory: [Double]) -> [Double] {
    earlier.memory(after: chains, memory)
  }
}
