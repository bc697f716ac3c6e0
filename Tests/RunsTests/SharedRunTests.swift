import Foundation
import MessagePassing
import Testing

@testable import Runs

/// A run that several processes share, with tasks of this one in their place.
@Suite struct SharedRunTests {
  /// Where the members of a group leave their bytes and wait for those of the others.
  final class Meeting: @unchecked Sendable {
    private let condition = NSCondition()
    private let size: Int
    private var round = 0
    private var bytes: [Int: [UInt8]] = [:]
    private var result: [[UInt8]] = []

    init(size: Int) { self.size = size }

    func gather(_ mine: [UInt8], from rank: Int) throws(CommunicationError) -> [[UInt8]] {
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

  struct Member: Communicator {
    let rank: Int
    let size: Int
    let meeting: Meeting

    func gather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
      try meeting.gather(bytes, from: rank)
    }
  }

  /// Threads of its own: a task that waits for another must not hold up that other.
  final class Threads: TaskExecutor {
    private let queue = DispatchQueue(label: "members", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  @Test(arguments: [2, 3]) func membersGetTheBitsOfOne(size: Int) async throws {
    try await TabularRun.withFolder { folder in
      let alone = try TabularRun.plan(folder, "alone")
      try await TabularRun.run(TrainingRun(beginning: alone, threads: 1))
      let plan = try TabularRun.plan(folder, "shared")
      let meeting = Meeting(size: size)
      let members = (0..<size).map { Member(rank: $0, size: size, meeting: meeting) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        let threads = Threads()
        for member in members {
          group.addTask(executorPreference: threads) {
            if member.isFirst {
              let run = try TrainingRun(beginning: plan, threads: 1, communicator: member)
              _ = try await run.run { event in
                if case .warning(let text) = event { Issue.record("\(text)") }
              }
            } else {
              try await SharedRun(plan.configuration, threads: 1, communicator: member).run()
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try TabularRun.results(plan.url) == TabularRun.results(alone.url))
      #expect(try StoredRun(reading: plan.url).machine == MachineFacts())
    }
  }
}
