/// The options of SG-MRL with the jackknife: its weighting and how many trajectories are left out.
public struct JackknifeOptions: EstimatorOptions {
  /// The weight of the score term.
  public var weighting = ScoreWeighting()
  /// The greatest number of inner trajectories that are left out in turn.
  public var leftOut: Int

  /// Creates options; all trajectories are left out in turn unless a limit is given.
  public init(leftOut: Int = 1_000_000) { self.leftOut = leftOut }

  /// `sg-mrl-jackknife`
  public var name: String { Estimator.sgMRLJackknife.name }
  /// The estimator's summary.
  public var summary: String { Estimator.sgMRLJackknife.summary }
  /// The weighting and the limit.
  public var fields: [Field<Self>] {
    ScoreWeighting.fields(of: .sgMRLJackknife).map { $0.on(\.weighting) } + [
      .count(
        "left-out",
        "The greatest number of inner trajectories that the jackknife leaves out in turn; fewer cost less and leave more variance.",
        \.leftOut, atLeast: 1)
    ]
  }

  /// The estimator with its weighting and limit.
  public func makeEstimator() -> Estimator {
    var estimator = weighting.applied(to: .sgMRLJackknife)
    estimator.baseline = JackknifeBaseline(limit: leftOut)
    return estimator
  }
}
