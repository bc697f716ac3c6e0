import SGMRL
import Testing

@Suite struct MetaTestTests {
  private func run(
    threads: Int = 1, seed: UInt64 = 7, steps: Int = 2, taskCount: Int = 4,
    estimator: Estimator = .sgMRL, keepsTrajectories: Bool = false
  ) async throws -> MetaTest {
    var stream = RandomStream(seed: 3, purpose: .initialParameters)
    return try await MetaTest(
      policy: NavigationProblem.policy,
      parameters: NavigationProblem.policy.initialParameters(using: &stream),
      distribution: NearGoals(), settings: NavigationProblem.settings(estimator),
      taskCount: taskCount, steps: steps, seed: seed, threads: threads,
      keepsTrajectories: keepsTrajectories)
  }

  private func summaries(_ test: MetaTest) -> [[ReturnSummary]] {
    test.returns.map { $0.map(\.summary) }
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() async throws {
    let one = try await run()
    for threads in 2...3 {
      let other = try await run(threads: threads)
      #expect(one.tasks == other.tasks)
      #expect(summaries(one) == summaries(other))
    }
  }

  @Test func seedDecidesTheResult() async throws {
    let (first, again, other) = (try await run(), try await run(), try await run(seed: 8))
    #expect(summaries(first) == summaries(again))
    #expect(summaries(first) != summaries(other))
    #expect(Set(first.tasks).isDisjoint(with: other.tasks))
  }

  @Test func tasksAreNotThoseOfTraining() async throws {
    let test = try await run()
    let trainer = NavigationProblem.trainer(seed: 7)
    var trained: [TaskParameters] = []
    for epoch in 0..<200 { trained += await trainer.tasks(ofEpoch: epoch) }
    #expect(Set(test.tasks).count == 4)
    #expect(Set(test.tasks).isDisjoint(with: trained))
  }

  @Test func estimatorDoesNotMatter() async throws {
    let (first, second) = (try await run(estimator: .sgMRL), try await run(estimator: .lvc))
    #expect(summaries(first) == summaries(second))
  }

  @Test func returnsAfterEveryNumberOfSteps() async throws {
    let test = try await run(steps: 3, keepsTrajectories: true)
    #expect(test.steps == 3)
    #expect(test.returns.count == 4)
    for adapted in test.returns {
      #expect(adapted.count == 4)
      for step in adapted {
        let batch = try #require(step.trajectories)
        #expect(batch.episodeCount == 6)
        #expect(step.summary == ReturnSummary(batch, discount: 0.95))
      }
    }
    let after = test.returns.map { $0[2].summary }
    #expect(test.undiscounted(after: 2) == Estimate(after.map(\.undiscounted)))
    #expect(test.discounted(after: 2) == Estimate(after.map(\.discounted)))
    let before = test.returns.map { $0[0].summary }
    #expect(
      test.gain(after: 2) == Estimate(zip(after, before).map { $0.undiscounted - $1.undiscounted }))
    #expect(test.gain(after: 0) == Estimate([0, 0, 0, 0]))
    #expect(try await run().returns[0][0].trajectories == nil)
  }

  /// More steps do not change what earlier steps were.
  @Test func stepsFollowEachOther() async throws {
    let (short, long) = (try await run(steps: 1), try await run(steps: 3))
    #expect(summaries(short) == summaries(long).map { Array($0.prefix(2)) })
  }

  @Test func singleTaskHasNoInterval() async throws {
    let test = try await run(taskCount: 1)
    for estimate in [test.undiscounted(after: 1), test.discounted(after: 1), test.gain(after: 1)] {
      #expect(estimate.mean.isFinite && estimate.interval95 == nil && estimate.standardError == nil)
    }
    let two = try await run(taskCount: 2)
    #expect(two.gain(after: 1).interval95 != nil)
  }
}
