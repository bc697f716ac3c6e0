import LinearAlgebra
import MessagePassing
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

  private static let name = "jackknife.left-out-returns"

  /// The returns with trajectories of the last inner step left out, beside the evidence of ``earlier``.
  public func evidence(of chain: Chain) -> NamedArrays {
    var result = earlier.evidence(of: chain)
    guard let outer = chain.outer, let leftOut = LeftOutReturns(of: chain, limit: limit) else {
      return result
    }
    result[Self.name] = leftOut.returns(outer.batch)
    return result
  }

  /// The mean returns with trajectories left out, beside the mean evidence of ``earlier``.
  ///
  /// Trajectories that are hardly ever drawn matter as well: what is rare at `θ^ζ` may be likely without
  /// an inner trajectory, and the ratios are as large as the probabilities are small. Those have their
  /// weight multiplied in.
  public func meanEvidence(
    of chain: Chain, over trajectories: OuterTrajectories
  ) -> NamedArrays {
    var result = earlier.meanEvidence(of: chain, over: trajectories)
    guard let leftOut = LeftOutReturns(of: chain, limit: limit) else { return result }
    var mean: [Double] = []
    for index in 0..<trajectories.count {
      let outer = trajectories[index]
      let isRare = outer.probability < Double.ulpOfOne
      let values =
        isRare
        ? leftOut.weightedReturns(outer.batch, logDynamics: outer.logDynamics)
        : leftOut.returns(outer.batch)
      if mean.isEmpty { mean = values.map { _ in 0 } }
      add(isRare ? 1 : outer.probability, values, to: &mean)
    }
    result[Self.name] = mean
    return result
  }

  /// The returns with each trajectory left out; those of ``earlier`` where they are not known.
  public func values(_ context: BaselineContext) -> [Double] {
    guard context.step == context.stepCount - 1, let leftOut = context.evidence[Self.name] else {
      return earlier.values(context)
    }
    let (count, whole) = (context.ownReturns.count, context.coefficient)
    let scale = Double(count) / Double(leftOut.count)
    return (0..<count).map { $0 < leftOut.count ? whole - scale * (whole - leftOut[$0]) : whole }
  }

  /// That of the baseline of earlier steps.
  public func memory(after chains: [ChainStatistics], _ memory: NamedArrays) -> NamedArrays {
    earlier.memory(after: chains, memory)
  }
}
