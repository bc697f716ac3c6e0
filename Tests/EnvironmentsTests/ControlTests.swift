import Foundation
import Simulator
import Testing

@testable import Environments

/// The pendulums and the reacher as Gymnasium has them, and half-cheetahs of random bodies.
@Suite struct ControlTests {
  /// Recorded steps of Gymnasium's environments.
  struct Recording: Decodable {
    struct Start: Decodable {
      let qpos, qvel, observation: [Double]
    }
    struct Sample: Decodable {
      let qpos, qvel, action, observation: [Double]
      let reward: Double
      let terminated: Bool
    }
    let starts: [Start]
    let samples: [Sample]
    let force: Double
  }

  static let gymnasium: [String: any BodyTasks] = [
    "inverted-pendulum": InvertedPendulum(), "inverted-double-pendulum": InvertedDoublePendulum(),
    "reacher": Reacher(seesTarget: true, drawsTarget: true),
  ]

  static func recording(_ name: String) throws -> Recording {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("SimulatorTests/Fixtures/control_steps.json")
    let all = try JSONDecoder().decode(
      [String: Recording].self, from: Data(contentsOf: file))
    return try #require(all[name])
  }

  /// Starts the episodes of a batch from states.
  private func start(
    _ tasks: any BodyTasks, _ states: [[Double]]
  ) throws -> (environment: any RestartableEnvironment, observations: Matrix) {
    let environment = try #require(
      tasks.makeEnvironment(count: states.count) as? any RestartableEnvironment)
    environment.task = tasks is Reacher ? [0.1, -0.1] : [1, 1]
    var observations = Matrix(
      rows: states.count, columns: tasks.observationSpace.columns, repeating: .nan)
    observations.withMutableView { view in
      environment.reset(into: view, using: streams())
      let rejected = Matrix(states).withView {
        environment.restart(Array(states.indices), from: $0, observations: view)
      }
      #expect(rejected == nil)
    }
    return (environment, observations)
  }

  /// From a recorded state, observation, reward and end are Gymnasium's. Constraint forces are up to 4,400 N,
  /// of which the observation shows 10.
  @Test(arguments: ["inverted-pendulum", "inverted-double-pendulum", "reacher"])
  func stepsAreGymnasiums(name: String) throws {
    let recording = try Self.recording(name)
    let tasks = try #require(Self.gymnasium[name])
    #expect(recording.force > 1000)
    let (_, first) = try start(tasks, recording.starts.map { $0.qpos + $0.qvel })
    for (i, expected) in recording.starts.enumerated() {
      #expect(largestDifference(first.row(i), expected.observation) < 1e-12)
    }
    let samples = recording.samples
    let (environment, _) = try start(tasks, samples.map { $0.qpos + $0.qvel })
    var result = StepResult(count: samples.count)
    let after = environment.advance(
      Matrix(samples.map(\.action)), columns: tasks.observationSpace.columns, result: &result,
      using: streams(step: 1))
    for (i, sample) in samples.enumerated() {
      let difference = largestDifference(after.row(i), sample.observation)
      #expect(difference < 1e-9, "sample \(i)")
      #expect((result.rewards[i] - sample.reward).magnitude < 1e-9, "sample \(i)")
      #expect(result.terminated[i] == sample.terminated, "sample \(i)")
    }
    #expect(samples.contains(where: \.terminated) == (name != "reacher"))
  }

  private func largestDifference(_ x: [Double], _ y: [Double]) -> Double {
    #expect(x.count == y.count)
    return zip(x, y).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }

  @Test func spacesAreGymnasiums() {
    #expect(InvertedPendulum().actionSpace == .box(size: 1, in: -3...3))
    #expect(InvertedDoublePendulum().actionSpace == .box(size: 1, in: -1...1))
    #expect(Reacher().actionSpace == .box(size: 2, in: -1...1))
    #expect(Reacher().observationSpace.columns == 8)
    #expect(Reacher(seesTarget: true).observationSpace.columns == 10)
  }

  /// The state of a reacher ends with its target, which does not move.
  @Test func targetsAreAPartOfTheState() throws {
    let (environment, observations) = try start(
      Reacher(seesTarget: true), [[0.3, -0.2, 0.05, 0.15, 0.1, 0.2, 0, 0]])
    #expect(Array(observations.row(0)[4..<6]) == [0.05, 0.15])
    var states = Matrix(rows: 1, columns: 8)
    states.withMutableView { environment.copyStates(into: $0) }
    #expect(states.row(0) == [0.3, -0.2, 0.05, 0.15, 0.1, 0.2, 0, 0])
    var view = observations
    let moving = Matrix([[0.3, -0.2, 0.05, 0.15, 0.1, 0.2, 0, 0.1]])
    let rejected = view.withMutableView { view in
      moving.withView { environment.restart([0], from: $0, observations: view) }
    }
    #expect(rejected == 0)
  }

  @Test func everyEpisodeHasItsTargetIfAsked() {
    for draws in [false, true] {
      let tasks = Reacher(seesTarget: true, drawsTarget: draws)
      let environment = tasks.makeEnvironment(count: 50)
      environment.task = [0.1, 0.05]
      let observations = environment.start(columns: 10, using: streams())
      let targets = Set((0..<50).map { Array(observations.row($0)[4..<6]) })
      #expect(targets.count == (draws ? 50 : 1))
      #expect(targets.allSatisfy { $0[0] * $0[0] + $0[1] * $0[1] < 0.04 })
    }
  }

  @Test func polesFollowTheirFactors() throws {
    let tasks = InvertedPendulum()
    let plain = try #require(try tasks.model(of: [1, 1]))
    let model = try #require(try tasks.model(of: [1.2, 2]))
    // a capsule of half length l and radius r has the volume π r² (2 l + 4/3 r)
    let (r, l) = (0.049, (0.001 * 0.001 + 0.36).squareRoot() / 2)
    let ratio = 2 * (2.4 * l + 4 * r / 3) / (2 * l + 4 * r / 3)
    let found = model.bodies[2].inertia.mass / plain.bodies[2].inertia.mass
    #expect((found - ratio).magnitude < 1e-12)
    #expect(model.bodies[1].inertia.mass == plain.bodies[1].inertia.mass)
    let heavier = try #require(try InvertedDoublePendulum().model(of: [1, 1.5]))
    let lighter = try #require(try InvertedDoublePendulum().model(of: [1, 1]))
    #expect(
      (heavier.bodies[3].inertia.mass / lighter.bodies[3].inertia.mass - 1.5).magnitude < 1e-12)
    for tasks in [InvertedPendulum() as any BodyTasks, InvertedDoublePendulum()] {
      #expect(tasks.objection(to: [1, 0])?.contains("factor 1") == true)
      #expect(tasks.objection(to: [1])?.contains("2 numbers") == true)
    }
  }
}

