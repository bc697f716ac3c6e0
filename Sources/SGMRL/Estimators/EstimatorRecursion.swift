import LinearAlgebra
import Requirements

/// The recursion of an ``Estimator`` along a chain, from the last inner step to the first:
///
///     v ← ∇̃J(θ^ζ, D_o)
///     for t = ζ … 1:   v ← v + α H_t v + Σ_τ c_{t,τ} ∇ log π(τ; θ^(t-1))
///
/// With sizes `A = diag(α)` it is `H_t (A v)`, and learned sizes get `∇ν ⊙ v` of each step.
///
/// It reads chains, however they came about: training's sampled ones, a certificate's enumerated ones.
public struct EstimatorRecursion: Sendable {
  /// The settings, of which the estimator is a part.
  public let settings: MetaSettings
  /// What the estimator's baseline kept from earlier epochs.
  public var memory: NamedArrays
  private var estimator: Estimator { settings.estimator }
  /// The baseline, if there is a score for it.
  private var baseline: (any ScoreBaseline)? { estimator.score == .none ? nil : estimator.baseline }

  /// Creates the recursion of the settings' estimator.
  ///
  /// - Parameters:
  ///   - settings: the settings.
  ///   - memory: what the estimator's baseline kept from earlier epochs.
  public init(_ settings: MetaSettings, memory: NamedArrays = NamedArrays()) {
    (self.settings, self.memory) = (settings, memory)
  }

  /// The estimate of `∇V_ζ` from a chain with its outer batch.
  ///
  /// - Parameters:
  ///   - chain: the chain.
  ///   - peers: the numbers of other chains, if the baseline looks at them.
  /// - Returns: The estimate, in the layout of the parameters.
  public func estimate(_ chain: Chain, peers: [ChainStatistics] = []) -> [Double] {
    guard let outer = chain.outer else {
      requirementFailure("An estimate needs the chain's outer batch.")
    }
    // a baseline may want the outer batch's recording kept
    let statistics = statistics(of: chain)
    var v = outer.gradient
    propagate(&v, through: chain, statistics, peers: peers)
    return v
  }

  /// The coefficient of the score before baselines, `J̃(θ^ζ, D_o)` unless set otherwise.
  public func scoreCoefficient(_ batch: TrajectoryBatch) -> Double {
    switch settings.scoreCoefficient {
    case .meanReturn: return batch.meanReturn(discount: settings.discount)
    case .meanSignal:
      let signals = settings.outer.signals(of: batch, discount: settings.discount)
      return signals.reduce(0, +) / Double(signals.count)
    }
  }

  /// What baselines and other chains may see of a chain; without a baseline, the coefficient alone.
  ///
  /// - Parameters:
  ///   - chain: the chain.
  ///   - task: the task of the chain, its place in the meta-batch.
  ///   - coefficient: the coefficient of the score before baselines; by default the outer batch's.
  ///   - evidence: what the baseline says of the chain; by default what it computes from the chain.
  /// - Returns: The chain's numbers.
  public func statistics(
    of chain: Chain, task: Int = 0, coefficient: Double? = nil, evidence: NamedArrays? = nil
  ) -> ChainStatistics {
    var result = ChainStatistics(
      task: task,
      coefficient: coefficient ?? chain.outer.map { scoreCoefficient($0.batch) } ?? 0)
    guard let baseline else { return result }
    for step in chain.steps {
      result.returns.append(step.batch.episodeReturns(discount: settings.discount))
    }
    result.evidence = evidence ?? baseline.evidence(of: chain)
    return result
  }

