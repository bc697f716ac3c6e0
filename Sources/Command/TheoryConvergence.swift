import ArgumentParser
import Foundation
import MetaTape

/// The options of the experiment behind corollary 1.
struct ConvergenceOptions: ParsableArguments {
  @Flag(help: "Train on tasks that can be enumerated and follow the exact gradient.")
  var convergence = false

  @Option(help: "The folder of the tables and plots.", completion: .directory)
  var output = "runs/convergence"

  @Flag(help: "Replace files that are already in the folder.")
  var replace = false

  @Option(help: "The number of seeds of each curve.")
  var seeds = 2

  @Option(help: "Multiplies batches and steps; the remaining noise falls with it.")
  var effort = 1.0

  func validate() throws {
    try requirePath(output, "output")
    if !(1...1000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 1000.") }
    if !(effort >= 1e-3 && effort <= 1e4) {
      throw ValidationError("--effort must be from 0.001 to 10000.")
    }
  }

  /// Runs the experiment; true if it passes.
  func run(
    _ problem: CertificateProblem, seed: Int, limit: Int, threads: Int, json: Bool
  ) async throws -> Bool {
    let directory = try folder()
    var plan = ConvergenceExperiment.Plan(effort: effort)
    (plan.seeds, plan.seed) = (seeds, UInt64(seed))
    let display = ProgressCount(total: plan.pointCount, isSilent: json)
    let experiment = try await ConvergenceExperiment(
      problem, plan: plan, limit: limit, threads: threads, advance: display.advance)
    let outcome = ConvergenceReport(problem.name, experiment)
    try directory.writeJSON(outcome, to: "convergence.json")
    for (name, text) in ConvergenceFiles(experiment, outcome).texts {
      try directory.write(
        Data(text.utf8), to: directory.url.appendingPathComponent(name))
    }
    if json {
      Console.printJSON(try outcome.json())
    } else {
      print(outcome.text)
      print(
        "\(Console.number(outcome.seconds, 1)) s on \(threads) threads. Tables and plots are in \(directory.url.path)."
      )
      if !outcome.passed {
        print("FAILED: an estimator that is declared unbiased does not lead to a stationary point.")
      }
    }
    return outcome.passed
  }

  private func folder() throws -> RunDirectory {
    let url = try outputFolder(
      output, for: ["convergence.json"] + ConvergenceFiles.names, replace: replace,
      otherwise: "Choose another --output")
    return RunDirectory(existing: url)
  }
}

/// A display of progress for work that reports each step.
private final class ProgressCount {
  private var progress: ProgressBar
  private var done = 0

  init(total: Int, isSilent: Bool) { progress = ProgressBar(total: total, isSilent: isSilent) }

  func advance() {
    done += 1
    progress.show(done, "exact gradients along the curves")
  }
}
