import Environments
import Testing

/// A row of the conformance table.
struct ConformanceRow: Sendable, CustomTestStringConvertible {
  let label: String
  let distribution: any TaskDistribution
  var testDescription: String { label }
}

/// All task distributions. A new one joins by a row.
let conformanceRows: [ConformanceRow] = [
  ConformanceRow(label: "navigation of the paper", distribution: Navigation2D()),
  ConformanceRow(
    label: "navigation of the published code",
    distribution: Navigation2D(
      reward: .negativeDistance, clipsPosition: true, terminatesAtGoal: true, actionScale: 0.01)),
  ConformanceRow(label: "navigation to corners", distribution: Navigation2D(goals: .corners)),
  ConformanceRow(label: "point robot", distribution: PointRobot(.goals)),
  ConformanceRow(label: "point robot in wind", distribution: PointRobot(.wind, actionScale: 0.1)),
  ConformanceRow(label: "bernoulli bandit", distribution: Bandits(.bernoulli)),
  ConformanceRow(label: "gaussian bandit", distribution: Bandits(.gaussian, arms: 3)),
  ConformanceRow(label: "random processes", distribution: RandomProcesses()),
  ConformanceRow(
    label: "tabular", distribution: TabularTasks([process(), process(2)], horizon: 7)),
  ConformanceRow(label: "one episode at a time", distribution: RandomWalkTasks(horizon: 30)),
  ConformanceRow(
    label: "random walk in batches", distribution: RandomWalkTasks(horizon: 30, isBatched: true)),
  ConformanceRow(label: "half-cheetah direction", distribution: HalfCheetahDirection(short(0.05))),
  ConformanceRow(label: "half-cheetah velocity", distribution: HalfCheetahVelocity(short(0.05))),
  ConformanceRow(
    label: "swimmer velocity of the published code",
    distribution: SwimmerVelocity(
      LocomotionSettings(controlCost: 1e-4, actionScale: 0.1, clipsAction: true, horizon: 25),
      paysForMissing: true)),
  ConformanceRow(
    label: "half-cheetahs of random masses", distribution: HalfCheetahRandomMasses(short(0.05))),
  ConformanceRow(
    label: "half-cheetahs of random limbs", distribution: HalfCheetahRandomLimbs(short(0.05))),
  ConformanceRow(label: "hopper direction", distribution: HopperDirection(shortWalk)),
  ConformanceRow(label: "inverted pendulums", distribution: InvertedPendulum(short(0))),
  ConformanceRow(
    label: "inverted double pendulums", distribution: InvertedDoublePendulum(short(0))),
  ConformanceRow(label: "reacher", distribution: Reacher(short(1))),
  ConformanceRow(
    label: "reacher of Gymnasium",
    distribution: Reacher(short(1), seesTarget: true, drawsTarget: true)),
  ConformanceRow(label: "a body of one's own", distribution: userBody),
  ConformanceRow(label: "swimmer direction", distribution: SwimmerDirection(short(1e-4))),
  ConformanceRow(label: "walker direction", distribution: Walker2DDirection(shortWalk)),
  ConformanceRow(label: "walker velocity", distribution: Walker2DVelocity(shortWalk)),
  ConformanceRow(
    label: "walkers of random parameters", distribution: RandomBodies(.walker2d, shortWalk)),
  ConformanceRow(
    label: "hoppers of random parameters",
    distribution: RandomBodies(.hopper, shortWalk, inverseWeights: .recomputed)),
]

private let userBody: any TaskDistribution = {
  var body = UserBody()
  (body.model, body.reward, body.leastHeight) = ("hopper", .reach, 0.5)
  guard let tasks = try? body.makeTasks(horizon: 25) else { fatalError("the hopper is no body") }
  return tasks
}()

private let shortWalk = LocomotionSettings(controlCost: 1e-3, horizon: 25, actionRepeat: 2)

private func short(_ controlCost: Double) -> LocomotionSettings {
  LocomotionSettings(controlCost: controlCost, horizon: 25)
}

/// What every environment promises, put to each row of the table.
@Suite struct ConformanceTests {
  static let seed: UInt64 = 11
  static let episodes = [0, 1, 2, 3, 4]

