import LinearAlgebra

/// The policies of a chain whose divergence from older ones is bounded or penalised.
public enum DivergenceScope: String, CaseIterable, Sendable {
  /// The adapted policy alone, at the observations of the outer batch.
  case adapted
  /// All of them, from the one that draws the first inner batch to the adapted one: the sum of their
  /// divergences, each at the observations of the batch that it draws.
  case all

  /// The numbers of inner steps after which the policies are compared.
  func places(_ chain: Chain) -> ClosedRange<Int> {
    self == .adapted ? chain.steps.count...chain.steps.count : 0...chain.steps.count
  }
}

/// The divergence of the policies adapted from other parameters from the chain's own, and its gradient.
struct DivergenceRequest: ChainRequest {
  let policy: [Double]
  let scope: DivergenceScope

  func numbers(of chain: Chain) throws(TrainingError) -> [Double] {
    let new = chain.retaken(from: policy)
    var (value, gradient) = (0.0, policy.map { _ in 0.0 })
    for place in scope.places(chain) {
      let found = try new.divergence(from: chain, afterSteps: place)
      value += found.value
      add(1, new.pullBack(found.gradient, through: place), to: &gradient)
    }
    chain.map.dropContext(&gradient)
    return [value] + gradient
  }
}

/// The product `Σ_t Jᵀ F_t J v` at the chain's own parameters.
struct DivergenceHessianRequest: ChainRequest {
  let vector: [Double]
  let scope: DivergenceScope

  func numbers(of chain: Chain) throws(TrainingError) -> [Double] {
    // forward through the steps, then back, picking up what each place adds
    var (moved, products) = (vector, [[Double]?]())
    let places = scope.places(chain)
    for place in 0...chain.steps.count {
      if place > 0 { moved = chain.pushForward(moved, step: place - 1) }
      products.append(
        places.contains(place) ? try chain.fisherProduct(moved, afterSteps: place) : nil)
    }
    var result = products[chain.steps.count] ?? vector.map { _ in 0 }
    for place in chain.steps.indices.reversed() {
      result = chain.pullBack(result, step: place)
      if let product = products[place] { add(1, product, to: &result) }
    }
    chain.map.dropContext(&result)
    return result
  }
}
