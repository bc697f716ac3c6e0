import ArgumentParser
import Foundation
import MetaTape

/// Measures physics steps per second on one core.
struct BenchmarkSimulator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulator",
    abstract: "Time physics steps of a batch, and of whole environments, on one core.",
    discussion: """
      Example: taskset -c 0 metatape benchmark simulator half-cheetah --environments 64

      A round is 200 environment steps with random actions from random starts: once the simulation \
      alone, once with observations, rewards and resets, where bodies that fall start again.
      """)

  @Argument(help: "The name of a model.", completion: .list(KnownModel.names))
  var model = "half-cheetah"

  @OptionGroup var timing: TimingOptions

  @Option(help: "How many environments run side by side.")
  var environments = 64

  func validate() throws {
    if Self.tasks[model] == nil {
      throw ValidationError("MODEL must be \(KnownModel.names.joined(separator: " or ")).")
    }
    if !(1...100_000).contains(environments) {
      throw ValidationError("--environments must be from 1 to 100000.")
    }
  }

  /// The tasks whose environment is timed with each model.
  private static let tasks: [String: any TaskDistribution] = [
    "half-cheetah": HalfCheetahVelocity(), "swimmer": SwimmerVelocity(),
    "walker2d": RandomBodies(.walker2d, spread: 0), "hopper": RandomBodies(.hopper, spread: 0),
    "inverted-pendulum": InvertedPendulum(), "inverted-double-pendulum": InvertedDoublePendulum(),
    "reacher": Reacher(),
  ]

  func run() async throws {
    let tasks = Self.tasks[model] ?? HalfCheetahVelocity()
    try await timing.measure(
      .simulator(
        try knownModel(model), tasks, environments: environments, seed: timing.streamSeed))
  }
}
