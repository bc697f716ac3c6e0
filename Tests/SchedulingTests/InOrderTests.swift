import Testing

@testable import Scheduling

/// Threads that take turns: every piece of work waits, so that all threads get some of it.
@Suite struct InOrderTests {
  private struct Failure: Error, Equatable {
    let index: Int
  }

  /// Waits longer for even numbers, so that the work does not end in the order in which it began.
  private static func wait(_ index: Int) async {
    try? await Task.sleep(for: .milliseconds(index % 2 == 0 ? 9 : 2))
  }

  @Test(arguments: 1...3) func resultsAreInTheOrderOfTheIndices(_ threads: Int) async {
    let results = await inOrder(11, threads: threads, makeState: { $0 }) { thread, index in
      await Self.wait(index)
      return (index, thread)
    }
    #expect(results.map(\.0) == Array(0..<11))
    #expect(Set(results.map(\.1)) == Set(0..<threads))
  }

  @Test(arguments: 1...3) func memoryIsThatOfTheThread(_ threads: Int) async {
    let counts = await inOrder(9, threads: threads, makeState: { _ in 0 }) { count, index in
      count += 1
      await Self.wait(index)
      return count
    }
    #expect(threads > 1 || counts == Array(1...9))
    // each thread has done a first piece
    #expect(counts.count { $0 == 1 } == threads)
  }

  @Test(arguments: 1...3) func errorIsThatOfTheLowestIndex(_ threads: Int) async {
    let error = await #expect(throws: Failure.self) {
      try await inOrder(8, threads: threads, makeState: { _ in () }) { _, index throws(Failure) in
        // 4 fails after 5
        await Self.wait(index)
        if index >= 4 { throw Failure(index: index) }
      }
    }
    #expect(error == Failure(index: 4))
  }

  @Test func outcomesHaveEveryError() async {
    let outcomes = await outcomesInOrder(6, threads: 2, makeState: { _ in () }) {
      _, index throws(Failure) in
      if index % 2 == 1 { throw Failure(index: index) }
      return index
    }
    #expect(outcomes.map { try? $0.get() } == [0, nil, 2, nil, 4, nil])
  }

  @Test func noWorkGivesNoResults() async {
    #expect(await inOrder(0, threads: 2, makeState: { $0 }) { _, index in index } == [])
  }
}
