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
      alone, once with observations, rewards and resets.
      """)

  @Argument(help: "half-cheetah or swimmer.")
  var model = "half-cheetah"

  @OptionGroup var timing: TimingOptions

  @Option(help: "How many environments run side by side.")
  var environments = 64

  func validate() throws {
    if !SimulatorModel.names.contains(model) {
      throw ValidationError("MODEL must be \(SimulatorModel.names.joined(separator: " or ")).")
    }
    if !(1...100_000).contains(environments) {
      throw ValidationError("--environments must be from 1 to 100000.")
    }
  }

  func run() async throws {
    let known = try SimulatorModel(model)
    let simulation = BatchSimulation(model: known.model, count: environments)
    let tasks: any TaskDistribution =
      model == "swimmer" ? SwimmerVelocity() : HalfCheetahVelocity()
    let environment = tasks.makeEnvironment(count: environments)
    environment.task = [0.15]
    var stream = RandomStream(seed: timing.streamSeed, purpose: .other)
    let (size, motors, steps) = (known.model.dofCount, known.model.motorCount, 200)
    let controls = (0..<steps).map { _ in
      Matrix(
        rows: environments, columns: motors,
        elements: (0..<environments * motors).map { _ in stream.uniform(in: -1..<1) })
    }
    let starts = (0..<environments).map { _ in
      (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
    }
    let physicsSteps = Double(steps * known.frames * environments)
    var observations = Matrix(rows: environments, columns: tasks.observationSpace.columns)
    var result = StepResult(count: environments)
    let seed = timing.streamSeed

    try await timing.measure(
      ["physics", "environment"], perSecond: ("physics steps", physicsSteps)
    ) {
      for i in 0..<environments {
        simulation.reset(environment: i, qpos: starts[i], qvel: starts[i])
      }
      let physics = seconds {
        for step in 0..<steps {
          simulation.step(controls: controls[step].elements, frames: known.frames)
        }
      }
      let whole = seconds {
        observations.withMutableView { observations in
          environment.reset(into: observations) {
            RandomStream(seed: seed, purpose: .environment, at: StreamPlace(episode: $0))
          }
          for step in 0..<steps {
            controls[step].withView { actions in
              environment.step(actions, observations: observations, result: &result) {
                RandomStream(
                  seed: seed, purpose: .environment, at: StreamPlace(episode: $0, step: step + 1))
              }
            }
          }
        }
      }
      guard simulation.invalidStates.isEmpty, observations.elements.allSatisfy({ $0.isFinite })
      else { throw Failure(code: 70, message: "The simulation gave numbers that are not finite.") }
      return [physics, whole]
    }
  }
}
