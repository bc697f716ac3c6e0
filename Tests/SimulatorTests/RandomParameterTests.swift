import Testing

@testable import Simulator

/// Walkers and hoppers with random masses, inertias, dampings and frictions, with inverse weights
/// computed anew or those of the original model.
@Suite struct RandomParameterTests {
  @Test(arguments: Walker.allCases)
  func scaledModelsMoveLikeMuJoCo(walker: Walker) throws {
    let original = try CompiledModel(walker.model)
    var (weights, stages, step, otherMode) = (
      LargestError(), LargestError(), LargestError(), LargestError()
    )
    let data = try walker.read("random", as: RecordedRandomModels.self)
    #expect(Set(data.models.map(\.mode)) == ["stale", "recomputed"])
    for (index, recorded) in data.models.enumerated() {
      let source = recorded.scaled(walker.model)
      let recomputed = try CompiledModel(source)
      let stale = try CompiledModel(source, inverseWeightsOf: original)
      let (model, other) =
        recorded.mode == "stale" ? (stale, recomputed) : (recomputed, stale)
      let place = "model \(index) (\(recorded.mode))"
      weights.add(model.bodies.map(\.inertia.mass), recorded.mass, at: place)
      weights.add(model.bodies.map(\.inertia.normalInertia), recorded.inertia, at: place)
      weights.add(model.dofs.map(\.inverseWeight), recorded.dof_invweight0, at: place)
      weights.add(model.bodies.map(\.inverseWeight), recorded.body_invweight0, at: place)

      let dynamics = ForwardDynamics(model: model)
      for state in recorded.states {
        let result = dynamics.evaluate(
          qpos: state.qpos, qvel: state.qvel, ctrl: state.ctrl, warmStart: state.warm.values)
        stages.add(result.acceleration, state.qacc, at: place)
        for (model, expected, isOther) in [
          (model, state.qvel_next, false), (other, state.qvel_next_other_mode ?? [], true),
        ] {
          let batch = BatchSimulation(model: model, count: 1)
          batch.reset(
            environment: 0, qpos: state.qpos, qvel: state.qvel, warmStart: state.warm.values)
          batch.step(controls: state.ctrl, frames: 1)
          let velocities = batch.qvel(environment: 0)
          if isOther {
            otherMode.add(velocities, expected, isRelative: false, at: place)
          } else {
            step.add(velocities, expected, isRelative: false, at: place)
          }
        }
      }
      let (forced, drift) = compare([recorded.rollout], model: model, frames: 4)
      forced.expect(below: 1e-10, "\(walker) \(place) environment step")
      drift.expect(below: 1, "\(walker) \(place) free run over its bound")
    }
    weights.expect(below: 1e-12, "\(walker) masses and inverse weights")
    stages.expect(below: 1e-11, "\(walker) random acceleration")
    step.expect(below: 1e-10, "\(walker) random physics step")
    otherMode.expect(below: 1e-10, "\(walker) random physics step of the other mode")
  }

  /// Inverse weights are taken from a model with the same bodies only.
  @Test func inverseWeightsOfAnotherStructureAreRefused() throws {
    let hopper = try CompiledModel(.hopper)
    #expect(throws: ModelError.self) { try CompiledModel(.walker2d, inverseWeightsOf: hopper) }
  }
}

private struct RecordedRandomModels: Decodable {
  struct Scale: Decodable {
    var body_mass: [Double]
    var body_inertia: [Double]
    var dof_damping: [Double]
    /// The ground's first.
    var geom_friction: [Double]
  }
  struct Model: Decodable {
    var mode: String
    var scale: Scale
    var mass: [Double]
    var inertia: [Double]
    var dof_invweight0: [Double]
    var body_invweight0: [Double]
    var states: [RecordedState]
    var rollout: RecordedRollout

    /// The model with the recorded factors.
    func scaled(_ model: PlanarModel) -> PlanarModel {
      var result = model
      result.ground?.contact?.friction *= scale.geom_friction[0]
      for index in result.bodies.indices {
        result.bodies[index].massFactor = scale.body_mass[index]
        result.bodies[index].inertiaFactor = scale.body_inertia[index]
        result.bodies[index].hinge.damping *= scale.dof_damping[index + 2]
        result.bodies[index].geoms[0].contact?.friction *= scale.geom_friction[index + 1]
      }
      return result
    }
  }
  var models: [Model]
}