  private func task(_ row: ConformanceRow, _ index: Int = 0) -> TaskParameters {
    var stream = RandomStream(
      seed: Self.seed, purpose: .tasks, at: StreamPlace(task: index))
    return row.distribution.sampleTask(using: &stream)
  }

  @Test(arguments: conformanceRows) func describesItself(_ row: ConformanceRow) {
    let distribution = row.distribution
    #expect(!distribution.name.isEmpty)
    #expect(distribution.horizon > 0)
    #expect(distribution.observationSpace.columns > 0)
    #expect(distribution.actionSpace.columns > 0)
    #expect(distribution.makeEnvironment(count: 3).count == 3)
  }

  @Test(arguments: conformanceRows) func tasksComeFromTheStream(_ row: ConformanceRow) {
    #expect(task(row) == task(row))
    #expect(Set((0..<20).map { task(row, $0) }).count > 1)
  }

  @Test(arguments: conformanceRows) func observationsAreInTheirSpace(_ row: ConformanceRow) {
    let space = row.distribution.observationSpace
    _ = row.distribution.paths(task: task(row), episodes: Self.episodes, seed: Self.seed) {
      observation, result, i in
      #expect(!observation.contains { !$0.isFinite }, "every element is written")
      #expect(space.contains(observation))
      guard let result else { return }
      #expect(result.rewards[i].isFinite)
      #expect(result.failures[i] == nil)
    }
  }

  @Test(arguments: conformanceRows) func equalStreamsGiveEqualPaths(_ row: ConformanceRow) {
    let (distribution, task) = (row.distribution, task(row))
    let first = distribution.paths(task: task, episodes: Self.episodes, seed: Self.seed)
    #expect(first == distribution.paths(task: task, episodes: Self.episodes, seed: Self.seed))
    let other = distribution.paths(task: task, episodes: Self.episodes, seed: Self.seed + 1)
    #expect(first != other)
  }

  @Test(arguments: conformanceRows) func resetForgetsWhatWasBefore(_ row: ConformanceRow) {
    let (distribution, task) = (row.distribution, task(row))
    let fresh = distribution.paths(task: task, episodes: Self.episodes, seed: Self.seed)
    let used = distribution.makeEnvironment(count: Self.episodes.count)
    _ = distribution.paths(
      task: self.task(row, 1), episodes: Self.episodes, seed: 5, environment: used)
    let again = distribution.paths(
      task: task, episodes: Self.episodes, seed: Self.seed, environment: used)
    #expect(fresh == again)
  }

  @Test(arguments: conformanceRows) func episodesDoNotSeeEachOther(_ row: ConformanceRow) {
    let (distribution, task) = (row.distribution, task(row))
    let together = distribution.paths(task: task, episodes: Self.episodes, seed: Self.seed)
    for (i, episode) in Self.episodes.enumerated() {
      let alone = distribution.paths(task: task, episodes: [episode], seed: Self.seed)
      #expect(alone == [together[i]])
    }
    let among = distribution.paths(task: task, episodes: [9, 3, 8, 7], seed: Self.seed)
    #expect(among[1] == together[3])
  }

  @Test(arguments: conformanceRows) func taskTakesEffectAtTheNextReset(_ row: ConformanceRow) {
    let distribution = row.distribution
    let columns = distribution.observationSpace.columns
    let (first, other) = (task(row, 0), task(row, 3))
    #expect(first != other)
    func step(_ later: TaskParameters) -> Path {
      let environment = distribution.makeEnvironment(count: 1)
      environment.task = first
      var path = Path(start: environment.start(columns: columns, using: streams()).row(0))
      environment.task = later
      var stream = RandomStream(seed: Self.seed, purpose: .actions)
      let action = sampleAction(in: distribution.actionSpace, using: &stream)
      var result = StepResult(count: 1)
      let after = environment.advance(
        Matrix([action]), columns: columns, result: &result, using: streams(step: 1))
      path.append(after.row(0), result, 0)
      return path
    }
    #expect(step(first) == step(other))
  }
}
