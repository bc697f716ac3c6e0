import Certification

/// An external estimator within the process: this package's own estimators, and ones with a fault.
final class StandIn: ExternalEstimator {
  let identity: ExternalIdentity
  private let estimator: Estimator
  /// What multiplies the inner step of `adapt`, and that of `estimate`.
  private let (stepFactor, ownFactor): (Double, Double)
  private let inner: Surrogate
  private let change: (_ estimate: [Double], _ outer: [Int], TrajectoryTable) -> [Double]
  private var table: TrajectoryTable?
  private(set) var requests = 0

  init(
    _ estimator: Estimator, unbiased: Bool = false, ordered: Bool = false, stepFactor: Double = 1,
    ownFactor: Double? = nil, inner: Surrogate = Surrogate(), single: Bool = false,
    change: @escaping ([Double], [Int], TrajectoryTable) -> [Double] = { x, _, _ in x }
  ) {
    identity = ExternalIdentity(
      name: estimator.name, isSinglePrecision: single, isOrdered: ordered, claimsUnbiased: unbiased)
    (self.estimator, self.stepFactor, self.inner) = (estimator, stepFactor, inner)
    (self.ownFactor, self.change) = (ownFactor ?? stepFactor, change)
  }

  func pose(_ table: TrajectoryTable) { self.table = table }

  private func walk(_ table: TrajectoryTable, factor: Double) -> ChainWalk {
    ChainWalk(
      SoftmaxPolicy(features: table.features),
      settings: MetaSettings(
        innerSteps: table.innerSteps, innerStepSize: factor * table.stepSize,
        discount: table.discount, inner: inner, estimator: estimator))
  }

  /// A batch of the table's trajectories.
  private func batch(_ members: [Int], _ table: TrajectoryTable) -> TrajectoryBatch {
    var (rows, actions, rewards, offsets) = ([[Double]](), [[Double]](), [Double](), [0])
    for i in members {
      for h in 0..<table.lengths[i] {
        rows.append(table.features.indices.map { $0 == table.states[i][h] ? 1 : 0 })
        actions.append([Double(table.actions[i][h])])
        rewards.append(table.rewards[i][h])
      }
      offsets.append(rewards.count)
    }
    return TrajectoryBatch(
      observations: Matrix(rows), actions: Matrix(actions), rewards: rewards, offsets: offsets)
  }

  func adapt(_ chains: [[[Int]]], from start: [[Double]]?) -> [[Double]] {
    guard let table else { return [] }
    requests += 1
    let walk = walk(table, factor: stepFactor)
    return chains.enumerated().map { index, chain in
      walk.begin(at: start?[index] ?? table.parameters)
      for members in chain { walk.takeInnerStep(batch(members, table)) }
      return rounded(walk.adapted)
    }
  }

  func estimate(_ chains: [[[Int]]], outer: [[Int]]) -> [[Double]] {
    guard let table else { return [] }
    requests += 1
    let walk = walk(table, factor: ownFactor)
    let recursion = EstimatorRecursion(walk.settings)
    return zip(chains, outer).map { chain, outer in
      let whole = walk.walk(from: table.parameters) { step, _ in
        batch(step < chain.count ? chain[step] : outer, table)
      }
      return rounded(change(recursion.estimate(whole), outer, table))
    }
  }

  private func rounded(_ x: [Double]) -> [Double] {
    identity.isSinglePrecision ? x.map { Double(Float($0)) } : x
  }
}
