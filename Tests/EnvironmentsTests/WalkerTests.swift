import Environments
import Foundation
import Testing

/// Walker and hopper as Gymnasium has them, and with random parameters.
@Suite struct WalkerTests {
  /// Recorded episodes of Gymnasium's environments, which go on after a fall.
  struct Recording: Decodable {
    struct Rollout: Decodable {
      let actions: [[Double]]
      let qpos: [[Double]]
      let qvel: [[Double]]
      let reward: [Double]
      let healthy: [Int]
      let sens: [Double]
    }
    let rollouts: [Rollout]
  }

  static func gymnasium(_ name: String) -> any LocomotionTasks {
    let settings = LocomotionSettings(controlCost: 1e-3)
    return name == "walker2d" ? Walker2DDirection(settings) : RandomBodies(.hopper, settings)
  }

  /// From a recorded state, rewards, ends and observations are Gymnasium's for as long as rounding does not
  /// grow.
  @Test(arguments: ["walker2d", "hopper"])
  func episodesAreGymnasiums(name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SimulatorTests/Fixtures")
    let data = try Data(contentsOf: folder.appendingPathComponent("\(name)_rollouts.json"))
    let recording = try JSONDecoder().decode(Recording.self, from: data)
    let tasks = Self.gymnasium(name)
    let (dofs, motors) = (recording.rollouts[0].qpos[0].count, tasks.actionSpace.columns)
    var (count, falls) = (0, 0)
    for rollout in recording.rollouts {
      let environment = try #require(
        tasks.makeEnvironment(count: 1) as? any RestartableEnvironment)
      environment.task = name == "walker2d" ? [1] : [Double](repeating: 1, count: 16)
      var observations = Matrix(rows: 1, columns: tasks.observationSpace.columns)
      var result = StepResult(count: 1)
      observations.withMutableView { view in
        environment.reset(into: view) { _ in RandomStream(seed: 1, purpose: .environment) }
        let state = Matrix([rollout.qpos[0] + rollout.qvel[0]])
        let objection = state.withView {
          environment.restart([0], from: $0, observations: view)
        }
        #expect(objection == nil)
      }
      var bound = 0.0
      for (step, action) in rollout.actions.enumerated() {
        bound = max(bound, rollout.sens[step])
        // a velocity is a difference of positions over 0.008 s
        let tolerance = 1e-9 + 2e4 * bound
        guard tolerance < 1e-5 else { break }
        Matrix([action]).withView { actions in
          observations.withMutableView { view in
            environment.step(actions, observations: view, result: &result) { _ in
              RandomStream(seed: 1, purpose: .environment)
            }
          }
        }
        #expect((result.rewards[0] - rollout.reward[step]).magnitude < tolerance)
        #expect(result.terminated[0] == (rollout.healthy[step] == 0))
        let velocities = rollout.qvel[step + 1].map { min(max($0, -10), 10) }
        let expected = Array(rollout.qpos[step + 1][1...]) + velocities
        for (x, y) in zip(observations.elements, expected) {
          #expect((x - y).magnitude < tolerance)
        }
        count += 1
        falls += result.terminated[0] ? 1 : 0
      }
    }
    #expect(count > 300 && falls > 20 && dofs == motors + 3)
  }

  /// The step of a fall pays for standing in the published tasks, and not in Gymnasium.
  @Test func fallsPayAsTheSettingsSay() {
    for paysFall in [true, false] {
      var settings = LocomotionSettings(controlCost: 0)
      settings.health = HealthSettings(reward: 5, paysFall: paysFall)
      let tasks = Walker2DDirection(settings)
      let environment = tasks.makeEnvironment(count: 1)
      environment.task = [1]
      var observations = Matrix(rows: 1, columns: 17)
      var result = StepResult(count: 1)
      observations.withMutableView { view in
        environment.reset(into: view) { _ in RandomStream(seed: 1, purpose: .environment) }
      }
      var previous = 0.0
      for _ in 0..<300 where !result.terminated[0] {
        Matrix(rows: 1, columns: 6, repeating: -1).withView { actions in
          observations.withMutableView { view in
            environment.step(actions, observations: view, result: &result) { _ in
              RandomStream(seed: 1, purpose: .environment)
            }
          }
        }
        if !result.terminated[0] { previous = result.rewards[0] }
      }
      #expect(result.terminated[0])
      let isPaid = (result.rewards[0] - previous).magnitude < 3
      #expect(isPaid == paysFall)
    }
  }

  @Test func factorsMakeTheBody() throws {
    let tasks = RandomBodies(.hopper)
    var stream = RandomStream(seed: 1, purpose: .tasks)
    let task = tasks.sampleTask(using: &stream)
    #expect(task.count == 16 && tasks.objection(to: task) == nil)
    #expect(task[..<8].allSatisfy { (1 / 3.375...3.375).contains($0) })
    #expect(task[8..<11].allSatisfy { (1 / 2.197...2.197).contains($0) })
    let plain = try #require(try tasks.model(of: [Double](repeating: 1, count: 16)))
    let model = try #require(try tasks.model(of: task))
    for (i, factor) in task[..<4].enumerated() {
      let ratio = model.bodies[i].inertia.mass / plain.bodies[i].inertia.mass
      #expect((ratio - factor).magnitude < 1e-12)
      #expect(model.bodies[i].inverseWeight == plain.bodies[i].inverseWeight)
    }
    let recomputed = RandomBodies(.hopper, inverseWeights: .recomputed)
    let other = try #require(try recomputed.model(of: task))
    #expect(other.bodies[0].inverseWeight != plain.bodies[0].inverseWeight)
    #expect(tasks.objection(to: [1, 2])?.contains("16 numbers") == true)
    #expect(tasks.objection(to: [Double](repeating: 0, count: 16))?.contains("factor 0") == true)
    #expect(
      tasks.objection(to: [Double](repeating: .nan, count: 16))?.contains("finite") == true)
  }
}
