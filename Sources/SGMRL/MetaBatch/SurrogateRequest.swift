/// The objective of the outer batch after inner steps from other parameters, and its gradient.
struct SurrogateRequest: ChainRequest {
  let policy: [Double]
  let objective: any SampleObjective

  func numbers(of chain: Chain) -> [Double] {
    let new = chain.retaken(from: policy, outer: objective)
    guard let outer = new.outer else { return [0] + policy.map { _ in 0 } }
    var gradient = new.pullBack(outer.gradient)
    chain.map.dropContext(&gradient)
    return [outer.value] + gradient
  }
}

/// The likelihood ratio's objective at the chain's own parameters, where all ratios are 1, and its gradient:
/// nothing is retaken.
struct StartingSurrogateRequest: ChainRequest {
  func numbers(of chain: Chain) -> [Double] {
    guard let outer = chain.outer else { return [0] + chain.start.map { _ in 0 } }
    var gradient = chain.pullBack(outer.gradient)
    chain.map.dropContext(&gradient)
    return [outer.signals.reduce(0, +)] + gradient
  }
}

/// The value of the objective of the outer batch after inner steps from other parameters, and that of the
/// divergence from the chain's own policies.
struct SurrogateValueRequest: ChainRequest {
  let policy: [Double]
  let objective: any SampleObjective
  let scope: DivergenceScope

  func numbers(of chain: Chain) throws(TrainingError) -> [Double] {
    let new = chain.retaken(from: policy, outer: objective)
    var divergence = 0.0
    for place in scope.places(chain) {
      divergence += try new.divergenceValue(from: chain, afterSteps: place)
    }
    return [new.outer?.value ?? 0, divergence]
  }
}