/// Half-cheetahs of random bodies.
@Suite struct RandomCheetahTests {
  private func body(_ tasks: any LocomotionTasks, _ task: [Double]) throws -> CompiledModel {
    try #require(try tasks.model(of: task))
  }

  @Test func factorsOfOneMakeTheHalfCheetah() throws {
    let plain = try CompiledModel(.halfCheetah)
    for (tasks, count) in [
      (HalfCheetahRandomMasses() as any LocomotionTasks, 7), (HalfCheetahRandomLimbs(), 12),
    ] {
      let same = try body(tasks, [Double](repeating: 1, count: count))
      #expect(same.fields.map(\.value) == plain.fields.map(\.value))
      var stream = RandomStream(seed: 1, purpose: .tasks)
      #expect(tasks.sampleTask(using: &stream).count == count)
      #expect(tasks.objection(to: [Double](repeating: 0, count: count))?.contains("0") == true)
    }
  }

  @Test func massesAndInertiasFollow() throws {
    let tasks = HalfCheetahRandomMasses(inverseWeights: .recomputed)
    let plain = try CompiledModel(.halfCheetah)
    let factors = [2, 0.5, 1, 3, 0.25, 1.5, 1]
    let model = try body(tasks, factors)
    for (i, factor) in factors.enumerated() {
      let (a, b) = (model.bodies[i].inertia, plain.bodies[i].inertia)
      #expect((a.mass / b.mass - factor).magnitude < 1e-12)
      #expect((a.normalInertia / b.normalInertia - factor).magnitude < 1e-12)
    }
    let stale = try body(HalfCheetahRandomMasses(), factors)
    #expect(stale.bodies[0].inverseWeight == plain.bodies[0].inverseWeight)
    #expect(model.bodies[0].inverseWeight != plain.bodies[0].inverseWeight)
  }

  /// A back shin of 1.2 times the length: its geom and the foot's hinge move, all weigh 14 kg, and the
  /// lowest point stays where it was.
  @Test func limbsFollowTheirFactors() throws {
    var factors = [Double](repeating: 1, count: 12)
    (factors[1], factors[6 + 3]) = (1.2, 0.8)
    let source = try body(HalfCheetahRandomLimbs(), factors).source
    let plain = PlanarModel.halfCheetah
    #expect(source.bodies[3].offset == plain.bodies[3].offset * 1.2)
    #expect(source.bodies[2].geoms[0].center == plain.bodies[2].geoms[0].center * 1.2)
    guard case .capsule(let long, _) = source.bodies[2].geoms[0].shape,
      case .capsule(let short, _) = plain.bodies[2].geoms[0].shape
    else {
      Issue.record("links are capsules")
      return
    }
    #expect(long == 1.2 * short)
    #expect(source.bodies[4].geoms[0].radius == 0.8 * plain.bodies[4].geoms[0].radius)
    let masses = try CompiledModel(source).bodies.map(\.inertia.mass)
    #expect((masses.reduce(0, +) - 14).magnitude < 1e-12)
    let still = [Double](repeating: 0, count: 9)
    func lowest(_ model: PlanarModel) -> Double {
      model.placedGeoms(at: still).flatMap { geom in geom.ends.map { $0.y - geom.radius } }
        .min() ?? .nan
    }
    #expect((lowest(source) - lowest(plain)).magnitude < 1e-15)
    #expect(source.bodies[0].offset.y != plain.bodies[0].offset.y)
  }
}