  /// Carries `v` back through the inner steps of a chain and adds the score terms.
  ///
  /// - Parameters:
  ///   - v: a gradient with respect to `θ^ζ`, replaced by the estimate with respect to `θ⁰`.
  ///   - chain: the chain.
  ///   - statistics: the numbers of this chain, with the coefficient of the score before baselines.
  ///   - peers: those of the other chains of the meta-batch, if the baseline looks at them.
  public func propagate(
    _ v: inout [Double], through chain: Chain, _ statistics: ChainStatistics,
    peers: [ChainStatistics] = []
  ) {
    for t in chain.steps.indices.reversed() {
      let step = chain.steps[t]
      let coefficients = scoreCoefficients(step: t, chain, statistics, peers)
      let ofSizes = chain.map.sizeGradient(step.gradient, v)
      if let rule = estimator.jacobian {
        let direction = chain.map.scaled(v)
        let weights = step.weights
        let rule = PreparedRule(rule, step, direction: direction, settings)
        let complement = self.complement.map {
          PreparedRule($0, step, direction: direction, settings)
        }
        var room = [Double](repeating: 0, count: complement == nil ? 0 : step.batch.longestEpisode)
        let change = step.secondOrder(direction: direction) { block, tangents, target in
          write(
            rule, complement, coefficients, step.batch, weights.span, block, tangents, &room,
            &target)
        }
        add(1, change, to: &v)
      } else if let coefficients {
        add(1, step.gradient(weights: step.batch.spread(coefficients)), to: &v)
      }
      if let ofSizes { add(1, ofSizes, to: &v) }
    }
    chain.map.dropContext(&v)
  }

  /// The score's coefficient of each trajectory of a step, with baseline; nil without a score.
  private func scoreCoefficients(
    step t: Int, _ chain: Chain, _ statistics: ChainStatistics, _ peers: [ChainStatistics]
  ) -> [Double]? {
    let batch = chain.steps[t].batch
    let scale: Double
    switch estimator.score {
    case .none: return nil
    case .sum: scale = estimator.scoreWeight
    case .mean: scale = estimator.scoreWeight / Double(batch.episodeCount)
    }
    guard let baseline else {
      return [Double](repeating: scale * statistics.coefficient, count: batch.episodeCount)
    }
    let context = BaselineContext(
      statistics, step: t, batches: chain.steps[...t].map(\.batch), discount: settings.discount,
      memory: memory, peers: peers)
    let values = baseline.values(context)
    require(
      values.count == batch.episodeCount,
      "A baseline gave \(values.count) numbers for \(batch.episodeCount) trajectories.")
    return values.map { scale * (statistics.coefficient - $0) }
  }

  /// What stands for the part of the score that its weight leaves out, if anything does.
  private var complement: (any JacobianRule)? {
    estimator.scoreWeight < 1 ? estimator.complement : nil
  }

  /// Writes the tangents of a block's weights: the Jacobian rule's, the score's and what stands for the
  /// rest of it.
  private func write(
    _ rule: PreparedRule, _ complement: PreparedRule?, _ coefficients: [Double]?,
    _ batch: TrajectoryBatch, _ weights: Span<Double>, _ block: EpisodeBlock,
    _ tangents: Span<Double>, _ room: inout [Double], _ target: inout MutableSpan<Double>
  ) {
    let remainder = 1 - estimator.scoreWeight
    for episode in block.episodes {
      let rows = batch.rows(ofEpisode: episode)
      let first = rows.lowerBound - block.rows.lowerBound
      let own = weights.extracting(rows)
      let along = tangents.extracting(first..<first + rows.count)
      var place = target.extracting(first..<first + rows.count)
      rule.writeWeightTangents(rows: rows, weights: own, tangents: along, into: &place)
      if let coefficients {
        for h in place.indices { place[h] += coefficients[episode] }
      }
      if let complement {
        var all = room.mutableSpan
        var more = all.extracting(0..<rows.count)
        complement.writeWeightTangents(rows: rows, weights: own, tangents: along, into: &more)
        for h in place.indices { place[h] += remainder * more[h] }
      }
    }
  }
}

extension TrajectoryBatch {
  /// The number of samples of the longest episode.
  fileprivate var longestEpisode: Int {
    (0..<episodeCount).reduce(0) { max($0, rows(ofEpisode: $1).count) }
  }

  /// A number for each episode, repeated for its samples.
  fileprivate func spread(_ perEpisode: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(sampleCount)
    for episode in 0..<episodeCount {
      let count = rows(ofEpisode: episode).count
      result.append(contentsOf: repeatElement(perEpisode[episode], count: count))
    }
    return result
  }
}
