import ArgumentParser
import Foundation
import MetaTape

/// Says what this machine has for MetaTape, how fast it multiplies, and what to do about it.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check this machine: processor, BLAS and its kernels, speed, threads, memory.",
    discussion: """
      Example: metatape doctor --json

      Compares OpenBLAS with plain loops, then measures matrix products of a policy's shapes, 400 × 100 by 100 × 100, in one thread. \
      The peak is what a loop of independent fused multiply-adds reaches with the widest vectors, \
      the frequency that of additions that need one another; both are measured, and both depend \
      on what else the machine does.

      The exit code is 1 if a product is wrong. Advice alone leaves it 0.
      """)

  @Option(help: "The seed of the compared numbers.")
  var seed = 1

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
  }

  func run() throws {
    let report = DoctorReport(seed: UInt64(seed), defaultThreads: ThreadOptions.preset)
    if json { Console.printJSON(try report.json()) } else { print(report.text) }
    if report.check.failure != nil { throw ExitCode(1) }
  }
}
