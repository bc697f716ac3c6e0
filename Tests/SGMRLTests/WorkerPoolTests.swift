import Testing

@testable import SGMRL

/// Workers that take turns: every piece of work waits, so that all workers get some of it.
@Suite struct WorkerPoolTests {
  private func pool(_ threads: Int) -> WorkerPool {
    WorkerPool(
      WorkerSetup(
        policy: NavigationProblem.policy, tasks: NearGoals(),
        settings: NavigationProblem.settings(), seed: 1),
      threads: threads)
  }

  /// Waits longer for even numbers, so that the work does not end in the order in which it began.
  private static func wait(_ index: Int) async {
    try? await Task.sleep(for: .milliseconds(index % 2 == 0 ? 9 : 2))
  }

  @Test(arguments: 1...3) func resultsAreInTheOrderOfTheIndices(_ threads: Int) async throws {
    let results = try await pool(threads).map(count: 11) { worker, index in
      await Self.wait(index)
      return (index, ObjectIdentifier(worker))
    }
    #expect(results.map(\.0) == Array(0..<11))
    #expect(Set(results.map(\.1)).count == threads)
  }

  @Test(arguments: 1...3) func errorIsThatOfTheLowestIndex(_ threads: Int) async {
    let error = await #expect(throws: SamplingError.self) {
      try await pool(threads).map(count: 8) { _, index throws(SamplingError) in
        // 4 fails after 5
        await Self.wait(index)
        if index >= 4 { throw SamplingError(description: "\(index)") }
      }
    }
    #expect(error?.description == "4")
  }

  @Test func noWorkGivesNoResults() async throws {
    #expect(try await pool(2).map(count: 0) { _, index in index } == [])
  }
}
