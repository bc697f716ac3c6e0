import Benchmark
import MetaTape
import Simulator

/// 20 steps of 64 environments with random actions: physics alone, and whole environments.
func addSimulatorBenchmarks() {
  addSimulatorBenchmarks("half-cheetah", .halfCheetah, frames: 5, HalfCheetahVelocity())
  addSimulatorBenchmarks("swimmer", .swimmer, frames: 4, SwimmerVelocity())
}

private let environments = 64
private let steps = 20

private func addSimulatorBenchmarks(
  _ name: String, _ model: PlanarModel, frames: Int, _ tasks: any TaskDistribution
) {
  Benchmark("Simulator \(name), physics") { benchmark in
    let compiled = try CompiledModel(model)
    let simulation = BatchSimulation(model: compiled, count: environments)
    let controls = randomControls(motors: compiled.motorCount)
    let zeros = [Double](repeating: 0, count: compiled.dofCount)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      for i in 0..<environments { simulation.reset(environment: i, qpos: zeros, qvel: zeros) }
      for action in controls { simulation.step(controls: action.elements, frames: frames) }
    }
  }
  Benchmark("Simulator \(name), environment") { benchmark in
    let environment = tasks.makeEnvironment(count: environments)
    environment.task = [0.15]
    let controls = randomControls(motors: try CompiledModel(model).motorCount)
    var observations = Matrix(rows: environments, columns: tasks.observationSpace.columns)
    var result = StepResult(count: environments)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      observations.withMutableView { observations in
        environment.reset(into: observations) { stream(episode: $0, step: 0) }
        for (step, action) in controls.enumerated() {
          action.withView {
            environment.step($0, observations: observations, result: &result) {
              stream(episode: $0, step: step + 1)
            }
          }
        }
      }
    }
    blackHole(result)
  }
}

private func stream(episode: Int, step: Int) -> RandomStream {
  RandomStream(seed: 1, purpose: .environment, at: StreamPlace(episode: episode, step: step))
}

private func randomControls(motors: Int) -> [Matrix] {
  var stream = RandomStream(seed: 1, purpose: .other)
  return (0..<steps).map { _ in
    Matrix(
      rows: environments, columns: motors,
      elements: (0..<environments * motors).map { _ in stream.uniform(in: -1..<1) })
  }
}
