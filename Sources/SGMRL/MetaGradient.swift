import Requirements
import Rollouts

/// The inner steps of one task and the meta-gradient through them.
///
/// The recursion is that of ``Estimator``. It works on batches, however they came about: the trainer
/// feeds it sampled ones, a certificate enumerated ones. An instance belongs to one task at a time;
/// its memory is reused.
public final class MetaGradient {
  /// The settings.
  public let settings: MetaSettings
  /// What the estimator's baseline kept from earlier epochs.
  public var baselineMemory: [Double] = []
  private let policy: any Policy
  /// The directions along which the baseline wants gradients and scores.
  private let directions: [[Double]]
  /// The log-likelihoods at `θ^0 … θ^ζ`.
  private var likelihoods: [LogLikelihood] = []
  private var steps: [InnerStep] = []
  /// The tangents of an episode's weights that the score's complement makes.
  private var complementTangents: [Double] = []

  private struct InnerStep {
    let batch: TrajectoryBatch
    let weights: [Double]
  }

  /// Whether all weights of the last outer batch were zero and its score was not.
  private(set) var lacksOuterSignal = false
  /// The mean score of the outer batch along the directions; zero, its mean, until there is one.
  private var outerScore: [Double]

  /// The estimates of `J` with trajectories of the last inner step left out; empty until there is an
  /// outer batch, and unless the baseline asks for them.
  private var leftOutReturns: [Double] = []
  /// Where the last inner step would have ended without each of them; empty until they are needed.
  private var leftOutParameters: [[Double]] = []
  private let leftOut: LeftOutReturns

  /// Creates the meta-gradient of a policy.
  public init(_ policy: any Policy, settings: MetaSettings) {
    self.policy = policy
    self.settings = settings
    let needsDirections = settings.estimator.score != .none
    directions =
      needsDirections
      ? settings.estimator.baseline?.directions(parameterCount: policy.layout.count) ?? [] : []
    require(
      directions.allSatisfy { $0.count == policy.layout.count },
      "A baseline's directions must have \(policy.layout.count) components, as the parameters.")
    outerScore = directions.map { _ in 0 }
    leftOut = LeftOutReturns(policy, settings)
  }

  /// Starts a chain at the parameters `θ^0`.
  public func begin(at parameters: [Double]) {
    steps.removeAll(keepingCapacity: true)
    forgetOuterBatch()
    likelihood(0).parameters.value = parameters
  }

  /// Takes the last inner steps back, so that the chain goes on from `θ^count` with other batches.
  ///
  /// Trees of chains are walked this way without repeating their common beginnings.
  ///
  /// - Precondition: at least `count` steps were taken.
  public func rewind(to count: Int) {
    require(
      (0...steps.count).contains(count), "There are \(steps.count) inner steps, not \(count).")
    steps.removeLast(steps.count - count)
    forgetOuterBatch()
  }

  /// The number of inner steps taken.
  public var stepCount: Int { steps.count }

  /// The parameters `θ^t` after the inner steps taken so far.
  public var adapted: Parameters { likelihood(steps.count).parameters }

  /// Where the parameters `θ^t` of a step stand; the object stays the same from chain to chain.
  public func parameters(ofStep step: Int) -> Parameters { likelihood(step).parameters }

  /// The log-likelihoods of the chain, for statistics.
  public var recordings: [LogLikelihood] { likelihoods }

  /// Takes the inner step `θ^t = θ^(t-1) + α ∇ν(θ^(t-1); w)` with a batch sampled at `θ^(t-1)`.
  public func takeInnerStep(_ batch: TrajectoryBatch) {
    let current = likelihood(steps.count)
    let weights = settings.inner.weights(of: batch, discount: settings.discount)
    let isKept = settings.estimator.jacobian != nil || settings.estimator.score != .none
    let gradient = record(batch, weights, on: current, isKept: isKept)
    var next = current.parameters.value
    add(settings.innerStepSize, gradient, to: &next)
    steps.append(InnerStep(batch: batch, weights: weights))
    forgetOuterBatch()
    likelihood(steps.count).parameters.value = next
  }

  /// The estimate of `∇V_ζ` for this task, given the outer batch sampled at `θ^ζ`.
  ///
  /// - Parameters:
  ///   - batch: `D_o`
  ///   - peers: the numbers of other chains, if the baseline looks at them.
  /// - Returns: The estimate, in the layout of the parameters.
  public func estimate(
    outer batch: TrajectoryBatch, peers: [ChainStatistics] = []
  ) -> [Double] {
    var v = outerGradient(batch)
    propagate(&v, statistics(coefficient: scoreCoefficient(batch)), peers: peers)
    return v
  }

