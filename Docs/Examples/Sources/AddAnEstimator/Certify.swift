import MetaTape

/// Enumerates two random processes with two states and three actions, using ``TemperedPolicy``.
public func certify(_ estimators: [Estimator], innerSteps: Int = 1) async throws -> Certificate {
  let settings = MetaSettings(innerSteps: innerSteps, innerStepSize: 0.5, innerEpisodes: 3)
  let processes = (0..<2).map { task in
    var stream = RandomStream(seed: 1, purpose: .tasks, at: StreamPlace(task: task))
    return TabularMDP.random(states: 2, actions: 3, rewards: -1..<1, using: &stream)
  }
  let policy = TemperedPolicy()
  var stream = RandomStream(seed: 1, purpose: .initialParameters)
  let problem = try CertificateProblem(
    processes: processes, horizon: 0, policy: policy,
    parameters: policy.initialParameters(using: &stream), settings: settings)
  return try await Certificate(problem, estimators: estimators, threads: 2)
}
