import ChainSupport
import Foundation
import MessagePassing
import Testing

@testable import Runs

/// A run that several processes share, with tasks of this one in their place.
@Suite struct SharedRunTests {
  @Test(arguments: [2, 3], Precision.allCases)
  func membersGetTheBitsOfOne(size: Int, precision: Precision) async throws {
    func plan(_ folder: URL, _ name: String) throws -> RunPlan {
      try TabularRun.plan(folder, name) {
        try $0.set("training.precision=\(precision.rawValue)")
      }
    }
    try await TabularRun.withFolder { folder in
      let alone = try plan(folder, "alone")
      try await TabularRun.run(TrainingRun(beginning: alone, threads: 1))
      let plan = try plan(folder, "shared")
      _ = try await Member.all(size) { member in
        if member.isFirst {
          let run = try TrainingRun(beginning: plan, threads: 1, communicator: member)
          _ = try await run.run { event in
            if case .warning(let text) = event { Issue.record("\(text)") }
          }
        } else {
          try await SharedRun(plan.configuration, threads: 1, communicator: member).run()
        }
      }
      #expect(try TabularRun.results(plan.url) == TabularRun.results(alone.url))
      #expect(try StoredRun(reading: plan.url).machine == MachineFacts())
    }
  }
}