  /// The gradient `∇̃J(θ^ζ, D_o)` that the recursion starts from.
  public func outerGradient(_ batch: TrajectoryBatch) -> [Double] {
    let weights = settings.outer.weights(of: batch, discount: settings.discount)
    let current = likelihood(steps.count)
    let gradient = record(batch, weights, on: current, isKept: !directions.isEmpty)
    outerScore = directions.map {
      current.tangents(direction: $0).reduce(0, +) / Double(batch.episodeCount)
    }
    lacksOuterSignal =
      weights.allSatisfy { $0 == 0 }
      && record(batch, weights.map { _ in 1 }, on: current, isKept: !directions.isEmpty)
        .contains { $0 != 0 }
    leaveOut(outer: batch)
    return gradient
  }

  /// Whether the baseline asks for the outer batch's return with inner trajectories left out.
  public var leavesOut: Bool { leftOutCount(settings.innerEpisodes) > 0 }

  private func leftOutCount(_ episodeCount: Int) -> Int {
    guard settings.estimator.score != .none, settings.innerSteps > 0 else { return 0 }
    return settings.estimator.baseline?.leftOutCount(episodeCount: episodeCount) ?? 0
  }

  /// Estimates `J` with trajectories of the last inner step left out, if the baseline asks for it.
  private func leaveOut(outer batch: TrajectoryBatch) {
    guard findLeftOutParameters() else { return }
    leftOutReturns = leftOut.returns(
      outer: batch, adapted: adapted.value, others: leftOutParameters)
  }

  /// The returns with trajectories of the last inner step left out that an outer batch of one trajectory
  /// gives, times the trajectory's probability at `θ^ζ`; empty unless the baseline asks for them.
  ///
  /// It is made of logarithms, for enumerations in which the probability may underflow.
  package func weightedLeftOutReturns(
    outer batch: TrajectoryBatch, logDynamics: Double
  ) -> [Double] {
    guard findLeftOutParameters() else { return [] }
    return leftOut.weightedReturns(
      outer: batch, logDynamics: logDynamics, adapted: adapted.value, others: leftOutParameters)
  }

