import LinearAlgebra
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

  /// Every axis of parameter space if there are few, else none.
  public func directions(parameterCount: Int) -> [[Double]] {
    guard parameterCount <= parameterLimit else { return [] }
    return (0..<parameterCount).map { axis in
      var direction = [Double](repeating: 0, count: parameterCount)
      direction[axis] = 1
      return direction
    }
  }

  /// The prediction of `J̃` for each trajectory.
  public func values(_ context: BaselineContext) -> [Double] {
    let regressors = Regressors(context)
    let others = meanOfOthers(context.ownReturns)
    let step = context.returns.count - 1
    guard let fit = RunningRegression.read(context.memory, step: step, regressors: regressors.count)
    else {
      return others
    }
    return others.indices.map { i in
      others[i] + fit.intercept + dot(fit.coefficients, regressors[i])
    }
  }

  /// The moments of each step's regression, and its solution.
  public func memory(after chains: [ChainStatistics], _ memory: [Double]) -> [Double] {
    guard let first = chains.first else { return memory }
    var result: [Double] = []
    for step in first.returns.indices {
      let contexts = chains.map { BaselineContext($0, step: step, batches: [], discount: 1) }
      let count = Regressors(contexts[0]).count
      var moments =
        RunningRegression.read(memory, step: step, regressors: count) ?? RunningRegression(count)
      moments.weight *= decay
      for i in moments.comoments.indices { moments.comoments[i] *= decay }
      for (chain, context) in zip(chains, contexts) {
        let regressors = Regressors(context)
        let others = meanOfOthers(context.ownReturns)
        for i in others.indices {
          moments.add(
            regressors[i], target: chain.coefficient - others[i],
            weight: 1 / Double(others.count))
        }
      }
      moments.solve()
      result += moments.numbers
    }
    return result
  }
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
    for gradients in context.gradients.dropLast() { shared += means(gradients) }
    for scores in context.laterScores { shared += scores }
    self.shared = shared
    let gradients = context.gradients.last ?? []
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

/// Means and centred second moments of regressors and target, and the regression's solution.
private struct RunningRegression {
  let regressors: Int
  var weight = 0.0
  /// The regressors' means, then the target's.
  private var means: [Double]
  /// `[regressors + 1, regressors + 1]`
  var comoments: [Double]
  private(set) var coefficients: [Double]

  init(_ regressors: Int) {
    self.regressors = regressors
    means = [Double](repeating: 0, count: regressors + 1)
    comoments = [Double](repeating: 0, count: (regressors + 1) * (regressors + 1))
    coefficients = [Double](repeating: 0, count: regressors)
  }

  /// The target's mean, less what the coefficients predict at the regressors' means.
  var intercept: Double { means[regressors] - dot(coefficients, Array(means.dropLast())) }

  /// `[regressors, weight, means, comoments, coefficients]`
  var numbers: [Double] { [Double(regressors), weight] + means + comoments + coefficients }

  /// The moments of a step; nil if the memory has none of this size.
  static func read(_ memory: [Double], step: Int, regressors: Int) -> RunningRegression? {
    var start = 0
    for index in 0...step {
      guard start < memory.count else { return nil }
      let count = Int(memory[start])
      let size = 2 + (count + 1) * (count + 2) + count
      guard start + size <= memory.count else { return nil }
      if index == step, count == regressors {
        var moments = RunningRegression(count)
        var rest = memory[(start + 1)..<(start + size)]
        moments.weight = rest.removeFirst()
        moments.means = Array(rest.prefix(count + 1))
        moments.comoments = Array(rest.dropFirst(count + 1).prefix((count + 1) * (count + 1)))
        moments.coefficients = Array(rest.suffix(count))
        return moments
      }
      start += size
    }
    return nil
  }

  /// Takes one more observation into account.
  ///
  /// - Source: West (1979), "Updating mean and variance estimates: an improved method".
  mutating func add(_ values: [Double], target: Double, weight added: Double) {
    let size = regressors + 1
    weight += added
    let row = values + [target]
    let before = zip(row, means).map { $0 - $1 }
    for j in 0..<size { means[j] += added / weight * before[j] }
    let after = zip(row, means).map { $0 - $1 }
    comoments.withUnsafeMutableBufferPointer { comoments in
      for i in 0..<size {
        let scaled = added * before[i]
        for j in 0..<size { comoments[i * size + j] += scaled * after[j] }
      }
    }
  }

  /// Solves for the coefficients; they are zero where the moments do not determine them.
  mutating func solve() {
    let size = regressors + 1
    let ridge = 1e-9 + Double(regressors) / max(weight, 1)
    var matrix = Matrix(rows: regressors, columns: regressors)
    var right = Matrix(rows: regressors, columns: 1)
    for i in 0..<regressors {
      for j in 0..<regressors { matrix[i, j] = comoments[i * size + j] }
      // a regressor that never changes gets the coefficient zero
      let variance = comoments[i * size + i]
      matrix[i, i] = variance > 0 ? variance * (1 + ridge) : 1
      right[i, 0] = variance > 0 ? comoments[i * size + regressors] : 0
    }
    let isSolved = matrix.withMutableView { a in
      right.withMutableView { b in solvePositiveDefinite(a, inPlace: b) }
    }
    let solution = right.elements
    coefficients =
      isSolved && solution.allSatisfy(\.isFinite)
      ? solution : [Double](repeating: 0, count: regressors)
  }
}
