/// Something about a run that its user should know: training goes on, but perhaps to no end.
public struct TrainingFinding: Codable, Equatable, Sendable {
  /// What was found.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// A log standard deviation is at its floor or far below where it started.
    case deviationCollapsed = "deviation-collapsed"
    /// A log standard deviation is far above where it started.
    case deviationExploded = "deviation-exploded"
    /// The parameters are far longer than at the start.
    case parametersGrew = "parameters-grew"
    /// The meta-gradient is exactly zero because no log-probability depends on the parameters.
    case gradientIsZero = "gradient-is-zero"
    /// The meta-gradient is exactly zero because outer batches tell no action from another.
    case signalIsZero = "signal-is-zero"
    /// The rewards of each chain are all the same.
    case rewardsAreEqual = "rewards-are-equal"
  }

  /// The epoch in which it was found.
  public let epoch: Int
  /// What was found.
  public let kind: Kind
  /// What was found, the likely cause, and what to do.
  public let message: String
}
