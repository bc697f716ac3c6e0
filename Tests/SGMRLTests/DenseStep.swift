import Foundation
import SGMRL

/// The term that a Jacobian rule adds to `∇²ν`.
enum DenseTerm {
  /// nothing
  case none
  /// `Σ_τ g_τ s_τᵀ`
  case policyHessian
  /// `Σ_τ s_τ g_τᵀ`
  case transposed
  /// `Σ_τ Σ_k ρ_k (Σ_{j ≤ k} ∇ℓ_j) (Σ_{j ≤ k} ∇ℓ_j)ᵀ`, `ρ_k = γ^k r_k / |D|`
  case dice
  /// `Σ_τ Σ_h w_h ∇ℓ_h ∇ℓ_hᵀ`
  case lowVariance
  /// `Σ_τ Σ_h w_h (∇ℓ_h ∇ℓ_hᵀ + ∇ℓ_h t_hᵀ + t_h ∇ℓ_hᵀ)`, `t_h = Σ_{j < h} λ^(h-j) ∇ℓ_j`
  case loaded(Double)
}

/// An inner step with dense matrices: the Hessian of every sample's log-probability, the score of
/// every sample, and sums over them as the formulas say.
struct DenseStep {
  /// `∇ν`, the gradient of the inner step.
  let gradient: [Double]
  /// `∇ log π(τ)` of every trajectory.
  let scores: [[Double]]
  private let size: Int
  private let hessian: Matrix
  private let sampleScores: [[Double]]
  private let weights: [Double]
  private let rewards: [Double]
  private let episodes: [Range<Int>]

  /// Derivatives from a function of one sample.
  private init(
    _ batch: TrajectoryBatch, discount: Double, size: Int,
    derivatives: (_ row: Int) -> (score: [Double], hessian: Matrix)
  ) {
    self.size = size
    episodes = (0..<batch.episodeCount).map { batch.rows(ofEpisode: $0) }
    let count = Double(batch.episodeCount)
    var discounted: [Double] = []
    for rows in episodes {
      for (k, row) in rows.enumerated() {
        discounted.append(pow(discount, Double(k)) * batch.rewards[row] / count)
      }
    }
    rewards = discounted
    weights = episodes.flatMap { rows in
      rows.map { discounted[$0..<rows.upperBound].reduce(0, +) }
    }
    var hessian = Matrix(rows: size, columns: size)
    var scores: [[Double]] = []
    for row in 0..<batch.sampleCount {
      let sample = derivatives(row)
      scores.append(sample.score)
      for i in 0..<size {
        for j in 0..<size { hessian[i, j] += weights[row] * sample.hessian[i, j] }
      }
    }
    self.hessian = hessian
    sampleScores = scores
    func sum(_ rows: Range<Int>, _ weight: (Int) -> Double) -> [Double] {
      rows.reduce(into: [Double](repeating: 0, count: size)) {
        add(weight($1), scores[$1], to: &$0)
      }
    }
    let weights = weights
    gradient = sum(0..<batch.sampleCount) { weights[$0] }
    self.scores = episodes.map { sum($0) { _ in 1 } }
  }

  /// The step of any policy, one sample at a time.
  init(_ policy: any Policy, _ parameters: [Double], _ batch: TrajectoryBatch, discount: Double) {
    self.init(batch, discount: discount, size: policy.layout.count) { row in
      let function = DifferentiableFunction(policy.layout) { tape in
        let observation = tape.constant(Matrix([batch.observations.row(row)]))
        let action = tape.constant(Matrix([batch.actions.row(row)]))
        return policy.distribution(given: observation).logProbability(of: action)
      }
      return (function.gradient(at: parameters), function.hessian(at: parameters))
    }
  }

  /// The step of a softmax policy, from its closed forms.
  init(
    softmax policy: SoftmaxPolicy, _ parameters: [Double], _ batch: TrajectoryBatch,
    discount: Double
  ) {
    self.init(batch, discount: discount, size: policy.layout.count) { row in
      let (observation, action) = (batch.observations.row(row), Int(batch.actions[row, 0]))
      return (
        policy.score(action, observation, parameters), policy.hessian(observation, parameters)
      )
    }
  }

  /// `v + α H v + Σ_τ c_τ ∇ log π(τ)` with the dense `H` of a rule.
  func propagated(
    _ v: [Double], stepSize: Double, term: DenseTerm, coefficients: [Double]
  ) -> [Double] {
    var matrix = hessian
    func addOuter(_ factor: Double, _ a: [Double], _ b: [Double]) {
      for i in 0..<size { for j in 0..<size { matrix[i, j] += factor * a[i] * b[j] } }
    }
    for (episode, rows) in episodes.enumerated() {
      var weighted = [Double](repeating: 0, count: size)
      var cumulated = weighted
      for row in rows { add(weights[row], sampleScores[row], to: &weighted) }
      switch term {
      case .none: break
      case .policyHessian: addOuter(1, weighted, scores[episode])
      case .transposed: addOuter(1, scores[episode], weighted)
      case .dice:
        for row in rows {
          add(1, sampleScores[row], to: &cumulated)
          addOuter(rewards[row], cumulated, cumulated)
        }
      case .lowVariance:
        for row in rows { addOuter(weights[row], sampleScores[row], sampleScores[row]) }
      case .loaded(let decay):
        for row in rows {
          addOuter(weights[row], sampleScores[row], sampleScores[row])
          for earlier in rows.lowerBound..<row {
            let factor = weights[row] * pow(decay, Double(row - earlier))
            addOuter(factor, sampleScores[row], sampleScores[earlier])
            addOuter(factor, sampleScores[earlier], sampleScores[row])
          }
        }
      }
    }
    var result = v
    let product = (matrix * Matrix(rows: size, columns: 1, elements: v)).elements
    add(stepSize, product, to: &result)
    for (coefficient, score) in zip(coefficients, scores) { add(coefficient, score, to: &result) }
    return result
  }
}
