import Foundation
import Runs
import Testing

@testable import MetaTapeCommand

/// `metatape doctor`, and what the program does about OpenBLAS's kernels.
@Suite struct DoctorTests {
  func doctor(_ environment: [String: String] = [:]) throws -> (
    document: [String: Any], status: Int32
  ) {
    let outcome = try Program.run(["doctor", "--json"], environment: environment)
    let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    #expect(outcome.errors.isEmpty)
    return (try #require(value as? [String: Any]), outcome.status)
  }

  @Test func theDocumentSaysWhatThereIs() throws {
    let (document, status) = try doctor()
    #expect(status == 0)
    let machine = try #require(document["machine"] as? [String: Any])
    #expect(machine["blas_core"] as? String == MachineFacts().blasCore)
    #expect(machine["blas_choice"] as? String == MachineFacts().blasChoice)
    #expect(document["blas_own_choice"] is String)
    let check = try #require(document["check"] as? [String: Any])
    #expect(check["comparisons"] as? Int ?? 0 > 600 && check["failure"] == nil)
    let speed = try #require(document["speed"] as? [String: Any])
    #if arch(x86_64)
    for name in ["double", "single", "peak", "frequency"] {
      #expect(speed[name] as? Double ?? 0 > 1e8, "\(name)")
    }
    #endif
    let memory = try #require(document["memory"] as? [String: Any])
    #expect(memory["bytes"] as? Int ?? 0 > 1 << 26)
    #expect((document["threads"] as? [String: Any])?["processors"] as? Int ?? 0 >= 1)
    #expect(document["is_built_with_mpi"] is Bool)
    #expect(document["advice"] is [String])
  }

  @Test func theTableHasOneLineForEachFinding() throws {
    let outcome = try Program.run(["doctor", "--seed", "3"], environment: ["PATH": "/nowhere"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    for name in [
      "processor", "BLAS", "kernels", "results", "double", "single", "threads", "MPI", "Python",
      "memory",
    ] {
      #expect(outcome.output.contains("\n\(name)  "), "\(name)")
    }
    #expect(outcome.output.contains("no mpirun") && outcome.output.contains("none ("))
    #expect(try Program.run(["doctor", "--seed", "-1"]).status == 64)
  }

  #if arch(x86_64)
  @Test func kernelsThatTheProcessorCannotRunAreRefused() throws {
    // Cooperlake's need BF16, which few processors have
    let outcome = try Program.run(
      ["doctor"], environment: ["OPENBLAS_CORETYPE": "Cooperlake"])
    let facts = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    if facts.contains("avx512_bf16") {
      #expect(outcome.status == 0)
    } else {
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("OPENBLAS_CORETYPE=Cooperlake asks OpenBLAS for kernels"))
    }
  }

  @Test(.enabled(if: canChoose)) func aVariableThatCostsSpeedIsNoticed() throws {
    let (document, status) = try doctor(["OPENBLAS_CORETYPE": "Nehalem"])
    #expect(status == 0)
    #expect(document["blas_own_choice"] as? String == "Nehalem")
    let better = try #require(document["better_kernels"] as? String)
    let advice = try #require(document["advice"] as? [String])
    #expect(advice.first?.contains("OPENBLAS_CORETYPE=Nehalem leaves") == true)
    #expect(advice.first?.contains(better) == true)
    let (unknown, _) = try doctor(["OPENBLAS_CORETYPE": "Babbage"])
    #expect((unknown["advice"] as? [String])?.first?.contains("knows no such kernels") == true)
    // an empty one is none
    let (empty, _) = try doctor(["OPENBLAS_CORETYPE": ""])
    #expect((empty["advice"] as? [String])?.contains { $0.contains("CORETYPE") } == false)
  }

  static var canChoose: Bool {
    [.suitable, .replacement].contains(BLAS.selection.reason)
      && BLAS.configuration.contains("DYNAMIC_ARCH")
  }

  /// The first half with other kernels than those of this processor, the second without saying so.
  @Test(.enabled(if: canChoose)) func aResumedRunTakesTheKernelsOfItsCheckpoint() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func train(_ name: String, epochs: Int, _ kernels: String?) throws -> URL {
      let url = folder.appendingPathComponent(name)
      let outcome = try Program.run(
        ["train", "--output", url.path, "--json"] + CommandTests.small + [
          "--set", "training.epochs=\(epochs)", "--set", "policy.hidden-sizes=[32,32]",
        ], environment: kernels.map { ["OPENBLAS_CORETYPE": $0] } ?? [:])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return url
    }
    func parameters(_ url: URL) throws -> Data {
      try Data(contentsOf: RunDirectory(existing: url).parametersURL)
    }
    let whole = try train("whole", epochs: 6, "Nehalem")
    // else the test could not fail
    #expect(try parameters(whole) != parameters(train("own", epochs: 6, nil)))

    let url = try train("halves", epochs: 3, "Nehalem")
    let directory = RunDirectory(existing: url)
    var configuration = try directory.readConfiguration()
    configuration.training.epochs = 6
    try directory.write(Data(configuration.yaml.utf8), to: directory.configurationURL)
    let outcome = try Program.run(["train", "--resume", url.path, "--json"])
    #expect(outcome.status == 0 && !outcome.errors.contains("warning"), "\(outcome.errors)")
    #expect(try parameters(url) == parameters(whole))

    // a user's own choice comes first, with a warning
    configuration.training.epochs = 7
    try directory.write(Data(configuration.yaml.utf8), to: directory.configurationURL)
    let chosen = try Program.run(
      ["train", "--resume", url.path, "--json"], environment: ["OPENBLAS_CORETYPE": "Haswell"])
    #expect(chosen.status == 0)
    #expect(chosen.errors.contains("kernels for Nehalem, here they are for Haswell"))
  }
  #endif

  @Test func machineFilesSayWhichKernelsAndWhy() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try Program.run(
      ["train", "--output", folder.path, "--json"] + CommandTests.small)
    #expect(outcome.status == 0)
    let machine = try StoredRun(reading: folder).machine
    #expect(machine == MachineFacts())
    #expect(machine.blasChoice == BLAS.selection.explanation)
    let benchmark = try Program.run([
      "benchmark", "derivatives", "--rounds", "1", "--warm-up", "0", "--samples", "10",
    ])
    #expect(benchmark.output.contains(machine.summary))
  }

