import Dispatch
import Foundation
import MessagePassing

/// Where the members of a group leave their bytes and wait for those of the others.
package final class Meeting: @unchecked Sendable {
  private let condition = NSCondition()
  private let size: Int
  private var round = 0
  private var bytes: [Int: [UInt8]] = [:]
  private var result: [[UInt8]] = []

  package init(size: Int) { self.size = size }

  fileprivate func gather(
    _ mine: [UInt8], from rank: Int
  ) throws(CommunicationError) -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    bytes[rank] = mine
    let round = round
    if bytes.count == size {
      result = (0..<size).compactMap { bytes[$0] }
      (self.round, bytes) = (round + 1, [:])
      condition.broadcast()
    }
    let end = Date(timeIntervalSinceNow: 120)
    while self.round == round {
      guard condition.wait(until: end) else {
        throw CommunicationError(description: "Process \(rank) waits in vain.")
      }
    }
    return result
  }
}

/// A task of this process in the place of a process.
package struct Member: Communicator {
  package let rank: Int
  package let size: Int
  private let meeting: Meeting

  package func gather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
    try meeting.gather(bytes, from: rank)
  }

  /// Does the same with several members, each on threads of its own.
  ///
  /// - Parameters:
  ///   - size: the number of members.
  ///   - body: is given each member.
  /// - Returns: What each member gave, in the order of the ranks.
  /// - Throws: What the body throws for any member.
  package static func all<Value: Sendable>(
    _ size: Int, _ body: @escaping @Sendable (Member) async throws -> Value
  ) async throws -> [Value] {
    let meeting = Meeting(size: size)
    return try await withThrowingTaskGroup(of: (Int, Value).self) { group in
      for rank in 0..<size {
        let member = Member(rank: rank, size: size, meeting: meeting)
        group.addTask(executorPreference: Threads()) { (rank, try await body(member)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

/// Threads of its own: a task that waits for another must not hold up that other.
private final class Threads: TaskExecutor {
  private let queue = DispatchQueue(label: "members", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
