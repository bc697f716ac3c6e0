import Requirements

extension SoftmaxPolicy {
  /// A policy over the states of a tabular process, seen one-hot, with logits `features[s] θ`.
  ///
  /// - Parameter features: `[states][actions][parameters]`
  /// - Precondition: no size is zero, and every row has the same.
  public init(features: [[[Double]]]) {
    let (actions, count) = (features.first?.count ?? 0, features.first?.first?.count ?? 0)
    require(
      actions > 0 && count > 0
        && features.allSatisfy { $0.count == actions && $0.allSatisfy { $0.count == count } },
      "Features should have a shape [states][actions][parameters] without zeros.")
    self.init(
      observationSize: features.count, actionCount: actions,
      featureCount: count
    ) { action, observation in
      features[observation.firstIndex(of: 1) ?? 0][action]
    }
  }
}
