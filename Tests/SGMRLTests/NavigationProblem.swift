import SGMRL

/// Goals within ±0.03 of the start, so that short episodes end at them: ragged batches.
struct NearGoals: TaskDistribution {
  var navigation = Navigation2D(
    reward: .negativeDistance, clipsPosition: true, terminatesAtGoal: true, horizon: 15)

  var name: String { "near-goals" }
  var observationSpace: Space { navigation.observationSpace }
  var actionSpace: Space { navigation.actionSpace }
  var horizon: Int { navigation.horizon }

  func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    navigation.sampleTask(using: &stream).map { 0.06 * $0 }
  }

  func makeEnvironment(count: Int) -> any Environment { navigation.makeEnvironment(count: count) }
}

/// A small navigation problem: the policy's steps are about 0.03, and small step sizes keep them so.
enum NavigationProblem {
  static let policy = GaussianNetworkPolicy(
    observationSize: 2, actionSize: 2, hiddenSizes: [8], activation: .tanh,
    initialLogStandardDeviation: -3.5)

  static func settings(_ estimator: Estimator = .sgMRL, steps: Int = 1) -> MetaSettings {
    let surrogate = Surrogate(
      signal: .advantages, gaeDecay: 0.95, isNormalized: true, average: .samples)
    return MetaSettings(
      innerSteps: steps, innerStepSize: 0.001, innerEpisodes: 6, outerEpisodes: 5, discount: 0.95,
      inner: surrogate, outer: surrogate, estimator: estimator, blockRows: 30)
  }

  static func trainer(
    _ settings: MetaSettings = settings(), tasks: any TaskDistribution = NearGoals(),
    outerStep: any OuterStep = Adam(stepSize: 0.001), taskCount: Int = 5,
    seed: UInt64 = 7, threads: Int = 1
  ) -> Trainer {
    Trainer(
      policy: policy, tasks: tasks, settings: settings, taskCount: taskCount,
      outerStep: outerStep, seed: seed, threads: threads)
  }

  /// Parameters and records after some epochs.
  static func train(
    _ settings: MetaSettings = settings(), epochs: Int = 3, seed: UInt64 = 7, threads: Int = 1
  ) async throws -> (parameters: [UInt64], records: [EpochRecord]) {
    let trainer = trainer(settings, seed: seed, threads: threads)
    var records: [EpochRecord] = []
    for _ in 0..<epochs { records.append(try await trainer.runEpoch()) }
    return (await trainer.parameters.map(\.bitPattern), records)
  }
}
