import RolloutSupport
import SGMRL
import Testing

/// Bad numbers end in one sentence that says where they came from.
@Suite struct FaultTests {
  private func expectError(
    _ trainer: Trainer, _ parts: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let before = await trainer.parameters
    let error = await #expect(throws: SamplingError.self, sourceLocation: sourceLocation) {
      try await trainer.runEpoch()
    }
    for part in parts {
      #expect(
        error?.description.contains(part) == true, "'\(part)' in \(String(describing: error))",
        sourceLocation: sourceLocation)
    }
    // the message is one sentence
    #expect(error?.description.hasSuffix(").") == true, sourceLocation: sourceLocation)
    #expect(error?.description.contains("\n") == false, sourceLocation: sourceLocation)
    #expect(await trainer.parameters == before, sourceLocation: sourceLocation)
    #expect(await trainer.epoch == 0, sourceLocation: sourceLocation)
  }

  private func trainer(_ fault: Fault, _ episodes: Set<Int>, threads: Int = 1) -> Trainer {
    NavigationProblem.trainer(
      tasks: FaultyTasks(fault: fault, episodes: episodes), threads: threads)
  }

  @Test(arguments: [1, 2]) func rewardThatIsNotANumber(threads: Int) async {
    await expectError(
      trainer(.rewardIsNaN, [2], threads: threads),
      ["reward nan", "seed 7", "epoch 0", "task 0", "after 0 inner steps", "episode 2", "step 3"])
  }

  @Test func observationThatIsNotFinite() async {
    await expectError(
      trainer(.observationIsInfinite, [4]),
      ["observation [inf", "seed 7", "epoch 0", "task 0", "episode 4", "step 3"])
  }

  @Test func startThatIsNotFiniteIsTheEnvironmentsFault() async {
    await expectError(
      trainer(.startIsNaN, [1]),
      ["environment", "nan]", "seed 7", "epoch 0", "task 0", "episode 1"])
  }

  @Test func allEpisodesFailing() async {
    await expectError(
      trainer(.failure, Set(0..<6)), ["every episode failed", "seed 7", "epoch 0", "task 0"])
  }

  @Test func divergedInnerStep() async {
    var settings = NavigationProblem.settings()
    settings.innerStepSize = 1e308
    await expectError(
      NavigationProblem.trainer(settings),
      [
        "action", "diverged", "step size", "seed 7", "epoch 0", "task 0", "after 1 inner steps",
        "episode 0", "step 0",
      ])
  }

  @Test func divergedCategoricalPolicy() throws {
    let policy = SoftmaxPolicy(observationSize: 2, actionCount: 2)
    let parameters = Parameters(policy.layout)
    parameters.value = [0, 0, .nan, 0]
    let sampler = TrajectorySampler(
      CountdownTasks().makeEnvironment(count: 2), policy, parameters, horizon: 3)
    let error = #expect(throws: SamplingError.self) {
      try sampler.sample(at: TrajectorySampler.Place(seed: 9, epoch: 4, task: 2, phase: 1))
    }
    for part in ["[nan]", "seed 9", "epoch 4", "task 2", "episode 0", "step 0"] {
      #expect(error?.description.contains(part) == true, "\(part)")
    }
  }

  @Test func failedEpisodesAreLeftOutAndCounted() throws {
    func batch(_ tasks: any TaskDistribution) throws -> [TrajectoryBatch] {
      let policy = NavigationProblem.policy
      let parameters = Parameters(policy.layout)
      parameters.value = normals(policy.layout.count, seed: 5)
      let environment = tasks.makeEnvironment(count: 5)
      environment.task = [0.2, 0.1]
      let sampler = TrajectorySampler(environment, policy, parameters, horizon: 8)
      // two batches: failures do not stay from one to the next
      return try (0..<2).map { try sampler.sample(at: TrajectorySampler.Place(seed: 1, epoch: $0)) }
    }
    let whole = try batch(Navigation2D(horizon: 8))
    let rest = try batch(FaultyTasks(fault: .failure, episodes: [1, 3]))
    for (whole, rest) in zip(whole, rest) {
      #expect(whole.invalidCount == 0)
      #expect(rest.invalidCount == 2)
      #expect(rest.offsets == [0, 8, 16, 24])
      // the others are those of a batch without faults
      let kept = [0, 2, 4].flatMap { Array(whole.rows(ofEpisode: $0)) }
      #expect(rest.rewards == kept.map { whole.rewards[$0] })
      #expect(rest.observations == Matrix(kept.map { whole.observations.row($0) }))
      #expect(rest.actions == Matrix(kept.map { whole.actions.row($0) }))
    }
  }

  /// One of 101 episodes is less than 1 %, one of 99 is more.
  @Test(arguments: [(101, false), (99, true)])
  func moreThanAHundredthOfFailuresEndsTraining(_ episodes: Int, _ ends: Bool) async throws {
    var settings = NavigationProblem.settings()
    settings.innerEpisodes = 9
    settings.outerEpisodes = episodes - 9
    // only the outer batch has an episode of this number
    let trainer = NavigationProblem.trainer(
      settings, tasks: FaultyTasks(fault: .failure, episodes: [50]), taskCount: 1)
    let before = await trainer.parameters
    guard ends else {
      #expect(try await trainer.runEpoch().invalidEpisodes == 1)
      return
    }
    let error = await #expect(throws: TrainingError.self) { try await trainer.runEpoch() }
    for part in ["1 of 99", "seed 7", "epoch 0", "the velocity is not finite", "episode 50, step"] {
      #expect(error?.description.contains(part) == true, "\(part)")
    }
    #expect(await trainer.parameters == before)
  }

  @Test(
    arguments: [
      GradientAscent(stepSize: .greatestFiniteMagnitude), Adam(stepSize: .greatestFiniteMagnitude),
    ] as [any OuterStep])
  func outerStepThatIsNotFiniteIsNotTaken(_ step: any OuterStep) async throws {
    let trainer = NavigationProblem.trainer(outerStep: step, taskCount: 2)
    // a first step may still be finite; the step that is not leaves everything as it was
    var (parameters, epoch) = (await trainer.parameters, 0)
    var failure: (any Error)?
    while failure == nil && epoch < 3 {
      do {
        _ = try await trainer.runEpoch()
        (parameters, epoch) = (await trainer.parameters, epoch + 1)
      } catch { failure = error }
    }
    if let error = failure as? TrainingError {
      #expect(error.divergedInEpoch == epoch)
    } else {
      // parameters that are finite and huge: no action can be sampled
      #expect(failure is SamplingError)
    }
    #expect(await trainer.parameters == parameters)
    #expect(await trainer.epoch == epoch)
    #expect(await trainer.outerStep.state["step-count"] == [Double(epoch)])
    #expect(!parameters.contains { !$0.isFinite })
  }
}