  /// Makes the parameters without trajectories of the last inner step; false if the baseline does not
  /// ask for them.
  private func findLeftOutParameters() -> Bool {
    guard let step = steps.last else { return false }
    let count = leftOutCount(step.batch.episodeCount)
    if count == 0 { return false }
    if leftOutParameters.isEmpty {
      let recording = likelihood(steps.count - 1)
      leftOutParameters = leftOut.parameters(
        inner: step.batch, recording: recording, count: count)
      // the second derivatives to come are those of the step's own weights
      _ = recording.gradient(weights: step.weights)
    }
    return true
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

  /// The numbers of the chain from which baselines are made; without a baseline, the coefficient.
  ///
  /// - Parameters:
  ///   - task: the task of the chain, its place in the meta-batch.
  ///   - coefficient: the coefficient of the score before baselines.
  /// - Returns: The chain's numbers.
  public func statistics(task: Int = 0, coefficient: Double) -> ChainStatistics {
    var result = ChainStatistics(task: task, coefficient: coefficient)
    guard settings.estimator.baseline != nil, settings.estimator.score != .none else {
      return result
    }
    for (t, step) in steps.enumerated() {
      let batch = step.batch
      let returns = batch.returns(discount: settings.discount)
      result.returns.append((0..<batch.episodeCount).map { returns[batch.offsets[$0]] })
      if directions.isEmpty { continue }
      var gradients = [[Double]](repeating: [], count: batch.episodeCount)
      var scores: [Double] = []
      for direction in directions {
        let tangents = likelihood(t).tangents(direction: direction)
        scores.append(tangents.reduce(0, +) / Double(batch.episodeCount))
        for episode in gradients.indices {
          gradients[episode].append(
            batch.rows(ofEpisode: episode).reduce(0) { $0 + returns[$1] * tangents[$1] })
        }
      }
      result.gradients.append(gradients)
      result.scores.append(scores)
    }
    if !directions.isEmpty { result.scores.append(outerScore) }
    result.leftOutReturns = leftOutReturns
    return result
  }

  /// Carries `v` back through the inner steps and adds the score terms.
  ///
  /// - Parameters:
  ///   - v: a gradient with respect to `θ^ζ`, replaced by the estimate with respect to `θ^0`.
  ///   - coefficient: the coefficient of the score before baselines.
  public func propagate(_ v: inout [Double], coefficient: Double) {
    propagate(&v, statistics(coefficient: coefficient), peers: [])
  }

  /// Carries `v` back through the inner steps and adds the score terms.
  ///
  /// - Parameters:
  ///   - v: a gradient with respect to `θ^ζ`, replaced by the estimate with respect to `θ^0`.
  ///   - chain: the numbers of this chain, with the coefficient of the score before baselines.
  ///   - peers: those of the other chains of the meta-batch, if the baseline looks at them.
  public func propagate(_ v: inout [Double], _ chain: ChainStatistics, peers: [ChainStatistics]) {
    for t in stride(from: steps.count - 1, through: 0, by: -1) {
      let step = steps[t]
      let coefficients = scoreCoefficients(step: t, chain, peers)
      if let rule = settings.estimator.jacobian {
        let direction = v.map { settings.innerStepSize * $0 }
        let change = likelihood(t).secondOrder(direction: direction) { block, tangents, target in
          write(rule, coefficients, step, block, tangents, target)
        }
        add(1, change, to: &v)
      } else if let coefficients {
        let perSample = step.batch.spread(coefficients)
        add(1, likelihood(t).gradient(weights: perSample), to: &v)
      }
    }
  }

  /// The score's coefficient of each trajectory of a step, with baseline; nil without a score.
  private func scoreCoefficients(
    step t: Int, _ chain: ChainStatistics, _ peers: [ChainStatistics]
  ) -> [Double]? {
    let batch = steps[t].batch
    let scale: Double
    switch settings.estimator.score {
    case .none: return nil
    case .sum: scale = settings.estimator.scoreWeight
    case .mean: scale = settings.estimator.scoreWeight / Double(batch.episodeCount)
    }
    guard let baseline = settings.estimator.baseline else {
      return [Double](repeating: scale * chain.coefficient, count: batch.episodeCount)
    }
    let context = BaselineContext(
      chain, step: t, batches: steps[...t].map(\.batch), discount: settings.discount,
      memory: baselineMemory, peers: peers)
    let values = baseline.values(context)
    require(
      values.count == batch.episodeCount,
      "A baseline gave \(values.count) numbers for \(batch.episodeCount) trajectories.")
    return values.map { scale * (chain.coefficient - $0) }
  }

  private func forgetOuterBatch() {
    for i in outerScore.indices { outerScore[i] = 0 }
    (leftOutReturns, leftOutParameters) = ([], [])
  }

  /// Writes the tangents of a block's weights: the Jacobian rule's, the score's and what stands for the
  /// rest of it.
  private func write(
    _ rule: any JacobianRule, _ coefficients: [Double]?, _ step: InnerStep, _ block: EpisodeBlock,
    _ tangents: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>
  ) {
    let remainder = 1 - settings.estimator.scoreWeight
    step.weights.withUnsafeBufferPointer { weights in
      for episode in block.episodes {
        let rows = step.batch.rows(ofEpisode: episode)
        let local = rows.lowerBound - block.rows.lowerBound
        let place = UnsafeMutableBufferPointer(start: target + local, count: rows.count)
        let own = UnsafeBufferPointer(rebasing: weights[rows])
        let along = UnsafeBufferPointer(start: tangents + local, count: rows.count)
        rule.writeWeightTangents(weights: own, tangents: along, into: place)
        if let coefficients {
          for h in place.indices { place[h] += coefficients[episode] }
        }
        if let complement = settings.estimator.complement, remainder > 0 {
          while complementTangents.count < rows.count { complementTangents.append(0) }
          complementTangents.withUnsafeMutableBufferPointer { all in
            let more = UnsafeMutableBufferPointer(rebasing: all[..<rows.count])
            complement.writeWeightTangents(weights: own, tangents: along, into: more)
            for h in place.indices { place[h] += remainder * more[h] }
          }
        }
      }
    }
  }

  private func record(
    _ batch: TrajectoryBatch, _ weights: [Double], on likelihood: LogLikelihood, isKept: Bool
  ) -> [Double] {
    let blocks = EpisodeBlock.partition(batch.offsets, target: settings.blockRows)
    return batch.observations.withView { observations in
      batch.actions.withView { actions in
        likelihood.recordGradient(
          observations, actions, blocks: blocks, weights: weights, isKept: isKept)
      }
    }
  }

  private func likelihood(_ t: Int) -> LogLikelihood {
    while likelihoods.count <= t { likelihoods.append(LogLikelihood(policy)) }
    return likelihoods[t]
  }
}

extension TrajectoryBatch {
  /// A number for each episode, repeated for its samples.
  func spread(_ perEpisode: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(sampleCount)
    for episode in 0..<episodeCount {
      let count = rows(ofEpisode: episode).count
      result.append(contentsOf: repeatElement(perEpisode[episode], count: count))
    }
    return result
  }
}
