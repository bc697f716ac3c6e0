import ArgumentParser
import Dispatch
import Foundation
import MetaTape
import Synchronization
@_exported import Terminal

/// The command line of MetaTape, for a program's `main.swift`.
///
/// <!-- snippet: Docs/Examples/Sources/OwnComponents/main.swift#main -->
/// ```swift
/// MetaTapeCommand.main(
///   catalog: .standard
///     + [CartTasks(), LinearPolicyOptions(), DecayedCurvatureOptions(), MomentumOptions()]
///     + [preset])
/// ```
public enum MetaTapeCommand {
  private static let chosen = Mutex(Catalog.standard)

  /// The components that configurations can name.
  static var catalog: Catalog { chosen.withLock { $0 } }

  /// What the program is called: the last part of the path with which it was started.
  static let name =
    CommandLine.arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "metatape"

  /// Runs the command that the process's arguments name, and ends the process with its exit code.
  ///
  /// - Parameter catalog: the components that configurations can name.
  public static func main(catalog: Catalog = .standard) -> Never {
    chosen.withLock { $0 = catalog }
    Root.execute()
  }
}

/// The command from which all others branch.
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: MetaTapeCommand.name,
    abstract: "Stochastic-gradient meta-reinforcement learning with exact second derivatives.",
    discussion: """
      Example: metatape train --preset navigation-2d.quickstart --output runs/quickstart

      Exit codes: 0 fine, 1 a check or a run failed, 64 usage, 65 bad input data, 70 an internal \
      fault, 74 output that cannot be written; 130 and 143 training was stopped by Ctrl-C or \
      SIGTERM and can be resumed.
      """,
    version: Release.version,
    subcommands: [
      Train.self, Evaluate.self, ReportCommand.self, Simulate.self, Verify.self, Certify.self,
      Study.self, Theory.self, Reproduce.self, Presets.self, Benchmark.self,
      Doctor.self,
    ])

  /// Runs the command while the main thread waits: tools that follow the main thread, such as
  /// callgrind, do not survive its leaving.
  static func execute() -> Never {
    StandardStreams.prepare()
    Faults.prepare()
    Signals.prepare()
    let done = DispatchSemaphore(value: 0)
    let code = Mutex<Int32>(0)
    Task.detached {
      Faults.prepareThread()
      let result = StandardOutput.finish(await runCommand())
      code.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    let result = code.withLock { $0 }
    Foundation.exit(result)
  }

  /// Runs the command and says what went wrong; returns the exit code.
  private static func runCommand() async -> Int32 {
    do {
      try requireProcessor()
      var command = try parseAsRoot()
      try Processes.require(command is Train)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch is StandardOutput.ClosedError {
      return StandardOutput.exitCode
    } catch {
      if let failure = Failure(error) {
        // what stops training is the same in all processes, and the first one says it
        let isShared = error is SamplingError || error is TrainingError
        if Processes.isFirst || !isShared {
          Console.error(failure.message)
          Processes.end(code: failure.code)
        }
        return failure.code
      }
      let code = exitCode(for: error).rawValue
      // what is neither the user's mistake nor a known failure is a fault of the program
      if !(error is ExitCode), code == ExitCode.failure.rawValue {
        Console.error("internal fault: \(error)")
        Processes.end(code: Faults.exitCode)
        return Faults.exitCode
      }
      // help, versions and completions are output like any other
      let message = fullMessage(for: error)
      if code == 0 {
        print(message)
      } else if !message.isEmpty {
        Console.note(message)
      }
      return code
    }
  }

  /// The vector code needs AVX2 and FMA; say so instead of stopping at an illegal instruction.
  private static func requireProcessor() throws {
    #if arch(x86_64)
    let missing = Processor.current.missing
    guard missing.isEmpty else {
      throw Failure(
        code: 70,
        message:
          "This program needs a processor with AVX2 and FMA (2013 or later); this one lacks \(missing.joined(separator: ", ")). Build it with the line '-march=x86-64-v3' of Package.swift removed."
      )
    }
    #endif
    if let sentence = BLAS.unusableChoice { throw Failure(code: 64, message: sentence) }
  }
}
