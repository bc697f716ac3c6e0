import MetaTape
import Testing

/// A policy of one's own over three actions: a temperature beside the logits.
private struct TemperedPolicy: Policy {
  let observationSize = 2
  let actionSize = 1
  let layout = ParameterLayout([("logits", 2, 3), ("logTemperature", 1, 1)])

  func initialParameters(using stream: inout RandomStream) -> [Double] { stream.normals(7) }

  func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let scale = exp(tape.parameter("logTemperature"))
    return CategoricalDistribution(
      logits: observations.matrixProduct(tape.parameter("logits")) * scale)
  }
}

/// A baseline of one's own: the best return of the *other* trajectories.
private struct BestOfTheOthers: ScoreBaseline {
  /// Whether the trajectory itself is looked at, too, which is a mistake.
  var seesItself = false

  func values(_ context: BaselineContext) -> [Double] {
    let returns = context.batches.last?.episodeReturns(discount: context.discount) ?? []
    return returns.indices.map { i in
      returns.indices.filter { seesItself || $0 != i }.map { returns[$0] }.max() ?? 0
    }
  }
}

/// Before training with a policy and an estimator of your own, prove that their mean is `∇V`.
@Test func theCertificateTellsARightBaselineFromAWrongOne() async throws {
  let settings = MetaSettings(innerSteps: 1, innerStepSize: 0.5, innerEpisodes: 2)
  let random = try CertificateProblem.random(
    seed: 1, sizes: .init(states: 2, actions: 3, horizon: 0, tasks: 2), settings: settings)
  var stream = RandomStream(seed: 1, purpose: .initialParameters)
  let policy = TemperedPolicy()
  let problem = try CertificateProblem(
    processes: random.processes, horizon: 0, policy: policy,
    parameters: policy.initialParameters(using: &stream), settings: settings)
  let estimators = [false, true].map { seesItself in
    Estimator(
      name: seesItself ? "wrong" : "right", summary: "SG-MRL with a baseline of one's own",
      jacobian: InnerStepJacobian(), score: .sum,
      baseline: BestOfTheOthers(seesItself: seesItself), isDeclaredUnbiased: true)
  }
  let certificate = try await Certificate(problem, estimators: estimators, threads: 2)
  #expect(certificate.isConsistent)
  #expect(certificate["right"]?.isUnbiased == true)
  #expect(certificate["wrong"]?.isUnbiased == false)
  #expect(!certificate.passes)
}