  @Test func adviceFollowsTheFindings() {
    let speed = MatrixProductSpeed(double: 30e9, single: 60e9, peak: 40e9, frequency: 2.5e9)
    func advice(
      _ reason: KernelSelection.Reason, better: String? = nil, failure: String? = nil,
      speed: MatrixProductSpeed = speed, available: Int? = 1 << 33
    ) -> [String] {
      DoctorReport.advice(
        selection: KernelSelection(kernels: "Prescott", chosen: "Prescott", reason: reason),
        better: better, failure: failure, speed: speed, availableBytes: available)
    }
    #expect(advice(.suitable).isEmpty)
    #expect(advice(.replacement).isEmpty && advice(.agreed, better: "Haswell").isEmpty)
    #expect(advice(.shared(with: "Python"), better: "SkylakeX")[0].contains("SkylakeX"))
    #expect(advice(.fixed)[0].contains("DYNAMIC_ARCH"))
    #expect(advice(.refused(kernels: "SkylakeX", failure: "x is wrong"))[0].contains("x is wrong"))
    #expect(advice(.variable("Prescott"), better: "Haswell")[0].contains("unset it"))
    #expect(advice(.variable("prescott")).isEmpty)
    #expect(advice(.suitable, failure: "x is wrong")[0].contains("x is wrong"))
    let slow = MatrixProductSpeed(double: 6e9, single: 60e9, peak: 40e9, frequency: nil)
    #expect(advice(.suitable, speed: slow)[0].contains("15 %"))
    #expect(advice(.suitable, available: 1 << 28)[0].contains("0.3 GB"))
  }
}
