extension SoftmaxPolicy {
  /// A policy over the states of a tabular process, seen one-hot, with logits `features[s] θ`.
  ///
  /// - Parameter features: `[states][actions][parameters]`
  public init(features: [[[Double]]]) {
    self.init(
      observationSize: features.count, actionCount: features[0].count,
      featureCount: features[0][0].count
    ) { action, observation in
      features[observation.firstIndex(of: 1) ?? 0][action]
    }
  }
}
