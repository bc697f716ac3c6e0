/// A policy at given parameters as a table over all pairs of states and actions.
///
/// Pair `n = s · actions + a`. Probabilities, scores and Hessians come from one recording of all
/// pairs, whatever the batches; they share the tape with the estimators but none of their code.
final class PolicyTable {
  let pairCount: Int
  let parameterCount: Int
  private let policy: any Policy
  private let observations: Matrix
  private let actions: Matrix
  private let parameters: Parameters
  private let tape: Tape
  private var output: Variable?
  private var seed: Matrix
  /// `π(a | s)`: `[pairs]`
  private(set) var probabilities: [Double]
  /// `log π(a | s)`: `[pairs]`
  private(set) var logProbabilities: [Double]

  convenience init(_ problem: CertificateProblem) {
    self.init(problem.policy, observations: problem.observations, actionCount: problem.actionCount)
  }

  /// The table of a policy over states that it sees as rows of observations.
  init(_ policy: any Policy, observations states: Matrix, actionCount: Int) {
    self.policy = policy
    pairCount = states.rows * actionCount
    parameterCount = policy.layout.count
    var rows: [Double] = []
    var indices: [Double] = []
    for state in 0..<states.rows {
      for action in 0..<actionCount {
        rows += states.row(state)
        indices.append(Double(action))
      }
    }
    observations = Matrix(rows: pairCount, columns: policy.observationSize, elements: rows)
    actions = Matrix(rows: pairCount, columns: 1, elements: indices)
    parameters = Parameters(policy.layout)
    tape = Tape(parameters)
    seed = Matrix(rows: pairCount, columns: 1)
    probabilities = [Double](repeating: 0, count: pairCount)
    logProbabilities = probabilities
  }

  /// Records the log-probabilities of all pairs.
  func record(at vector: [Double]) {
    parameters.value = vector
    tape.reset()
    let distribution = policy.distribution(given: tape.constant(observations))
    let output = distribution.logProbability(of: tape.constant(actions))
    let view = output.view
    for n in 0..<pairCount {
      logProbabilities[n] = view[n, 0]
      probabilities[n] = exponential(view[n, 0])
    }
    self.output = output
  }

  /// `Σ_n w_n ∇ log π_n`
  func gradient(weights: [Double]) -> [Double] {
    guard let output else { return [] }
    parameters.clearGradient()
    for n in 0..<pairCount { seed.elements[n] = weights[n] }
    seed.withView { tape.reverse(from: output, seed: $0) }
    return parameters.gradient
  }

  /// The derivative of `Σ_n w_n ∇ log π_n` along a direction, `Σ_n w_n ∇² log π_n v + Σ_n ẇ_n ∇ log π_n`.
  ///
  /// - Parameters:
  ///   - weights: `w`
  ///   - direction: `v`
  ///   - weightTangents: gives `ẇ` from the tangents of `log π_n`; without it the weights are constant.
  /// - Returns: The derivative: `[parameters]`
  func gradientTangent(
    weights: [Double], along direction: [Double], weightTangents: (([Double]) -> [Double])? = nil
  ) -> [Double] {
    guard let output else { return [] }
    _ = gradient(weights: weights)
    parameters.tangent = direction
    tape.tangent()
    parameters.clearGradientTangent()
    if let weightTangents {
      seed.elements = weightTangents(output.tangent.elements)
      seed.withView { tape.reverseTangent(from: output, seedTangent: $0) }
    } else {
      tape.reverseTangent(from: output, seedTangent: nil)
    }
    return parameters.gradientTangent
  }

  /// `∇ log π_n` of every pair: `[pairs][parameters]`
  func scores() -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(pairCount * parameterCount)
    for n in 0..<pairCount { result += gradient(weights: unit(n)) }
    return result
  }

  /// `∇² log π_n` of every pair: `[pairs][parameters][parameters]`
  func hessians() -> [Double] {
    guard let output else { return [] }
    var result: [Double] = []
    result.reserveCapacity(pairCount * parameterCount * parameterCount)
    var direction = [Double](repeating: 0, count: parameterCount)
    for n in 0..<pairCount {
      _ = gradient(weights: unit(n))
      for j in 0..<parameterCount {
        direction[j] = 1
        parameters.tangent = direction
        direction[j] = 0
        tape.tangent()
        parameters.clearGradientTangent()
        tape.reverseTangent(from: output, seedTangent: nil)
        result += parameters.gradientTangent
      }
    }
    return result
  }

  /// The pair of each sample of a batch whose observations are one-hot states: `[N]`
  func pairs(of batch: TrajectoryBatch) -> [Int] {
    let actionCount = pairCount / batch.observations.columns
    return (0..<batch.sampleCount).map { row in
      let state = (0..<batch.observations.columns).first { batch.observations[row, $0] == 1 }
      return (state ?? 0) * actionCount + Int(batch.actions[row, 0])
    }
  }

  private func unit(_ n: Int) -> [Double] {
    var result = [Double](repeating: 0, count: pairCount)
    result[n] = 1
    return result
  }
}
