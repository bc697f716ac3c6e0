import LinearAlgebra
import MessagePassing
import Requirements

/// A linear prediction of `J̃` from the chain itself, with coefficients from earlier epochs.
///
/// For step `t` and trajectory `τ` the prediction is the mean return of the others of `D_t`, plus a
/// regression of what remains on
///
/// * the mean returns and gradients of `D_1 … D_{t-1}`;
/// * the mean return and gradient of `D_t` without `τ`;
/// * the mean scores of `D_{t+1} … D_ζ` and of `D_o`, which have mean zero.
///
/// Gradients and scores take part while the policy has few parameters. The regression is of ridge
/// type: with `n` chains for `d` regressors, variances grow by the part `d/n`, so that little is
/// trusted while little is known. With no chains at all it is ``OwnBatchBaseline``.
///
/// Unbiased given the earlier epochs: see ``BaselineContext``.
public struct ControlVariateBaseline: ScoreBaseline {
  /// What an epoch's weight is multiplied by with each epoch that follows.
  public let decay: Double
  /// The greatest number of parameters with which gradients and scores take part.
  public let parameterLimit: Int

  /// Creates the baseline.
  ///
  /// - Precondition: the decay is in 0...1.
  public init(decay: Double = 0.98, parameterLimit: Int = 64) {
    require((0...1).contains(decay), "The decay must be in 0...1, not \(decay).")
    (self.decay, self.parameterLimit) = (decay, parameterLimit)
  }

  /// Along every axis of parameter space, if there are few: the gradients `Σ_h R^h(τ) ∇ℓ_h` of each
  /// inner batch's trajectories, `[|D|, axes]`, and the mean scores `S/|D|` of the inner batches and of
  /// the outer one, `[axes]`; that of an outer batch that is not there is zero, its mean.
  public func evidence(of chain: Chain) -> NamedArrays {
    var result = NamedArrays()
    let axes = chain.adapted.count
    guard axes <= parameterLimit else { return result }
    for (t, step) in chain.steps.enumerated() {
      let batch = step.batch
      let returns = batch.returns(discount: chain.settings.discount)
      var gradients = [Double](repeating: 0, count: batch.episodeCount * axes)
      var scores: [Double] = []
      for axis in 0..<axes {
        let tangents = step.tangents(direction: Self.unit(axis, of: axes))
        scores.append(tangents.reduce(0, +) / Double(batch.episodeCount))
        for episode in 0..<batch.episodeCount {
          gradients[episode * axes + axis] = batch.rows(ofEpisode: episode).reduce(0) {
            $0 + returns[$1] * tangents[$1]
          }
        }
      }
      result.set(Evidence.gradients(t), shape: [batch.episodeCount, axes], gradients)
      result[Evidence.scores(t)] = scores
    }
    result[Evidence.scores(chain.steps.count)] = (0..<axes).map { axis in
      chain.outer?.meanScore(along: Self.unit(axis, of: axes)) ?? 0
    }
    return result
  }

  /// The evidence of the inner batches, and zero for the mean score of the outer one.
  public func meanEvidence(
    of chain: Chain, over trajectories: OuterTrajectories
  ) -> NamedArrays { evidence(of: chain) }

  private static func unit(_ axis: Int, of count: Int) -> [Double] {
    var direction = [Double](repeating: 0, count: count)
    direction[axis] = 1
    return direction
  }

  /// The prediction of `J̃` for each trajectory.
  public func values(_ context: BaselineContext) -> [Double] {
    let regressors = Regressors(context)
    let others = meanOfOthers(context.ownReturns)
    let step = context.returns.count - 1
    guard let fit = RunningRegression(context.memory, step: step, regressors: regressors.count)
    else {
      return others
    }
    return others.indices.map { i in
      others[i] + fit.intercept + dot(fit.coefficients, regressors[i])
    }
  }

  /// The moments of each step's regression, and its solution.
  public func memory(after chains: [ChainStatistics], _ memory: NamedArrays) -> NamedArrays {
    guard let first = chains.first else { return memory }
    var result = NamedArrays()
    for step in first.returns.indices {
      let contexts = chains.map { BaselineContext($0, step: step, batches: [], discount: 1) }
      let count = Regressors(contexts[0]).count
      var regression =
        RunningRegression(memory, step: step, regressors: count) ?? RunningRegression(count)
      regression.forget(decay)
      for (chain, context) in zip(chains, contexts) {
        let regressors = Regressors(context)
        let others = meanOfOthers(context.ownReturns)
        for i in others.indices {
          regression.add(
            regressors[i], target: chain.coefficient - others[i],
            weight: 1 / Double(others.count))
        }
      }
      regression.solve()
      regression.write(to: &result, step: step)
    }
    return result
  }
}

/// The names of the evidence.
private enum Evidence {
  static func gradients(_ step: Int) -> String { "control-variate.gradients.\(step)" }
  static func scores(_ step: Int) -> String { "control-variate.scores.\(step)" }
}

/// What the prediction for one step is made of.
private struct Regressors {
  /// The means of earlier batches and the scores of later ones.
  private let shared: [Double]
  /// The step's own mean return and gradient without each trajectory: `[|D|][1 + directions]`
  private let own: [[Double]]

  init(_ context: BaselineContext) {
    func means(_ values: [[Double]]) -> [Double] {
      guard let first = values.first else { return [] }
      return first.indices.map { j in
        values.reduce(0) { $0 + $1[j] } / Double(values.count)
      }
    }
    var shared: [Double] = []
    for returns in context.returns.dropLast() {
      shared.append(returns.reduce(0, +) / Double(returns.count))
    }
    func gradients(_ step: Int) -> [[Double]] {
      guard let all = context.evidence[Evidence.gradients(step)], !all.isEmpty else { return [] }
      let (rows, axes) = (
        context.returns[step].count, all.count / context.returns[step].count
      )
      return (0..<rows).map { Array(all[$0 * axes..<($0 + 1) * axes]) }
    }
    for step in 0..<context.step { shared += means(gradients(step)) }
    for step in context.step + 1..<context.stepCount + 1 {
      shared += context.evidence[Evidence.scores(step)] ?? []
    }
    self.shared = shared
    let gradients = gradients(context.step)
    let (mean, count) = (means(gradients), Double(max(1, gradients.count - 1)))
    own = zip(context.ownReturns.indices, meanOfOthers(context.ownReturns)).map { i, others in
      guard !gradients.isEmpty else { return [others] }
      guard gradients.count > 1 else { return [others] + mean.map { _ in 0 } }
      return [others]
        + zip(mean, gradients[i]).map { ($0 * Double(gradients.count) - $1) / count }
    }
  }

  var count: Int { shared.count + (own.first?.count ?? 0) }

  subscript(trajectory: Int) -> [Double] { own[trajectory] + shared }
}
