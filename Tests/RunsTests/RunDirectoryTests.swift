import Files
import Foundation
import Testing

@testable import Runs

@Suite struct RunDirectoryTests {
  @Test func everyFileOfARunIsListed() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try TabularRun.plan(folder)
      try await TabularRun.run(
        TrainingRun(beginning: plan, threads: 1, drawing: { _, title in title }))
      let files = try FileManager.default.contentsOfDirectory(atPath: plan.url.path)
      let fixed = files.filter { !$0.hasPrefix(EventFile.prefix) }
      // nothing was found
      #expect(Set(fixed).union(["findings.jsonl"]) == Set(RunDirectory.fileNames))
      #expect(!fixed.contains("findings.jsonl"))
      #expect(fixed.count + 1 == files.count)
    }
  }

  @Test func foldersWithRemainsAreNotTakenForRuns() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try TabularRun.plan(folder)
      #expect(try plan.state() == .absent)
      try FileManager.default.createDirectory(at: plan.url, withIntermediateDirectories: true)
      #expect(try plan.state() == .absent)
      try Data("mine".utf8).write(to: plan.url.appendingPathComponent("metrics.csv"))
      #expect(throws: RunDirectory.DirectoryError.self) { try plan.state() }
      #expect(throws: RunDirectory.DirectoryError.self) {
        try TrainingRun(beginning: plan, threads: 1)
      }
      #expect(throws: ConfigurationError.self) {
        try TrainingRun(resuming: plan.url, threads: 1)
      }
    }
  }

  @Test func columnsOfAnotherVersionAreRefused() async throws {
    try await TabularRun.withFolder { folder in
      let plan = try TabularRun.plan(folder)
      let directory = try RunDirectory(
        creating: plan.url, for: plan.configuration, replaces: false)
      // a part of the heading is what a kill leaves
      try directory.write(Data("schema_ver".utf8), to: directory.metricsURL)
      #expect(try plan.state() == .unfinished(epochs: 0))
      try directory.write(Data("schema_version,epoch\n".utf8), to: directory.metricsURL)
      let error = #expect(throws: RunDirectory.DirectoryError.self) { try plan.state() }
      #expect(error?.description.contains("columns") == true)
    }
  }

  @Test func aFailedWriteLeavesWhatWasThere() async throws {
    try await TabularRun.withFolder { folder in
      let file = folder.appendingPathComponent("file")
      try DurableFile.replace(file, with: Data("old".utf8))
      try DurableFile.append(Data("+new".utf8), to: file)
      #expect(try String(contentsOf: file, encoding: .utf8) == "old+new")
      // a folder stands where the partial file would be
      let partial = folder.appendingPathComponent(".file.partial")
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: false)
      #expect(throws: SystemError.self) {
        try DurableFile.replace(file, with: Data("other".utf8))
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == "old+new")
      #expect(throws: SystemError.self) {
        try DurableFile.append(Data("x".utf8), to: folder.appendingPathComponent("none"))
      }
    }
  }

  @Test func foldersThatCannotBeWrittenAreNamed() throws {
    for path in ["/proc/nowhere", "/dev/null/run"] {
      let plan = try TabularRun.plan(URL(fileURLWithPath: path))
      let error = #expect(throws: RunDirectory.DirectoryError.self) {
        try TrainingRun(beginning: plan, threads: 1)
      }
      #expect(error?.description.contains(path) == true)
    }
  }
}
