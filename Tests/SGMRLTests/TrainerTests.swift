import ChainSupport
import RolloutSupport
import SGMRL
import Testing

@Suite struct TrainerTests {
  /// Each estimator with a number of inner steps.
  static let estimators: [(Estimator, Int)] = [
    (.sgMRL, 1), (.sgMRL, 3), (.maml, 2), (.sgMRLOwnBatch, 2), (.firstOrderSGMRL, 1),
    (.diceMAML, 1),
    (.firstOrderMAML, 0),
  ]

  @Test(arguments: estimators.indices, Precision.allCases)
  func anyNumberOfThreadsGivesTheSameBits(_ index: Int, _ precision: Precision) async throws {
    let (estimator, steps) = Self.estimators[index]
    let settings = NavigationProblem.settings(estimator, steps: steps).in(precision)
    let one = try await NavigationProblem.train(settings, threads: 1)
    for threads in 2...3 {
      let other = try await NavigationProblem.train(settings, threads: threads)
      #expect(one.parameters == other.parameters)
      for (a, b) in zip(one.records, other.records) {
        #expect(a.before == b.before)
        #expect(a.after == b.after)
        #expect(a.gradientNorm == b.gradientNorm)
        #expect(a.samples == b.samples)
      }
    }
    // the batches are ragged: some episodes ended at their goal
    let full = 5 * (steps * 6 + 5) * 15
    for record in one.records { #expect(record.samples < full && record.samples > full / 15) }
  }

  @Test func seedDecidesTheResult() async throws {
    let first = try await NavigationProblem.train(seed: 7)
    let again = try await NavigationProblem.train(seed: 7)
    let other = try await NavigationProblem.train(seed: 8)
    #expect(first.parameters == again.parameters)
    #expect(first.parameters != other.parameters)
  }

  @Test func parametersMoveAndEpochsAreCounted() async throws {
    let trainer = NavigationProblem.trainer()
    let start = await trainer.parameters
    #expect(await trainer.epoch == 0)
    let record = try await trainer.runEpoch()
    #expect(record.epoch == 0)
    #expect(record.invalidEpisodes == 0)
    #expect(record.gradientNorm > 0)
    #expect(await trainer.epoch == 1)
    #expect(await trainer.outerStep.state["step-count"] == [1])
    #expect(await trainer.parameters != start)
    #expect(try await trainer.runEpoch().epoch == 1)
  }

  @Test func startsAtGivenParametersOrAtThePolicysOwn() async {
    let policy = NavigationProblem.policy
    var stream = RandomStream(seed: 7, purpose: .initialParameters)
    let own = policy.initialParameters(using: &stream)
    #expect(await NavigationProblem.trainer(seed: 7).parameters == own)
    let given = normals(policy.layout.count, seed: 1)
    let trainer = Trainer(
      policy: policy, tasks: NearGoals(), settings: NavigationProblem.settings(), taskCount: 1,
      outerStep: Adam(stepSize: 0.1), seed: 7, threads: 1, parameters: given)
    #expect(await trainer.parameters == given)
  }

  @Test func everyEpochHasTasksOfItsOwn() async {
    let trainer = NavigationProblem.trainer()
    let tasks = await trainer.tasks(ofEpoch: 0)
    #expect(tasks.count == 5)
    #expect(await trainer.tasks(ofEpoch: 0) == tasks)
    let all = [tasks, await trainer.tasks(ofEpoch: 1), await trainer.tasks(ofEpoch: 2)].flatMap(
      \.self)
    #expect(Set(all).count == 15)
  }

  /// Without early ends the number of samples is known: that of all batches of all tasks.
  @Test(arguments: 0...3) func samplesOfAllBatchesAreCounted(_ steps: Int) async throws {
    let trainer = NavigationProblem.trainer(
      NavigationProblem.settings(steps: steps), tasks: Navigation2D(horizon: 4), taskCount: 3)
    let record = try await trainer.runEpoch()
    #expect(record.samples == 3 * 4 * (steps * 6 + 5))
    #expect(record.before.length == 4)
    #expect(record.after.length == 4)
    if steps == 0 { #expect(record.before == record.after) }
  }

  /// The outer step of one epoch is the optimizer's along the mean of the tasks' estimates, which a
  /// chain and a sampler of one's own give with the same streams.
  @Test func epochIsSamplingAdaptingAndStepping() async throws {
    let settings = NavigationProblem.settings(steps: 2)
    let trainer = NavigationProblem.trainer(
      settings, outerStep: GradientAscent(stepSize: 0.1), taskCount: 2)
    var expected = await trainer.parameters
    let start = expected
    for (index, task) in await trainer.tasks(ofEpoch: 0).enumerated() {
      let chain = ChainWalk(NavigationProblem.policy, settings: settings)
      chain.begin(at: start)
      func sample(_ count: Int) throws -> TrajectoryBatch {
        let environment = NearGoals().makeEnvironment(count: count)
        environment.task = task
        let parameters = Parameters(NavigationProblem.policy.layout)
        parameters.value = chain.adapted
        let sampler = TrajectorySampler(
          environment, NavigationProblem.policy, parameters, horizon: 15)
        return try sampler.sample(
          at: TrajectorySampler.Place(seed: 7, epoch: 0, task: index, phase: chain.stepCount))
      }
      for _ in 0..<2 { chain.takeInnerStep(try sample(6)) }
      add(0.1 / 2, chain.estimate(outer: try sample(5)), to: &expected)
    }
    _ = try await trainer.runEpoch()
    // sums in another order
    #expect(distance(await trainer.parameters, expected) < 1e-12 * (1 + norm(expected)))
  }
}
