import Environments
import Foundation
import Simulator
import Testing

/// The locomotion tasks: rewards as recorded with MuJoCo, sizes of the data sheets, scaling.
@Suite struct LocomotionTests {
  /// What the recorded rollouts hold of rewards.
  struct Recording: Decodable {
    struct Rollout: Decodable {
      let actions: [[Double]]
      let qpos: [[Double]]
      let meta_reward: [[Double]]
    }
    let dt: Double
    let meta_reward_columns: [String]
    let rollouts: [Rollout]
  }

  func recording(_ model: String) throws -> Recording {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SimulatorTests/Fixtures")
    let data = try Data(contentsOf: folder.appendingPathComponent("\(model)_rollouts.json"))
    return try JSONDecoder().decode(Recording.self, from: data)
  }

  /// Compares a task's reward with one column of the recording, step by step.
  func compare(_ tasks: any LocomotionTasks, goal: Double, column: Int, _ model: String) throws {
    let recording = try recording(model)
    var largest = 0.0
    var count = 0
    for rollout in recording.rollouts {
      for (step, action) in rollout.actions.enumerated() {
        let velocity = (rollout.qpos[step + 1][0] - rollout.qpos[step][0]) / recording.dt
        let cost = tasks.settings.controlCost * action.reduce(0) { $0 + $1 * $1 }
        let reward = tasks.reward(velocity: velocity, task: [goal]) - cost
        largest = max(largest, (reward - rollout.meta_reward[step][column]).magnitude)
        count += 1
      }
    }
    #expect(count == 2000)
    #expect(largest <= 1e-11)
  }

  @Test func rewardsAreThoseRecorded() throws {
    try compare(HalfCheetahDirection(), goal: 1, column: 0, "half_cheetah")
    try compare(HalfCheetahDirection(), goal: -1, column: 1, "half_cheetah")
    try compare(HalfCheetahVelocity(), goal: 1.5, column: 2, "half_cheetah")
    try compare(SwimmerVelocity(paysForMissing: true), goal: 0.15, column: 0, "swimmer")
  }

  @Test func theSwimmersRewardHasTheOtherSignByDefault() {
    let (right, published) = (SwimmerVelocity(), SwimmerVelocity(paysForMissing: true))
    #expect(
      right.reward(velocity: 0.4, task: [0.1]) == -published.reward(velocity: 0.4, task: [0.1]))
    #expect(right.reward(velocity: 0.4, task: [0.1]) < 0)
    #expect(SwimmerDirection().reward(velocity: 0.4, task: [-1]) == -0.4)
  }

  @Test func sizesAreThoseOfTheDataSheets() {
    let sizes: [(any LocomotionTasks, Int, Int)] = [
      (HalfCheetahDirection(), 17, 6), (HalfCheetahVelocity(), 17, 6), (SwimmerVelocity(), 8, 2),
      (SwimmerDirection(), 8, 2),
    ]
    for (tasks, observations, actions) in sizes {
      #expect(tasks.observationSpace.columns == observations)
      #expect(tasks.actionSpace.columns == actions)
      #expect(tasks.horizon == 200)
    }
  }

  /// One step of a batch against the simulation called directly.
  @Test(arguments: [false, true]) func actionsAreScaledClippedAndPaidFor(clips: Bool) throws {
    let settings = LocomotionSettings(
      controlCost: 0.5, actionScale: 0.5, clipsAction: clips, horizon: 10)
    let tasks = HalfCheetahDirection(settings)
    let environment = tasks.makeEnvironment(count: 1)
    environment.task = [1]
    let start = environment.start(columns: 17, using: streams()).row(0)
    var result = StepResult(count: 1)
    let action = [0.2, -1, 4, -8, 0.5, 1]
    let after = environment.advance(
      Matrix([action]), columns: 17, result: &result, using: streams(step: 1)
    ).row(0)

    // the same start: x is drawn before what is observed
    var stream = streams()(0)
    let x = stream.uniform(in: -0.1..<0.1)
    let simulation = BatchSimulation(model: try CompiledModel(.halfCheetah), count: 1)
    simulation.reset(environment: 0, qpos: [x] + start[0..<8], qvel: Array(start[8...]))
    let scaled = action.map { 0.5 * $0 }
    let controls = clips ? scaled.map { min(max($0, -1), 1) } : scaled
    simulation.step(controls: controls, frames: 5)
    #expect(after == Array(simulation.qpos(environment: 0)[1...]) + simulation.qvel(environment: 0))
    let velocity = (simulation.qpos(environment: 0)[0] - x) / 0.05
    let cost = 0.5 * controls.reduce(0) { $0 + $1 * $1 }
    #expect((result.rewards[0] - (velocity - cost)).magnitude < 1e-12)
  }
}
