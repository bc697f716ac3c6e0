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

  /// The steps that ask the chains more than once.
  @Test(arguments: TabularRun.outerSteps)
  func membersGetTheBitsOfOneWithEveryOuterStep(settings: [String]) async throws {
    try await TabularRun.withFolder { folder in
      let alone = try TabularRun.plan(folder, "alone") { try $0.set(all: settings) }
      try await TabularRun.run(TrainingRun(beginning: alone, threads: 2))
      let plan = try TabularRun.plan(folder, "shared") { try $0.set(all: settings) }
      _ = try await Member.all(2) { member in
        if member.isFirst {
          _ = try await TrainingRun(beginning: plan, threads: 1, communicator: member).run { _ in }
        } else {
          try await SharedRun(plan.configuration, threads: 1, communicator: member).run()
        }
      }
      #expect(try TabularRun.results(plan.url) == TabularRun.results(alone.url))
    }
  }
}
