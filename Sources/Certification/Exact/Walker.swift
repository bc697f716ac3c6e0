/// The enumeration of chains of inner steps of one task, for one thread.
///
/// The objective and its derivatives come from the table of the policy: `∇ν = Σ_n W_n ∇ log π_n`
/// with a batch's weights summed over pairs of state and action. No estimator takes part.
struct Walker {
  let enumeration: TaskEnumeration
  let table: PolicyTable
  var exact: ExactReturn
  let stepCount: Int
  let stepSize: Double
  /// The inner step at the problem's parameters or, during differences, near them.
  private(set) var map: InnerStepMap
  private let settings: MetaSettings
  private let layout: ParameterLayout

  /// What the chains that go on from one `θ^t` share.
  struct Node {
    let parameters: [Double]
    /// `π(a | s)`
    let policy: [Double]
    /// The probability of each trajectory.
    let trajectories: [Double]
    /// `∇ log π_n`: `[pairs][parameters]`
    let scores: [Double]
    /// `∇² log π_n`, empty unless asked for: `[pairs][parameters][parameters]`
    let hessians: [Double]

    /// The largest norm of a score.
    var largestScore: Double {
      let count = parameters.count
      return stride(from: 0, to: scores.count, by: count).reduce(0) {
        max($0, norm(Array(scores[$1..<$1 + count])))
      }
    }

    /// The probability of a batch, all its orders together.
    func probability(_ batch: TaskEnumeration.Batch) -> Double {
      batch.probability(trajectories)
    }

    /// `Σ_n w_n ∇ log π_n`
    func gradient(_ weights: [Double]) -> [Double] {
      var result = [Double](repeating: 0, count: parameters.count)
      for (n, w) in weights.enumerated() where w != 0 {
        for j in parameters.indices { result[j] += w * scores[n * parameters.count + j] }
      }
      return result
    }

    /// `Σ_n w_n ∇² log π_n v`
    func hessianProduct(_ weights: [Double], _ v: [Double]) -> [Double] {
      let d = parameters.count
      var result = [Double](repeating: 0, count: d)
      for (n, w) in weights.enumerated() where w != 0 {
        for i in 0..<d {
          var sum = 0.0
          for j in 0..<d { sum += hessians[(n * d + i) * d + j] * v[j] }
          result[i] += w * sum
        }
      }
      return result
    }
  }

  init(_ problem: CertificateProblem, _ enumeration: TaskEnumeration) {
    self.enumeration = enumeration
    table = PolicyTable(problem)
    exact = ExactReturn(
      enumeration.process, horizon: problem.horizon, discount: problem.settings.discount)
    stepCount = problem.settings.innerSteps
    stepSize = problem.settings.innerStepSize
    (settings, layout) = (problem.settings, problem.policy.layout)
    map = InnerStepMap(settings, layout, start: problem.parameters)
  }

  /// The node at given parameters.
  func node(_ parameters: [Double], hasHessians: Bool) -> Node {
    table.record(at: parameters)
    return Node(
      parameters: parameters, policy: table.probabilities,
      trajectories: enumeration.probabilities(table.probabilities), scores: table.scores(),
      hessians: hasHessians ? table.hessians() : [])
  }

  /// `θ + α ∇ν` with a batch drawn at the node.
  func step(from node: Node, _ batch: TaskEnumeration.Batch) -> [Double] {
    var next = node.parameters
    map.move(&next, along: node.gradient(batch.weights))
    return next
  }

  /// `V` with the inner steps from number `step` on, given `θ^step`, without ``ExactReturn/offset``.
  mutating func objective(_ parameters: [Double], step: Int = 0) -> Double {
    if step == 0 { map = InnerStepMap(settings, layout, start: parameters) }
    guard step < stepCount else {
      table.record(at: parameters)
      return exact.objective(table.probabilities)
    }
    let node = node(parameters, hasHessians: false)
    var sum = 0.0
    for batch in enumeration.inner {
      let p = node.probability(batch)
      if p > 0 { sum += p * objective(self.step(from: node, batch), step: step + 1) }
    }
    return sum
  }

  /// `J` without ``ExactReturn/offset``, and `∇J`.
  mutating func plainObjective(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
    table.record(at: parameters)
    let value = exact.evaluateWeights(table.probabilities)
    return (value, table.gradient(weights: exact.weights))
  }

  /// The other objective `V̂(θ) = J(θ^ζ)` and its gradient, the inner steps being taken along the
  /// *mean* `E_D ∇ν` of the inner gradient (equation 14, for any number of steps).
  ///
  /// The mean's derivative along `v` is `E[∇²ν v] + E[∇ν S(D)ᵀ v]`. The value is without
  /// ``ExactReturn/offset``.
  mutating func meanStepObjective(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
    var nodes: [Node] = []
    var current = parameters
    map = InnerStepMap(settings, layout, start: parameters)
    var means: [[Double]] = []
    for _ in 0..<stepCount {
      let node = node(current, hasHessians: true)
      var mean = [Double](repeating: 0, count: current.count)
      for batch in enumeration.inner {
        add(node.probability(batch), node.gradient(batch.weights), to: &mean)
      }
      map.move(&current, along: mean)
      means.append(mean)
      nodes.append(node)
    }
    var (value, v) = plainObjective(current)
    for (node, mean) in zip(nodes, means).reversed() {
      v = map.pullBack(v, gradient: mean) { v in
        var change = [Double](repeating: 0, count: v.count)
        // the transpose of E[∇ν Sᵀ] is E[S ∇νᵀ]: the gradient is a product from the left
        for batch in enumeration.inner {
          let p = node.probability(batch)
          if p == 0 { continue }
          add(p, node.hessianProduct(batch.weights, v), to: &change)
          add(p * dot(node.gradient(batch.weights), v), node.gradient(batch.visits), to: &change)
        }
        return change
      }
    }
    return (value, v)
  }
}
