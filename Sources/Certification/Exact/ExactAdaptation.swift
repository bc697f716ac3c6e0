/// Inner steps of one process, with `J` and its derivatives by dynamic programming.
///
/// Nothing is enumerated, so the process may be large and the batches any size. Values are without
/// ``ExactReturn/offset``. An instance belongs to one thread.
struct ExactAdaptation {
  private(set) var exact: ExactReturn
  let table: PolicyTable
  private let settings: MetaSettings
  private let layout: ParameterLayout

  /// Adaptation on a process whose states the policy sees one-hot.
  init(process: TabularMDP, horizon: Int, policy: any Policy, settings: MetaSettings) {
    table = PolicyTable(
      policy, observations: .identity(process.stateCount), actionCount: process.actionCount)
    exact = ExactReturn(process, horizon: horizon, discount: settings.discount)
    (self.settings, layout) = (settings, policy.layout)
  }

  /// The number of inner steps, `ζ`.
  var stepCount: Int { settings.innerSteps }

  /// The weights of an inner batch: `[N]`
  func weights(of batch: TrajectoryBatch) -> [Double] {
    settings.inner.weights(of: batch, discount: settings.discount)
  }

  /// The inner step of a chain that starts at given parameters.
  func map(from start: [Double]) -> InnerStepMap { InnerStepMap(settings, layout, start: start) }

  /// `J`
  func objective(_ parameters: [Double]) -> Double {
    table.record(at: parameters)
    return exact.stateObjective(table.probabilities)
  }

  /// `J` and `∇J`
  mutating func gradient(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
    table.record(at: parameters)
    let value = exact.evaluateWeights(table.probabilities)
    return (value, table.gradient(weights: exact.weights))
  }

  /// `∇²J v`
  mutating func hessianProduct(_ parameters: [Double], _ v: [Double]) -> [Double] {
    table.record(at: parameters)
    _ = exact.evaluateWeights(table.probabilities)
    let (policy, exact) = (table.probabilities, exact)
    return table.gradientTangent(weights: exact.weights, along: v) { logTangents in
      exact.weightTangents(policy, zip(policy, logTangents).map { $0 * $1 })
    }
  }

  /// `J` after a number of steps along `∇J`.
  mutating func objective(
    _ parameters: [Double], afterMeanSteps steps: Int, _ map: InnerStepMap
  ) -> Double {
    var current = parameters
    for _ in 0..<steps { map.move(&current, along: gradient(current).gradient) }
    return objective(current)
  }

  /// `V̂(θ) = J(θ^ζ)` and its gradient, the inner steps being taken along the mean of the inner gradient
  /// (equation 14, for any number of steps).
  ///
  /// With the weights of equation 5 that mean is `∇J`, and a step's Jacobian `I + α ∇²J`.
  ///
  /// - Precondition: the inner weights are those of equation 5.
  mutating func meanStepObjective(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
    let map = map(from: parameters)
    var points = [parameters]
    var means: [[Double]] = []
    for step in 0..<stepCount {
      var next = points[step]
      means.append(gradient(next).gradient)
      map.move(&next, along: means[step])
      points.append(next)
    }
    var (value, v) = gradient(points[stepCount])
    for step in (0..<stepCount).reversed() {
      v = map.pullBack(v, gradient: means[step]) { hessianProduct(points[step], $0) }
    }
    return (value, v)
  }
}
