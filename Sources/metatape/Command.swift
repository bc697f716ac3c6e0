import ArgumentParser
import Dispatch
import Foundation
import MetaTape

/// The command line of MetaTape.
@main
struct MetaTapeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metatape",
    abstract: "Stochastic-gradient meta-reinforcement learning with exact second derivatives.",
    discussion: """
      Example: metatape train --preset navigation-2d.quickstart --output runs/quickstart

      Exit codes: 0 fine, 1 a check or a run failed, 64 usage, 65 bad input data, 70 an internal \
      fault; 130 and 143 training was stopped by Ctrl-C or SIGTERM and can go on.
      """,
    version: Release.version,
    subcommands: [
      Train.self, Evaluate.self, ReportCommand.self, Simulate.self, Verify.self, Certify.self,
      Study.self, Theory.self, Reproduce.self, Presets.self, Benchmark.self,
    ])

  /// Runs the command while the main thread waits: tools that follow the main thread, such as
  /// callgrind, do not survive its leaving.
  static func main() {
    Signals.prepare()
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      await runCommand()
      done.signal()
    }
    done.wait()
  }

  private static func runCommand() async {
    do {
      try requireProcessor()
      var command = try parseAsRoot()
      try Processes.require(command is Train)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      if let failure = Failure(error) {
        // what stops training is the same in all processes, and the first one says it
        let isShared = error is SamplingError || error is TrainingError
        if Processes.isFirst || !isShared { Console.error(failure.message) }
        if Processes.isFirst || !isShared { Processes.end(code: failure.code) }
        Foundation.exit(failure.code)
      }
      // what is neither the user's mistake nor a known failure is a fault of the program
      if !(error is ExitCode), exitCode(for: error) == .failure {
        Console.error("internal fault: \(error)")
        Processes.end(code: 70)
        Foundation.exit(70)
      }
      exit(withError: error)
    }
  }

  /// The vector code needs AVX2 and FMA; say so instead of stopping at an illegal instruction.
  private static func requireProcessor() throws {
    #if arch(x86_64) && os(Linux)
    guard let flags = MachineFacts.processorField("flags") else { return }
    let known = Set(flags.split(separator: " "))
    for needed in ["avx2", "fma", "bmi2"] where !known.contains(Substring(needed)) {
      throw Failure(
        code: 70,
        message:
          "This program needs a processor with AVX2 and FMA (2013 or later); this one lacks \(needed). Build it with the line '-march=x86-64-v3' of Package.swift removed."
      )
    }
    #endif
  }
}

/// A failure with its exit code.
struct Failure: Error {
  let code: Int32
  let message: String

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// The failure that an error of the library stands for; nil for those of the argument parser.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as ConfigurationError: self.init(code: 65, message: error.description)
    case let error as RunDirectory.DirectoryError: self.init(code: 65, message: error.description)
    case let error as StoredRun.ReadError: self.init(code: 65, message: error.description)
    case let error as StudySection.ReadError: self.init(code: 65, message: error.description)
    case let error as RunCollection.ConflictError: self.init(code: 65, message: error.description)
    case let error as TrajectoryArchive.SizeError: self.init(code: 65, message: error.description)
    case let error as SafeTensors.FormatError: self.init(code: 65, message: error.description)
    case let error as DerivativeFile.ReadError: self.init(code: 65, message: error.description)
    case let error as GoldenDataError: self.init(code: 65, message: error.description)
    case let error as CertificateError: self.init(code: 65, message: error.description)
    case let error as MJCFError: self.init(code: 65, message: error.description)
    case let error as ModelError: self.init(code: 65, message: error.description)
    case let error as InvalidState: self.init(code: 1, message: error.description)
    case let error as SamplingError: self.init(code: 1, message: error.description)
    case let error as CommunicationError: self.init(code: 1, message: error.description)
    case let error as TrainingError: self.init(code: 1, message: error.description)
    default: return nil
    }
  }
}

/// Writes a file in one piece, or fails with its name.
func writeFile(_ data: Data, to path: String) throws {
  do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
    throw Failure(
      code: 65,
      message: "\(path) cannot be written (\(error.localizedDescription)). Check path and space.")
  }
}
