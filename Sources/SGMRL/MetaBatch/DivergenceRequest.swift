/// The divergence of the policy adapted from other parameters from the chain's own, and its gradient.
struct DivergenceRequest: ChainRequest {
  let policy: [Double]

  func numbers(of chain: Chain) throws(TrainingError) -> [Double] {
    let new = chain.retaken(from: policy)
    let found = try new.divergence(from: chain)
    return [found.value] + new.pullBack(found.gradient)
  }
}

/// The product `Jᵀ F J v` at the chain's own parameters.
struct DivergenceHessianRequest: ChainRequest {
  let vector: [Double]

  func numbers(of chain: Chain) throws(TrainingError) -> [Double] {
    chain.pullBack(try chain.fisherProduct(chain.pushForward(vector)))
  }
}
