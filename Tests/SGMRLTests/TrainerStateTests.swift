import MessagePassing
import Testing

@testable import SGMRL

/// A trainer goes on from a state as if it had never stopped.
@Suite struct TrainerStateTests {
  /// Estimators with and without a memory, each with an outer step.
  static let cases: [(Estimator, any OuterStep)] = [
    (.sgMRL, GradientAscent(stepSize: 0.001)), (.sgMRL, adam), (.sgMRLControlVariate, adam),
    (.sgMRLRunningBaseline, adam),
  ]
  static let adam = Adam(stepSize: 0.001)

  func trainer(
    _ estimator: Estimator = .sgMRL, _ step: any OuterStep = adam, seed: UInt64 = 7
  ) -> Trainer {
    NavigationProblem.trainer(
      NavigationProblem.settings(estimator), outerStep: step,
      taskCount: 2, seed: seed)
  }

  @Test(arguments: cases.indices)
  func restoredTrainingGivesTheSameBits(_ index: Int) async throws {
    let (estimator, step) = Self.cases[index]
    let whole = trainer(estimator, step)
    for _ in 0..<2 { _ = try await whole.runEpoch() }
    let state = await whole.state
    #expect(state.epoch == 2)
    #expect(state.outerStep["step-count"] == [2])
    #expect((state.outerStep["first-moment"] == nil) == (step is GradientAscent))
    #expect(state.baselineMemory.isEmpty == (estimator.name == Estimator.sgMRL.name))
    let resumed = trainer(estimator, step)
    try await resumed.restore(state)
    for _ in 0..<2 {
      let (a, b) = (try await whole.runEpoch(), try await resumed.runEpoch())
      #expect(a.epoch == b.epoch)
      #expect(a.after == b.after)
      #expect(a.gradientNorm == b.gradientNorm)
    }
    #expect(await whole.state == resumed.state)
  }

  @Test func epochsDoNotOverlap() async throws {
    let trainer = trainer()
    let outcomes = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<4 {
        group.addTask {
          do {
            _ = try await trainer.runEpoch()
            return nil
          } catch { return "\(error)" }
        }
      }
      return await group.reduce(into: [String?]()) { $0.append($1) }
    }
    // those that came while another was running were refused and did nothing
    let done = outcomes.count { $0 == nil }
    #expect(done >= 1)
    #expect(await trainer.epoch == done)
    #expect(await trainer.outerStep.state["step-count"] == [Double(done)])
    for case let refusal? in outcomes { #expect(refusal.contains("still running")) }
    let alone = self.trainer()
    for _ in 0..<done { _ = try await alone.runEpoch() }
    #expect(await alone.state == trainer.state)
  }

  @Test func statesOfOtherTrainingsAreRefused() async throws {
    let source = trainer()
    _ = try await source.runEpoch()
    let good = await source.state
    var short = good
    short.parameters.removeLast()
    var broken = good
    broken.parameters[3] = .nan
    var ascent = good
    ascent.outerStepSummary = GradientAscent(stepSize: 0.001).summary
    var moments = good
    (moments.outerStep["first-moment"], moments.outerStep["second-moment"]) = ([1], [1])
    var decaying = good
    decaying.outerStepSummary = Adam(stepSize: 0.001, decayTime: 50).summary
    var clipping = good
    clipping.outerStepSummary = Adam(stepSize: 0.001, clipping: 3).summary
    let target = trainer()
    let before = await target.state
    for (state, part) in [
      (short, "parameters"), (broken, "not finite"), (ascent, "gradient-ascent"),
      (moments, "moments of 1"), (decaying, "halved after 50"),
      (clipping, "clipped at 3"),
      (await trainer(seed: 8).state, "seed 8 instead of 7"),
    ] {
      let error = await #expect(throws: TrainingError.self) { try await target.restore(state) }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
      #expect(await target.state == before)
    }
    try await target.restore(good)
    #expect(await target.state == good)
  }

  @Test func messagesCarryTheWholeState() throws {
    var (memory, health, step) = (NamedArrays(), NamedArrays(), NamedArrays())
    step.set("moment", shape: [2, 1], [0.5, -1])
    memory["mean"] = [7]
    (health["epochs"], health["parameters-grew"]) = ([1, 2, 3], [])
    let state = TrainerState(
      seed: .max, epoch: 3, parameters: [1, 2],
      outerStepSummary: "a step", outerStep: step,
      baselineMemory: memory, health: try #require(TrainingHealth(health)))
    var writer = MessageWriter()
    writer.write(state)
    var reader = MessageReader(writer.bytes)
    #expect(try reader.read() as TrainerState == state)
  }

  @Test func divergenceNamesItsBlock() throws {
    let (policy, layout) = (NavigationProblem.policy, NavigationProblem.policy.layout)
    func diagnosis(_ parameters: [Double]) -> String? {
      Divergence.diagnosis(parameters, layout, policy.logDeviations)
    }
    let fine = [Double](repeating: 1, count: layout.count)
    #expect(diagnosis(fine) == nil)
    let block = try #require(layout.blocks.first)
    var infinite = fine
    infinite[block.offset] = .infinity
    let found = try #require(diagnosis(infinite))
    #expect(found.contains("1 of \(block.count)") && found.contains("'\(block.name)'"))
    let deviation = try #require(layout[Trainer.logStandardDeviationName])
    var wide = fine
    wide[deviation.offset + 1] = Trainer.greatestLogStandardDeviation
    #expect(diagnosis(wide) == nil)
    wide[deviation.offset + 1] = 21
    #expect(diagnosis(wide)?.contains("above the limit of 20") == true)
    wide[deviation.offset + 1] = Trainer.leastLogStandardDeviation
    #expect(diagnosis(wide) == nil)
    wide[deviation.offset + 1] = -2.9e9
    #expect(diagnosis(wide)?.contains("below the limit of -40") == true)
  }
}
