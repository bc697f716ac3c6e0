import Rollouts

/// Where parameters have left what can be trained.
enum Divergence {
  /// What a step did wrong to parameters and in which block; nil if they can be trained further.
  static func diagnosis(
    _ parameters: [Double], _ layout: ParameterLayout, _ deviations: LogDeviations?
  ) -> String? {
    for block in layout.blocks {
      let count = parameters[block.range].count { !$0.isFinite }
      if count > 0 {
        return "made \(count) of \(block.count) numbers of the block '\(block.name)' not finite"
      }
    }
    guard let deviations else { return nil }
    for place in deviations.places {
      let value = parameters[place]
      if value > Trainer.greatestLogStandardDeviation {
        return
          "made a log standard deviation of the block '\(deviations.block)' \(value), above the limit of \(Trainer.greatestLogStandardDeviation)"
      }
      if value < Trainer.leastLogStandardDeviation {
        return
          "made a log standard deviation of the block '\(deviations.block)' \(value), below the limit of \(Trainer.leastLogStandardDeviation), where noise no longer changes an action"
      }
    }
    return nil
  }
}
