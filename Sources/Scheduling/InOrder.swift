import Synchronization

/// Does a piece of work for every index on several threads.
///
/// A thread takes the next index whenever it is free. What comes out is in the order of the indices,
/// so sums over it do not depend on the number of threads.
///
/// - Parameters:
///   - count: the number of pieces.
///   - threads: how many are done side by side.
///   - makeState: makes the memory of a thread, given the thread's number from 0.
///   - body: does one piece with its thread's memory.
/// - Returns: What became of each piece, in the order of their indices.
package func outcomesInOrder<State, Value: Sendable, Failure: Error>(
  _ count: Int, threads: Int, makeState: @escaping @Sendable (_ thread: Int) -> State,
  _ body: @escaping @Sendable (inout State, Int) async throws(Failure) -> Value
) async -> [Result<Value, Failure>] {
  let next = Counter()
  let parts = await withTaskGroup(of: [(Int, Result<Value, Failure>)].self) { group in
    for thread in 0..<min(max(1, threads), count) {
      group.addTask {
        var state = makeState(thread)
        var mine: [(Int, Result<Value, Failure>)] = []
        while let index = next.take(below: count) {
          do throws(Failure) {
            mine.append((index, .success(try await body(&state, index))))
          } catch { mine.append((index, .failure(error))) }
        }
        return mine
      }
    }
    return await group.reduce(into: []) { $0 += $1 }
  }
  return parts.sorted { $0.0 < $1.0 }.map(\.1)
}

/// Does a piece of work for every index on several threads.
///
/// - Parameters:
///   - count: the number of pieces.
///   - threads: how many are done side by side.
///   - makeState: makes the memory of a thread, given the thread's number from 0.
///   - body: does one piece with its thread's memory.
/// - Returns: What the pieces gave, in the order of their indices.
/// - Throws: The error of the lowest index that fails, so it does not depend on the order of the work.
package func inOrder<State, Value: Sendable, Failure: Error>(
  _ count: Int, threads: Int, makeState: @escaping @Sendable (_ thread: Int) -> State,
  _ body: @escaping @Sendable (inout State, Int) async throws(Failure) -> Value
) async throws(Failure) -> [Value] {
  var values: [Value] = []
  values.reserveCapacity(count)
  for outcome in await outcomesInOrder(count, threads: threads, makeState: makeState, body) {
    values.append(try outcome.get())
  }
  return values
}

/// Hands out whole numbers to threads, each once.
private final class Counter: Sendable {
  private let value = Atomic(0)

  /// The next number, or nil when the bound is reached.
  func take(below bound: Int) -> Int? {
    let index = value.add(1, ordering: .relaxed).oldValue
    return index < bound ? index : nil
  }
}
