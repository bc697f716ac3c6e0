/// The objective of the outer batch after inner steps from other parameters, and its gradient.
struct SurrogateRequest: ChainRequest {
  let policy: [Double]
  let objective: any SampleObjective

  func numbers(of chain: Chain) -> [Double] {
    let new = chain.retaken(from: policy, outer: objective)
    guard let outer = new.outer else { return [0] + policy.map { _ in 0 } }
    let gradient = outer.gradient
    return [outer.value] + new.pullBack(gradient)
  }
}
