@_exported import SGMRL

extension ChainWalk {
  /// The estimate of the chain so far with an outer batch.
  package func estimate(outer batch: TrajectoryBatch) -> [Double] {
    EstimatorRecursion(settings).estimate(chain(outer: batch))
  }

  /// Carries `v` back through the chain so far, given the coefficient of the score before baselines.
  package func propagate(_ v: inout [Double], coefficient: Double) {
    let (recursion, chain) = (EstimatorRecursion(settings), chain())
    let statistics = recursion.statistics(of: chain, coefficient: coefficient)
    recursion.propagate(&v, through: chain, statistics)
  }

  /// The score's coefficient of an outer batch, before baselines.
  package func scoreCoefficient(_ batch: TrajectoryBatch) -> Double {
    EstimatorRecursion(settings).scoreCoefficient(batch)
  }
}
