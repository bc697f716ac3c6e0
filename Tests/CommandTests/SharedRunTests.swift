import Foundation
import Testing

/// Several processes under `mpirun`; the program with the trait MPI is built by the test command.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["METATAPE_MPI_PROGRAM"] != nil,
    "METATAPE_MPI_PROGRAM does not name a program built with the trait MPI"))
struct SharedRunTests {
  /// Starts the program, under `mpirun` for more than one process.
  private func train(_ output: URL, processes: Int, threads: Int, epochs: Int = 20) throws
    -> (status: Int32, errors: String)
  {
    let environment = ProcessInfo.processInfo.environment
    let program = try #require(environment["METATAPE_MPI_PROGRAM"])
    let arguments = [
      "train", "--preset", "navigation-2d.quickstart", "--set", "training.epochs=\(epochs)",
      "--set",
      "outer.tasks=5", "--set", "inner.episodes=4", "--set", "outer.episodes=4", "--set",
      "environment.horizon=20", "--set", "policy.hidden-sizes=[16]", "--set", "outer.chains=2",
      "--set", "estimator=sg-mrl-leave-one-out", "--set", "training.checkpoint-interval=5",
      "--threads", "\(threads)", "--output", output.path, "--json",
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      processes == 1
      ? [program] + arguments
      : ["mpirun", "--oversubscribe", "-n", "\(processes)", program] + arguments
    process.environment = environment.merging([
      "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    ]) { $1 }
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let text = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test func anyNumberOfProcessesGivesTheSameBits() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var results: [Data] = []
    for (processes, threads) in [(1, 1), (1, 2), (2, 1), (3, 1)] {
      let output = folder.appendingPathComponent("\(processes)-\(threads)")
      let outcome = try train(output, processes: processes, threads: threads)
      #expect(outcome.status == 0, "\(outcome.errors)")
      results.append(
        try Data(contentsOf: output.appendingPathComponent("parameters.safetensors")))
      #expect(
        FileManager.default.fileExists(atPath: output.appendingPathComponent("test.json").path))
    }
    #expect(results.allSatisfy { $0 == results[0] })
    // a folder that holds a run is refused by all, with one message
    let again = try train(folder.appendingPathComponent("1-1"), processes: 2, threads: 1)
    #expect(again.status != 0)
    #expect(again.errors.components(separatedBy: "already holds a run").count == 2)
  }
}

/// A program without MPI must not let several processes write one run.
@Suite struct MissingTraitTests {
  @Test func severalProcessesAreRefused() throws {
    let process = Process()
    process.executableURL = Program.url
    process.arguments = ["train", "--set", "training.epochs=0"]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "OMPI_COMM_WORLD_SIZE": "2"
    ]) { $1 }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 64)
    #expect(text.contains("--traits MPI"))
  }
}
