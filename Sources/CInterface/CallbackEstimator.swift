import Certification
import Files

/// An estimator whose inner steps and estimates are functions of the caller.
final class CallbackEstimator: ExternalEstimator {
  let identity: ExternalIdentity
  private let functions: metatape_estimator
  private let chunk: Int
  private var table: TrajectoryTable?

  /// - Throws: ``CallError`` if a function is missing.
  init(
    _ identity: ExternalIdentity, _ functions: metatape_estimator, chunk: Int
  ) throws {
    guard functions.pose != nil, functions.adapt != nil, functions.estimate != nil else {
      throw CallError.argument(
        "The estimator has a NULL function: give 'pose', 'adapt' and 'estimate'.")
    }
    (self.identity, self.functions, self.chunk) = (identity, functions, chunk)
  }

  func pose(_ table: TrajectoryTable) throws(ExternalError) {
    self.table = table
    let text: String
    do { text = String(decoding: try JSONEncoder().encode(table), as: UTF8.self) } catch {
      throw ExternalError("The problem cannot be written as JSON: \(error)")
    }
    try require(
      text.withCString { text in Forks.outside { functions.pose(functions.context, text) } }, "pose"
    )
  }

  func adapt(_ chains: [[[Int]]], from start: [[Double]]?) throws(ExternalError) -> [[Double]] {
    guard let table, let first = chains.first else { return [] }
    let (count, size) = (chains.count, table.parameters.count)
    return try results(count, size, "adapt") { part, target in
      let numbers = Self.flat(chains[part])
      let starts =
        start.map { $0[part].flatMap(\.self) }
        ?? part.flatMap { _ in table.parameters }
      return functions.adapt(
        functions.context, Int64(part.count), Int64(first.count), numbers, starts, target)
    }
  }

  func estimate(_ chains: [[[Int]]], outer: [[Int]]) throws(ExternalError) -> [[Double]] {
    guard let table, !chains.isEmpty else { return [] }
    return try results(chains.count, table.parameters.count, "estimate") { part, target in
      functions.estimate(
        functions.context, Int64(part.count), Self.flat(chains[part]),
        outer[part].flatMap { $0.map(Int64.init) }, target)
    }
  }

  /// Asks in chunks.
  private func results(
    _ count: Int, _ size: Int, _ function: String,
    _ ask: (Range<Int>, UnsafeMutablePointer<Double>) -> Int32
  ) throws(ExternalError) -> [[Double]] {
    var rows: [[Double]] = []
    rows.reserveCapacity(count)
    // what the caller does not write is found
    var buffer = [Double](repeating: .nan, count: min(chunk, count) * size)
    for start in stride(from: 0, to: count, by: chunk) {
      let part = start..<min(count, start + chunk)
      for i in buffer.indices { buffer[i] = .nan }
      let status = buffer.withUnsafeMutableBufferPointer { target in
        target.baseAddress.map { target in Forks.outside { ask(part, target) } } ?? 0
      }
      try require(status, function)
      for i in 0..<part.count {
        let row = Array(buffer[i * size..<(i + 1) * size])
        guard row.allSatisfy(\.isFinite) else {
          throw ExternalError(
            "'\(function)' gave \(row) for a chain of \(table?.name ?? "the problem"): every number has to be written and finite."
          )
        }
        rows.append(row)
      }
    }
    return rows
  }

  private func require(_ status: Int32, _ function: String) throws(ExternalError) {
    if status != 0 { throw ExternalError("'\(function)' returned \(status).") }
  }

  private static func flat(_ chains: ArraySlice<[[Int]]>) -> [Int64] {
    var result: [Int64] = []
    for chain in chains {
      for batch in chain { for member in batch { result.append(Int64(member)) } }
    }
    return result
  }
}
