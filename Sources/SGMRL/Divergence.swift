import Policies

/// Where parameters have left what can be trained.
enum Divergence {
  /// What a step did wrong to parameters and in which block; nil if they can be trained further.
  static func diagnosis(_ parameters: [Double], _ layout: ParameterLayout) -> String? {
    for block in layout.blocks {
      let values = parameters[block.range]
      let count = values.count { !$0.isFinite }
      if count > 0 {
        return "made \(count) of \(block.count) numbers of the block '\(block.name)' not finite"
      }
      let limit = Trainer.greatestLogStandardDeviation
      if block.name == Trainer.logStandardDeviationName, let most = values.max(), most > limit {
        return
          "made a number of the block '\(block.name)' \(most), above the limit of \(limit)"
      }
    }
    return nil
  }
}
