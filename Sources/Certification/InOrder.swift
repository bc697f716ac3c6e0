import SGMRL

/// Does a piece of work for every index on several threads; the results are in the order of the
/// indices, so sums over them do not depend on the number of threads.
///
/// - Parameters:
///   - count: the number of pieces.
///   - threads: how many are done side by side.
///   - makeState: creates the memory of a thread.
///   - body: does one piece.
/// - Returns: What the pieces gave, in the order of their indices.
func inOrder<State, Result: Sendable>(
  _ count: Int, threads: Int, makeState: @escaping @Sendable () -> State,
  _ body: @escaping @Sendable (inout State, Int) -> Result
) async -> [Result] {
  let next = Counter()
  let parts = await withTaskGroup(of: [(Int, Result)].self) { group in
    for _ in 0..<min(max(1, threads), max(1, count)) {
      group.addTask {
        var state = makeState()
        var mine: [(Int, Result)] = []
        while let index = next.take(below: count) { mine.append((index, body(&state, index))) }
        return mine
      }
    }
    return await group.reduce(into: []) { $0 += $1 }
  }
  return parts.sorted { $0.0 < $1.0 }.map(\.1)
}

/// The same for work that may fail; the error of the lowest index is thrown.
func tryInOrder<State, Value: Sendable, Failure: Error>(
  _ count: Int, threads: Int, makeState: @escaping @Sendable () -> State,
  _ body: @escaping @Sendable (inout State, Int) throws(Failure) -> Value
) async throws(Failure) -> [Value] {
  let outcomes = await inOrder(count, threads: threads, makeState: makeState) {
    state, index -> Result<Value, Failure> in
    do throws(Failure) {
      return .success(try body(&state, index))
    } catch {
      return .failure(error)
    }
  }
  var values: [Value] = []
  for outcome in outcomes { values.append(try outcome.get()) }
  return values
}
